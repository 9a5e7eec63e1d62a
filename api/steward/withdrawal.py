"""Undoing a judgement from the history: a steward's word is taken back, with a reason."""

from flask import Response, flash, request

from api.hub import hub, reading
from api.judgement_schemas import LONGEST_REASON
from api.steward.pages import blueprint, page, steward, to
from mdm.model.errors import Contradiction, NotInForce
from mdm.model.previews import Preview
from mdm.model.views import KeptJudgement

MOST = 30
"""Records of each part that are listed."""


@blueprint.route("/judgements/<int(max=9007199254740991):judgement_id>/withdrawal")
def withdrawal(judgement_id: int) -> Response:
    """Ask whether a judgement is to be undone."""
    return _page(reading().judgement(judgement_id))


@blueprint.post("/judgements/<int(max=9007199254740991):judgement_id>/withdrawal")
def withdraw(judgement_id: int) -> Response:
    """Undo a judgement, or tell why it cannot be."""
    judged = reading().judgement(judgement_id)
    reason = request.form.get("reason", "").strip()
    if len(reason) > LONGEST_REASON or "\0" in reason:
        rule = f"At most {LONGEST_REASON:,} characters, and no NUL among them."
        return _page(judged, 422, reason=reason[:LONGEST_REASON], fault=rule)
    try:
        done = hub().withdraw(judgement_id, steward(), reason)
    except NotInForce as error:
        return _page(reading().judgement(judgement_id), 409, reason=reason, refused=error.message)
    except Contradiction as error:
        against = [reading().judgement(number) for number in error.judgements]
        told = "a judgement that it replaced would count again, and contradicts these"
        return _page(judged, 409, reason=reason, refused=told, against=against)
    flash(f"Undone: judgement {judgement_id} does not count any more.", "good")
    if done.changed:
        return to("golden_record", golden_id=done.changed[0])
    ref = judged.parts[0][0]
    return to("find", source=ref.source, key=ref.key)


def _page(judged: KeptJudgement, status: int = 200, **shown: object) -> Response:
    told = {**_NOTHING, **shown}
    preview = _preview(judged.judgement_id)
    return page("withdrawal.html", status, judged=judged, most=MOST, preview=preview, **told)


def _preview(judgement_id: int) -> Preview | None:
    """Tell what undoing a judgement would give; None where it cannot be undone."""
    try:
        return hub().preview_withdrawal(judgement_id)
    except (Contradiction, NotInForce):
        return None


_NOTHING = {"reason": "", "fault": None, "refused": None, "against": ()}
