"""The JSON API and the stewards' pages over HTTP; they know no SQL and no Splink."""

from flask import Flask
from flask.json.provider import DefaultJSONProvider

from api import (
    changes,
    documentation,
    errors,
    golden_records,
    health,
    incoming,
    judgements,
    matching,
    overview,
    pins,
    records,
    reviews,
    security,
    sources,
    steward,
    submissions,
)
from api.hub import EXTENSION, Hub
from api.openapi import ProblemApi

__all__ = ["create_app"]

LONGEST_BODY = 1_048_576
"""Bytes; a record takes a few hundred."""

CONFIGURATION = {
    "API_TITLE": "Master data",
    "API_VERSION": "v1",
    "OPENAPI_VERSION": "3.1.0",
    "API_SPEC_OPTIONS": {
        "info": {
            "description": "One golden record for each customer, made of what the departments "
            "know of them. Errors are problem documents (RFC 9457) whose `type` is a page that "
            "explains them."
        },
    },
    "MAX_CONTENT_LENGTH": LONGEST_BODY,
}

BLUEPRINTS = (
    golden_records.blueprint,
    matching.blueprint,
    sources.blueprint,
    records.blueprint,
    submissions.blueprint,
    judgements.blueprint,
    pins.blueprint,
    reviews.blueprint,
    overview.blueprint,
    changes.blueprint,
    health.blueprint,
)


def create_app(hub: Hub) -> Flask:
    """Make the WSGI application that answers from `hub`; nothing is read before a request."""
    app = Flask(__name__)
    app.config.update(CONFIGURATION)
    app.request_class = incoming.Request
    app.json = _in_order(app)
    # a key may begin with a slash, and hold two in a row
    app.url_map.merge_slashes = False
    app.url_map.converters["record_key"] = records.RecordKey
    app.extensions[EXTENSION] = hub
    security.register(app)
    errors.register(app)
    api = ProblemApi(app)
    for blueprint in BLUEPRINTS:
        api.register_blueprint(blueprint)
    app.register_blueprint(documentation.blueprint)
    steward.register(app)
    return app


def _in_order(app: Flask) -> DefaultJSONProvider:
    """Write JSON with its fields in the order of the schemas, and text as it is."""
    provider = DefaultJSONProvider(app)
    provider.sort_keys = False
    provider.ensure_ascii = False
    return provider
