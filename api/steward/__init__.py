"""The pages that stewards work in: server-rendered, behind a login, usable without JavaScript."""

from flask import Flask

from api.steward import (
    bulk,
    decide,
    find,
    golden_record,
    login,
    noting,
    overview,
    pages,
    pinning,
    queue,
    repair,
    review,
    session,
    timeline,
    withdrawal,
)

__all__ = ["register"]

# importing a page's module gives the blueprint its routes
_PAGES = (
    bulk,
    decide,
    find,
    golden_record,
    login,
    noting,
    overview,
    pinning,
    queue,
    repair,
    review,
    timeline,
    withdrawal,
)


def register(app: Flask) -> None:
    """Make `app` serve the pages under /steward."""
    session.configure(app)
    pages.configure(app)
    app.register_blueprint(pages.blueprint)
