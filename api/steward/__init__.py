"""The pages that stewards work in: server-rendered, behind a login, usable without JavaScript."""

from flask import Flask

from api.steward import login, pages, queue, review, session

__all__ = ["register"]

# importing a page's module gives the blueprint its routes
_PAGES = (login, queue, review)


def register(app: Flask) -> None:
    """Make `app` serve the pages under /steward."""
    session.configure(app)
    pages.configure(app)
    app.register_blueprint(pages.blueprint)
