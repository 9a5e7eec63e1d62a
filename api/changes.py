"""The log of changes, for those who follow what is published."""

from typing import Any

from flask import request, url_for
from flask_smorest import Blueprint

from api import problems
from api.change_schemas import Changes, ChangesQuery
from api.hub import reading
from api.openapi import problem_responses

blueprint = Blueprint(
    "changes",
    __name__,
    url_prefix="/v1/changes",
    description="What publications changed, in one order without gaps.",
)


@blueprint.route("")
@blueprint.arguments(ChangesQuery, location="query", unknown=None)
@blueprint.response(200, Changes)
@problem_responses(blueprint, problems.MALFORMED)
def changes(query: dict[str, Any]) -> dict[str, object]:
    """Read what was changed after a number, oldest first.

    Begin with 0, apply each change, keep `after` and ask with it the next time. The values are
    those of the moment of asking, so whoever has followed to the end has what is published.
    """
    page = reading().changes(after=query["after"], limit=query["limit"])
    after = page.items[-1].number if page.items else query["after"]
    more = page.after is not None
    return {"items": page.items, "after": after, "next": _behind(after) if more else None}


def _behind(number: int) -> str:
    """Make the link to what is behind a number: the present address with another `after`."""
    arguments: dict[str, Any] = {**request.args, "after": number}
    return url_for("changes.changes", **arguments)
