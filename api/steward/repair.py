"""Splitting a golden record, or putting two together, whether somebody asked or not.

What was shown is the lock: the form carries each record with its version.
"""

from collections.abc import Mapping
from typing import Any

from flask import Response, flash, request

from api.golden_records import GOLDEN_ID
from api.hub import hub, reading
from api.steward import deciding, naming, suggesting
from api.steward.golden_record import shown_inside
from api.steward.pages import blueprint, page, steward, to
from api.steward.provenance import in_order
from api.steward.review import Trouble
from mdm.model.errors import (
    Contradiction,
    Fault,
    MdmError,
    NotFound,
    Pending,
    PreconditionFailed,
    RecordInvalid,
    ResolvedElsewhere,
    Retired,
)
from mdm.model.inside import Inside, Member
from mdm.model.previews import Preview
from mdm.model.records import RecordRef

MOST = 200
"""Records that can be put into parts on a page."""
_REFUSED = (Contradiction, PreconditionFailed, RecordInvalid)


@blueprint.get("/golden-records/<golden_id>/repair")
def repair(golden_id: str) -> Response:
    """Show the records of a golden record, and of another if one is named, to be put into parts."""
    other = request.args.get("other", "").strip()
    try:
        return _show(_gathered(golden_id, other))
    except RecordInvalid as error:
        flash(f"{error.faults[0].message[:1].upper()}{error.faults[0].message[1:]}.", "bad")
        return to("golden_record", golden_id=golden_id)


@blueprint.post("/golden-records/<golden_id>/repair")
def repaired(golden_id: str) -> Response:
    """Keep what was decided of the records, or show what it would give, or why it cannot be."""
    other = request.form.get("other", "")
    looking = request.form.get("decision") == "preview"
    decision = None
    try:
        decision = deciding.read(request.form, _looked_at(other) if looking else None)
        proposal = decision.proposal(steward())
        if looking:
            preview = hub().preview(proposal)
            return _show(_gathered(golden_id, other), decision=decision, preview=preview)
        done = hub().judge(proposal)
    except _REFUSED as error:
        gathered = _gathered(golden_id, other)
        return _show(gathered, decision=decision, trouble=_trouble(error, decision, gathered))
    flash(f"Kept as judgement {done.judgement_id}. It can be undone from the history.", "good")
    return to("golden_record", golden_id=golden_id)


def _looked_at(other: str) -> str:
    """Say what is looked at beforehand: a split as it is marked, or two put together."""
    return deciding.MERGE if other else deciding.PARTS


def _gathered(golden_id: str, other: str) -> list[Inside]:
    """Read one golden record, or two; RecordInvalid when the other is none, or the same."""
    found = [shown_inside(golden_id)]
    if other:
        found.append(_other(other))
        if found[0].golden_record.golden_id == found[1].golden_record.golden_id:
            raise RecordInvalid([_fault("these two IDs are one golden record already")])
    if sum(len(each.members) for each in found) > MOST:
        told = f"more than {MOST} records cannot be judged on a page: use POST /v1/judgements"
        raise RecordInvalid([_fault(told)])
    return found


def _other(golden_id: str) -> Inside:
    """Read the golden record that another is to be put together with."""
    if not GOLDEN_ID.fullmatch(golden_id):
        raise RecordInvalid([_fault("a golden ID is g with 20 letters and digits behind it")])
    try:
        return reading().inside(golden_id)
    except ResolvedElsewhere as elsewhere:
        return reading().inside(elsewhere.golden_id)
    except (NotFound, Pending, Retired) as error:
        raise RecordInvalid([_fault(error.message)]) from error


def _fault(told: str) -> Fault:
    return Fault("other", told)


def _show(
    gathered: list[Inside],
    *,
    decision: deciding.Decision | None = None,
    preview: Preview | None = None,
    trouble: Trouble | None = None,
) -> Response:
    members = _members(gathered)
    parts = _parts(gathered, decision)
    return page(
        "repair.html",
        trouble.status if trouble else 200,
        gathered=[
            (
                each.golden_record.golden_id,
                naming.called(each.golden_record.attributes, hub().rules),
            )
            for each in gathered
        ],
        records=[(each, deciding.written(each), parts[each.ref]) for each in members.values()],
        values=_values(gathered),
        parts=deciding.LETTERS,
        decision=decision,
        preview=preview,
        trouble=trouble,
        faults=trouble.faults or {} if trouble else {},
    )


def _members(gathered: list[Inside]) -> Mapping[RecordRef, Member]:
    return {ref: member for each in gathered for ref, member in each.members.items()}


def _parts(gathered: list[Inside], decision: deciding.Decision | None) -> Mapping[RecordRef, int]:
    """Put each record into a part: as the form had it, else by golden record, or as suggested."""
    if decision is not None:
        chosen = {each.ref: part for each, part in decision.shown.items()}
        return {ref: chosen.get(ref, 0) for ref in _members(gathered)}
    if len(gathered) == 1:
        return suggesting.parts(list(gathered[0].members), gathered[0].links)
    return {ref: at for at, each in enumerate(gathered) for ref in each.members}


def _values(gathered: list[Inside]) -> Mapping[RecordRef, str]:
    """Tell in a line what each record says."""
    names = [attribute.name for attribute in hub().rules.attributes]
    found: dict[RecordRef, str] = {}
    for each in gathered:
        page_of = reading().source_records(each.golden_record.golden_id, after=None, limit=MOST)
        for record in page_of.items:
            told = in_order(record.attributes, names)
            found[record.ref] = ", ".join(naming.text(record.attributes[name]) for name in told)
    return found


def _trouble(
    error: MdmError, decision: deciding.Decision | None, gathered: list[Inside]
) -> Trouble:
    """Say why nothing was kept, and what can be done."""
    given: dict[str, Any] = {"decision": decision}
    if isinstance(error, Contradiction):
        against = [reading().judgement(number) for number in error.judgements]
        told = "Nothing was kept: it contradicts what was judged before."
        return Trouble(409, told, contradicted=against, **given)
    if isinstance(error, PreconditionFailed) and decision is not None:
        changed = deciding.difference(decision.shown, _members(gathered))
        told = "Nothing was kept: what you saw has changed meanwhile. Look again, then decide."
        return Trouble(412, told, changed=changed or [error.message], **given)
    faults = {each.field: each.message for each in getattr(error, "faults", ())}
    return Trouble(422, "Nothing was kept: see what is marked.", faults=faults, **given)
