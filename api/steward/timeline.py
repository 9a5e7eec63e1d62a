"""The history of a golden record in words, newest first."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import Response

from api.golden_records import GOLDEN_ID
from api.hub import hub, reading
from api.steward import naming
from api.steward.pages import behind, blueprint, further, page
from api.steward.words import count
from mdm.model.errors import MdmError, NotFound
from mdm.model.history import Happened, Judged, PastAct, PastChange
from mdm.model.views import Page

SHOWN = 8
"""Entries on the page of the golden record; the others are a page away."""
PAGE = 50
_LED = 2
"""Numbers of a place in a history."""
_MOST_PARTS = 9

_OWN: Mapping[str, str] = {
    "minted": "This golden record came to be",
    "restored": "This golden record came back under its old ID",
    "retired": "All of its records were retired, and it ended",
    "split": "Part of it became a golden record of its own",
    "merged": "It was merged into another golden record",
}
_OTHERS: Mapping[str, str] = {
    "split": "It came of a split",
    "merged": "Another golden record was merged into it",
}


@dataclass(frozen=True)
class Told:
    """An entry of a history: what happened in words, the golden record that it leads to, the act.

    `kept`: the judgement counts still, so that it can be withdrawn.
    """

    happened: Happened
    words: str
    golden_id: str | None
    act: PastAct | None
    kept: bool


@blueprint.get("/golden-records/<golden_id>/history")
def history(golden_id: str) -> Response:
    """Show all that happened to a golden ID, whatever became of it."""
    if not GOLDEN_ID.fullmatch(golden_id):
        raise NotFound("golden ID", golden_id)
    found = reading().history(golden_id, after=behind(_LED), limit=PAGE)
    return page(
        "golden_record_history.html",
        golden_id=golden_id,
        name=_called(golden_id),
        timeline=told(golden_id, found),
        further=further(found.after),
    )


def told(golden_id: str, found: Page[Happened]) -> list[Told]:
    """Tell the entries of a history of a golden ID."""
    return [_told(golden_id, each) for each in found.items]


def _called(golden_id: str) -> str:
    """Name a golden record, by its ID when it is no more."""
    contents = reading().contents([golden_id]).get(golden_id)
    return golden_id if contents is None else naming.called(contents, hub().rules)


def _told(golden_id: str, happened: Happened) -> Told:
    if happened.act is not None:
        judged = happened.act.judgement
        words = _of_act(happened.kind, judged) if judged else _of_pin(happened.kind, happened.act)
        kept = happened.kind == "judged" and judged is not None and judged.in_force
        return Told(happened, words, None, happened.act, kept)
    change = happened.change
    if change is None:
        raise MdmError("a history has an entry that is neither a change nor an act")
    words, other = _of_change(golden_id, happened.kind, change)
    return Told(happened, words, other, None, kept=False)


def _of_change(golden_id: str, kind: str, change: PastChange) -> tuple[str, str | None]:
    """Tell a change, and which other golden record it leads to."""
    if change.golden_id != golden_id:
        return _OTHERS.get(kind, kind), change.golden_id
    if change.ref is not None:
        went = "joined" if kind == "attached" else "left"
        return f"The record {change.ref.source} {change.ref.key} {went} it", None
    if kind == "changed":
        return f"Its values changed: {_listed(change.attributes)}", None
    return _OWN.get(kind, kind), change.other


def _listed(attributes: Sequence[str] | None) -> str:
    return ", ".join(map(naming.title, attributes or ())) or "which ones is not told"


def _of_pin(kind: str, act: PastAct) -> str:
    """Tell which values somebody pinned, or took the pin off."""
    values = act.pin.values if act.pin else {}
    told = ", ".join(
        f"{naming.title(name)} {naming.text(value) if value else '(none)'}"
        for name, value in values.items()
    )
    return f"{'Pinned' if kind == 'pinned' else 'Pin taken off'}: {told}"


def _of_act(kind: str, judged: Judged) -> str:
    """Tell what somebody judged or withdrew."""
    records = count(sum(judged.parts), "record")
    if judged.kind == "unsure":
        said = f"nobody can tell of {records}"
    elif len(judged.parts) == 1:
        said = f"{records} are one customer"
    else:
        sizes = " + ".join(map(str, judged.parts[:_MOST_PARTS]))
        said = f"{records} are {len(judged.parts):,} customers ({sizes})"
    return f"Judged: {said}" if kind == "judged" else f"Withdrawn: that {said}"
