"""What a steward says of a review: kept as a judgement, shown before, taken back."""

from flask import Response, flash, request, session

from api.hub import hub, reading
from api.steward import deciding
from api.steward.choosing import choice
from api.steward.noting import next_one
from api.steward.pages import blueprint, steward, to
from api.steward.review import Trouble, show
from mdm.model.errors import (
    Contradiction,
    MdmError,
    NotInForce,
    PreconditionFailed,
    RecordInvalid,
    ReviewClosed,
    ReviewHeld,
)

SAID = {
    deciding.MERGE: "one customer",
    deciding.PARTS: "not the same customer",
    deciding.UNSURE: "unsure",
}


@blueprint.post("/reviews/<review_id>/decision")
def decide(review_id: str) -> Response:
    """Keep a decision and show the next review at once, or tell why it cannot be kept."""
    decision = None
    try:
        decision = deciding.read(request.form)
        proposal = decision.proposal(steward())
        hub().reviews.claim(review_id, steward())
        done = hub().judge(proposal)
    except (Contradiction, PreconditionFailed, RecordInvalid, ReviewClosed, ReviewHeld) as error:
        return show(review_id, trouble=_trouble(review_id, error, decision))
    session["last"] = [done.judgement_id, review_id, SAID[decision.word]]
    return next_one(None)


@blueprint.post("/reviews/<review_id>/preview")
def preview_parts(review_id: str) -> Response:
    """Show what a split as it is marked would give; nothing is kept."""
    decision = None
    try:
        decision = deciding.read(request.form, deciding.PARTS)
        preview = hub().preview(decision.proposal(steward()))
    except (Contradiction, PreconditionFailed, RecordInvalid) as error:
        return show(review_id, trouble=_trouble(review_id, error, decision))
    return show(review_id, decision=decision, preview=preview)


@blueprint.post("/undo")
def undo() -> Response:
    """Take this steward's last decision back, and show its review again."""
    number, review_id, _ = session.pop("last", (None, None, None))
    if number is None:
        flash("There is nothing to undo.", "warn")
        return to("queue", **choice().given)
    try:
        hub().withdraw(number, steward(), "undone")
    except (NotInForce, Contradiction) as error:
        flash(f"It cannot be undone: {error.message}.", "bad")
        return to("queue", **choice().given)
    flash("Undone: your last decision does not count any more.", "good")
    return to("review", review_id=review_id, **choice().given)


def _trouble(review_id: str, error: MdmError, decision: deciding.Decision | None) -> Trouble:
    told = f"Nothing was kept: {error.message}."
    if isinstance(error, RecordInvalid):
        faults = {fault.field: fault.message for fault in error.faults}
        return Trouble(
            422, "Nothing was kept: see what is marked.", faults=faults, decision=decision
        )
    if isinstance(error, PreconditionFailed) and decision is not None:
        now = hub().reviews.review(review_id)
        changed = deciding.difference(decision.shown, now.members)
        told = "Nothing was kept: what you saw has changed meanwhile. Look again, then decide."
        return Trouble(412, told, changed=changed or [error.message])
    if isinstance(error, Contradiction):
        against = [reading().judgement(number) for number in error.judgements]
        told = "Nothing was kept: it contradicts what was judged before."
        return Trouble(409, told, contradicted=against, decision=decision)
    return Trouble(409, told)
