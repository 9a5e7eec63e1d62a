"""The pages that stewards work in: server-rendered, behind a login, usable without JavaScript."""

from flask import Flask

from api.steward import (
    find,
    golden_record,
    login,
    pages,
    queue,
    review,
    session,
    timeline,
    withdrawal,
)

__all__ = ["register"]

# importing a page's module gives the blueprint its routes
_PAGES = (find, golden_record, login, queue, review, timeline, withdrawal)


def register(app: Flask) -> None:
    """Make `app` serve the pages under /steward."""
    session.configure(app)
    pages.configure(app)
    app.register_blueprint(pages.blueprint)
