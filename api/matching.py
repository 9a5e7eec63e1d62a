"""Whether a customer is known."""

from typing import Any

from api import problems
from api.bodies import JsonBlueprint
from api.hub import matching
from api.match_schemas import Matches, MatchQuestion
from api.openapi import problem_responses
from api.parameters import NoQuery
from mdm.model import views

blueprint = JsonBlueprint(
    "matching",
    __name__,
    url_prefix="/v1/match",
    description="The matching that submitted records go through, without keeping anything.",
)


@blueprint.route("", methods=["POST"])
@blueprint.arguments(NoQuery, location="query", unknown=None)
@blueprint.arguments(MatchQuestion)
@blueprint.response(200, Matches)
@problem_responses(blueprint, problems.MALFORMED, problems.TOO_LARGE, problems.NOT_READY)
def match(_: dict[str, Any], question: dict[str, Any]) -> tuple[views.Matches, dict[str, str]]:
    """Tell which golden records a record would belong to.

    Nothing is stored, and asking twice gives the same answer until something is published. An
    empty `items` means that no customer is like it.
    """
    found = matching().match(
        question["attributes"], limit=question["limit"], explain=question["explain"]
    )
    return found, {"Cache-Control": "no-store"}
