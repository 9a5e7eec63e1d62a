"""The OpenAPI document: flask-smorest's, with our problems where it declares its own errors."""

from collections.abc import Callable
from typing import TypeVar

from flask import Response
from flask_smorest import Api, Blueprint
from flask_smorest.utils import prepare_response
from werkzeug.exceptions import HTTPException

from api import problems
from api.errors import answer_http
from api.problems import ProblemType
from api.schemas import Problem

View = TypeVar("View", bound=Callable[..., object])

PROBLEM_RESPONSE = "Problem"


def path_parameter(
    name: str, description: str, example: str, **rules: str | int
) -> dict[str, object]:
    """Describe a text that stands in an address; `rules` are those of JSON Schema."""
    return {
        "name": name,
        "in": "path",
        "required": True,
        "description": description,
        "schema": {"type": "string", **rules},
        "example": example,
    }


GOLDEN_ID_PARAMETER = path_parameter(
    "golden_id",
    "A golden ID, current or former.",
    "g3f9a1c0b7d2e4f608a1b",
    pattern="^g[0-9a-f]{20}$",
)


class ProblemApi(Api):  # type: ignore[misc]
    """flask-smorest's Api whose errors are problem documents, in its answers and its document.

    It declares its own error schema as `application/json` for every status; both methods replace
    that.
    """

    DEFAULT_ERROR_RESPONSE_NAME = PROBLEM_RESPONSE

    def handle_http_exception(self, error: HTTPException) -> Response:
        """Answer with a problem document."""
        return answer_http(error)

    def _register_responses(self) -> None:
        self._declare(PROBLEM_RESPONSE, "Any other problem")
        self._declare("UNPROCESSABLE_ENTITY", problems.INVALID.title)
        self.spec.components.response("NOT_MODIFIED", {"description": "Not modified"}, lazy=True)

    def _declare(self, name: str, description: str) -> None:
        response = {"description": description, "schema": Problem}
        prepare_response(response, self.spec, problems.MEDIA_TYPE)
        self.spec.components.response(name, response, lazy=True)


def problem_responses(blueprint: Blueprint, *kinds: ProblemType) -> Callable[[View], View]:
    """Declare which problems a view may answer with; those of one status are told together."""

    def decorate(view: View) -> View:
        for status in sorted({kind.status for kind in kinds}):
            meanings = [kind for kind in kinds if kind.status == status]
            view = blueprint.alt_response(
                status,
                schema=Problem,
                content_type=problems.MEDIA_TYPE,
                description="; ".join(f"{kind.title} (`{kind.uri}`)" for kind in meanings),
            )(view)
        return view

    return decorate
