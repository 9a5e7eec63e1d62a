"""A review: what the model is unsure of, side by side."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from flask import Response, request

from api.hub import hub, reading
from api.steward import deciding, evidence, naming, showing, suggesting
from api.steward.choosing import choice
from api.steward.pages import blueprint, page, steward
from mdm.model.errors import Contradiction, PreconditionFailed
from mdm.model.judgements import Shown
from mdm.model.previews import Preview
from mdm.model.records import RecordRef
from mdm.model.reviews import ClosedReview, Review
from mdm.model.views import KeptJudgement

WHY = {
    "judged": "A judgement answered it.",
    "gone": "A golden record that it was about is no more.",
    "evidence": "The records or their weights have changed, so the question is not asked any more.",
}
MOST_LISTED = 12
"""Pairs that the page lists."""


@dataclass(frozen=True)
class Trouble:
    """Why a decision was not kept, as the page tells it beside the form.

    `changed`: what differs from what was shown; `contradicted`: the judgements that stand against
    it; `faults`: what is wrong with which field.  `decision` fills the form again.
    """

    status: int
    told: str
    changed: Sequence[str] = ()
    contradicted: Sequence[KeptJudgement] = ()
    faults: Mapping[str, str] | None = None
    decision: deciding.Decision | None = None


@blueprint.get("/reviews/<review_id>")
def review(review_id: str) -> Response:
    """Show a review, open or closed."""
    return show(review_id)


def show(
    review_id: str,
    *,
    decision: deciding.Decision | None = None,
    preview: Preview | None = None,
    trouble: Trouble | None = None,
) -> Response:
    """Write the page of a review, with a decision that was not kept, or what it would give."""
    found = hub().reviews.review(review_id)
    is_open = not isinstance(found.summary, ClosedReview)
    decision = decision or (trouble.decision if trouble else None)
    shown: dict[str, Any] = {}
    if is_open and found.golden_records:
        shown = _open(found, decision, preview)
    return page(
        "review.html",
        trouble.status if trouble else 200,
        review=found,
        is_open=is_open,
        names={
            each.golden_id: naming.called(each.attributes, hub().rules)
            for each in found.golden_records
        },
        why=WHY,
        trouble=trouble,
        faults=trouble.faults or {} if trouble else {},
        chosen=choice().given,
        tomorrow=(datetime.now(UTC) + timedelta(days=1)).date().isoformat(),
        stewards=stewards(),
        **shown,
    )


def _open(
    found: Review, decision: deciding.Decision | None, preview: Preview | None
) -> dict[str, Any]:
    """Gather what the page shows of an open review: columns, evidence, the form."""
    parts = _parts(found, decision)
    merge = _merge(found)
    columns = showing.sides(found, hub().rules)
    place = min(request.args.get("pair", 0, int), max(0, len(found.pairs) - 1))
    pair = found.pairs[place] if found.pairs and place >= 0 else None
    return {
        "columns": columns,
        "rows": showing.rows(columns, found.members, hub().rules, reading().forms, merge),
        "merge": merge,
        "pair": pair,
        "place": place,
        "listed": found.pairs[:MOST_LISTED],
        "waterfall": evidence.waterfall(pair, found.link_bits) if pair else None,
        "silent": evidence.silent(pair) if pair else [],
        "records": [
            (member, deciding.written(member), parts[ref]) for ref, member in found.members.items()
        ],
        "letters": deciding.LETTERS,
        "decision": decision,
        "preview": preview,
    }


def _parts(found: Review, decision: deciding.Decision | None) -> Mapping[RecordRef, int]:
    """Put each record into a part: as the form had it, else by golden record, or as suggested."""
    if found.summary.kind == "match":
        return {
            entry.ref: at
            for at, each in enumerate(found.golden_records)
            for entry in each.crosswalk
        }
    if decision is not None:
        chosen = {each.ref: part for each, part in decision.shown.items()}
        return {ref: chosen.get(ref, 0) for ref in found.members}
    links = reading().inside(found.golden_records[0].golden_id).links
    return suggesting.parts(list(found.members), links)


def _merge(found: Review) -> Preview | None:
    """Tell what a merge would give; None where the question is about one golden record.

    Or where judgements stand against it, of which the form tells when it is sent.
    """
    if found.summary.kind != "match":
        return None
    shown = {Shown(ref, member.version): 0 for ref, member in found.members.items()}
    merge = deciding.Decision(deciding.MERGE, shown, "", (), None, found.summary.golden_ids)
    try:
        return hub().preview(merge.proposal(steward()))
    except (Contradiction, PreconditionFailed):
        return None


def stewards() -> list[str]:
    """Name those who may review."""
    return [each.name for each in hub().users.listing() if each.disabled_at is None]
