"""The pages for readers: the API's documentation, its OpenAPI document, each kind of problem."""

from typing import Any

from flask import (
    Blueprint,
    Response,
    current_app,
    jsonify,
    make_response,
    redirect,
    render_template,
    url_for,
)

from api.problems import BY_NAME
from mdm.model.errors import NotFound

SWAGGER_UI = "vendor/swagger-ui-5.35.0"

PAGE_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    )
)
"""What the pages may load: this service's own files, and the pictures inside its stylesheet."""

blueprint = Blueprint("documentation", __name__)


def specification() -> dict[str, Any]:
    """Give the OpenAPI document of the present app."""
    api = current_app.extensions["flask-smorest"]["apis"][""]["ext_obj"]
    document: dict[str, Any] = api.spec.to_dict()
    return document


@blueprint.get("/openapi.json")
def document() -> Response:
    """Give the OpenAPI 3.1 document."""
    return jsonify(specification())


@blueprint.get("/")
def front() -> Response:
    """Lead whoever comes without knowing an address to the documentation."""
    return make_response(redirect(url_for("documentation.docs")))


@blueprint.get("/docs")
def docs() -> Response:
    """Show the OpenAPI document for people to read and try."""
    title = specification()["info"]["title"]
    return _page(render_template("docs.html", title=title, swagger_ui=SWAGGER_UI))


@blueprint.get("/problems/<name>")
def problem(name: str) -> Response:
    """Explain a kind of problem; its address is the problem's `type`."""
    if name not in BY_NAME:
        raise NotFound("problem", name)
    return _page(render_template("problem.html", problem=BY_NAME[name]))


def _page(html: str) -> Response:
    response = make_response(html)
    response.headers["Content-Security-Policy"] = PAGE_POLICY
    return response
