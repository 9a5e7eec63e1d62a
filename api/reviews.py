"""The questions to stewards: listed, read, taken, put off; the answers are judgements."""

from typing import Any

from api import problems
from api.bodies import JsonBlueprint
from api.hub import hub
from api.openapi import problem_responses
from api.parameters import NoQuery, next_page, position
from api.review_schemas import (
    REVIEW_ID,
    Actor,
    Backlog,
    Claim,
    Deferral,
    GivenComment,
    Next,
    NextQuery,
    Review,
    Reviews,
    ReviewsQuery,
    ReviewSummary,
    chosen,
)
from mdm.model import reviews as views
from mdm.model.reviews import ClosedReview

blueprint = JsonBlueprint(
    "reviews",
    __name__,
    url_prefix="/v1/reviews",
    description="What the model is unsure of, or may have got wrong. A review follows from pairs, "
    "clusters and judgements: it closes when they change. It is answered by a judgement.",
)
_ACT = (
    problems.MALFORMED,
    problems.NOT_FOUND,
    problems.REVIEW_CLOSED,
    problems.REVIEW_HELD,
    problems.BUSY,
    problems.TOO_LARGE,
)
_FRESH = {"Cache-Control": "no-store"}


@blueprint.route("")
@blueprint.arguments(ReviewsQuery, location="query", unknown=None)
@blueprint.response(200, Reviews)
@problem_responses(blueprint, problems.MALFORMED)
def listing(query: dict[str, Any]) -> dict[str, object]:
    """List open reviews, those of most worth first."""
    after = position(query, length=3)
    page = hub().reviews.listing(chosen(query), after=after, limit=query["limit"])
    return {"items": page.items, "next": next_page(page.after)}


@blueprint.route("/backlog")
@blueprint.arguments(NoQuery, location="query", unknown=None)
@blueprint.response(200, Backlog)
@problem_responses(blueprint, problems.MALFORMED)
def backlog(_: dict[str, Any]) -> views.Backlog:
    """Count the open reviews, by kind and by age."""
    return hub().reviews.backlog()


@blueprint.route("/next")
@blueprint.arguments(NextQuery(exclude=("skip",)), location="query", unknown=None)
@blueprint.response(200, Next)
@problem_responses(blueprint, problems.MALFORMED)
def upcoming(query: dict[str, Any]) -> dict[str, object]:
    """Tell which review would be the next; nobody has it by that: `POST` takes it."""
    return {"review": hub().reviews.upcoming(query["actor"], chosen(query))}


@blueprint.route("/next", methods=["POST"])
@blueprint.arguments(NextQuery, location="query", unknown=None)
@blueprint.response(200, Next)
@problem_responses(blueprint, problems.MALFORMED, problems.BUSY)
def take_next(query: dict[str, Any]) -> tuple[dict[str, object], dict[str, str]]:
    """Take the review of most worth that nobody else has, for half an hour.

    No two stewards get the same one. Who has one already gets it again, unless it is to be skipped.
    """
    found = hub().reviews.take_next(query["actor"], chosen(query), skipping=query.get("skip"))
    return {"review": found}, _FRESH


@blueprint.route("/<review_id>", parameters=[REVIEW_ID])
@blueprint.arguments(NoQuery, location="query", unknown=None)
@blueprint.response(200, Review)
@problem_responses(blueprint, problems.MALFORMED, problems.NOT_FOUND)
def read(_: dict[str, Any], review_id: str) -> dict[str, object]:
    """Read a review with all that is needed to answer it, or why it is closed."""
    found = hub().reviews.review(review_id)
    is_closed = isinstance(found.summary, ClosedReview)
    return {
        **vars(found),
        "open": None if is_closed else found.summary,
        "closed": found.summary if is_closed else None,
    }


@blueprint.route("/<review_id>/claim", methods=["POST"], parameters=[REVIEW_ID])
@blueprint.arguments(NoQuery, location="query", unknown=None)
@blueprint.arguments(Claim)
@blueprint.response(200, ReviewSummary)
@problem_responses(blueprint, *_ACT)
def claim(
    _: dict[str, Any], given: dict[str, Any], review_id: str
) -> tuple[views.ReviewSummary, dict[str, str]]:
    """Take a review for half an hour, or give it to somebody else for a day.

    One that is put off is asked again by that. 409 while another steward has it.
    """
    done = hub().reviews.claim(review_id, given["actor"], given["assignee"])
    return done, _FRESH


@blueprint.route("/<review_id>/release", methods=["POST"], parameters=[REVIEW_ID])
@blueprint.arguments(NoQuery, location="query", unknown=None)
@blueprint.arguments(Actor)
@blueprint.response(200, ReviewSummary)
@problem_responses(blueprint, *_ACT)
def release(
    _: dict[str, Any], given: dict[str, Any], review_id: str
) -> tuple[views.ReviewSummary, dict[str, str]]:
    """Give a review back, so that others may take it."""
    return hub().reviews.release(review_id, given["actor"]), _FRESH


@blueprint.route("/<review_id>/defer", methods=["POST"], parameters=[REVIEW_ID])
@blueprint.arguments(NoQuery, location="query", unknown=None)
@blueprint.arguments(Deferral)
@blueprint.response(200, ReviewSummary)
@problem_responses(blueprint, *_ACT)
def defer(
    _: dict[str, Any], given: dict[str, Any], review_id: str
) -> tuple[views.ReviewSummary, dict[str, str]]:
    """Put a review off until a day, within a year; nobody has it until then."""
    until = f"{given['until']}T00:00:00.000000Z"
    return hub().reviews.defer(review_id, given["actor"], until), _FRESH


@blueprint.route("/<review_id>/comments", methods=["POST"], parameters=[REVIEW_ID])
@blueprint.arguments(NoQuery, location="query", unknown=None)
@blueprint.arguments(GivenComment)
@blueprint.response(200, ReviewSummary)
@problem_responses(blueprint, *_ACT)
def comment(
    _: dict[str, Any], given: dict[str, Any], review_id: str
) -> tuple[views.ReviewSummary, dict[str, str]]:
    """Note something beside a review, whoever has it."""
    done = hub().reviews.comment(review_id, given["actor"], given["comment"])
    return done, _FRESH
