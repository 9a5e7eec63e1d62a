"""What is noted of a review: who has it, comments, until when it is put off."""

from collections.abc import Callable
from datetime import date

from flask import Response, flash, request

from api.hub import hub
from api.steward import deciding
from api.steward.choosing import choice
from api.steward.pages import blueprint, steward, to
from api.steward.review import stewards
from mdm.model.errors import MdmError, ReviewClosed, ReviewHeld


@blueprint.post("/reviews/<review_id>/skip")
def skip(review_id: str) -> Response:
    """Give the review back and look behind it."""
    return next_one(review_id)


@blueprint.post("/reviews/<review_id>/claim")
def claim(review_id: str) -> Response:
    """Take a review, or give it to another steward."""
    given = request.form.get("assignee")
    assignee = given if given in stewards() else None
    return _noted(review_id, lambda: hub().reviews.claim(review_id, steward(), assignee))


@blueprint.post("/reviews/<review_id>/release")
def release(review_id: str) -> Response:
    """Give a review back."""
    return _noted(review_id, lambda: hub().reviews.release(review_id, steward()))


@blueprint.post("/reviews/<review_id>/comment")
def comment(review_id: str) -> Response:
    """Note something beside a review."""
    text = deciding.said(request.form, "comment")
    if not text:
        flash("Write something before you send a comment.", "warn")
        return to("review", review_id=review_id, **choice().given)
    return _noted(review_id, lambda: hub().reviews.comment(review_id, steward(), text))


@blueprint.post("/reviews/<review_id>/defer")
def defer(review_id: str) -> Response:
    """Put a review off until a day, and look behind it."""
    until = deciding.said(request.form, "until")
    try:
        day = date.fromisoformat(until)
        hub().reviews.defer(review_id, steward(), f"{day.isoformat()}T00:00:00.000000Z")
    except (ValueError, MdmError) as error:
        told = error.message if isinstance(error, MdmError) else "until: choose a day to come"
        flash(f"It was not put off: {told}.", "bad")
        return to("review", review_id=review_id, **choice().given)
    flash(f"Put off until {day:%-d %B %Y}.", "good")
    return next_one(review_id)


def _noted(review_id: str, act: Callable[[], object]) -> Response:
    try:
        act()
    except (ReviewClosed, ReviewHeld) as error:
        flash(f"{error.message[0].upper()}{error.message[1:]}.", "bad")
    return to("review", review_id=review_id, **choice().given)


def next_one(skipping: str | None) -> Response:
    """Show the review of most worth that nobody else has; behind the one that is skipped."""
    chosen = choice()
    found = hub().reviews.take_next(steward(), chosen.filter, skipping=skipping)
    if found is None:
        flash("There is nothing left to review with these filters.", "good")
        return to("queue", **chosen.given)
    return to("review", review_id=found.review_id, **chosen.given)
