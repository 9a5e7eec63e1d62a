"""Where each value of a golden record came from, why it was taken, and what it was taken before."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from api.steward.naming import text, title
from mdm.model.inside import Inside, Member
from mdm.model.records import AttributeValue, RecordRef

WHY: Mapping[str, str] = {
    "trust": "its source is trusted most",
    "recent": "it was changed last",
    "frequent": "most records have it",
    "longest": "it is the longest",
    "only value": "there is no other",
    "all agree": "all records agree",
    "tie": "all else was even: the first by source and key",
    "leading attribute": "the others lack what goes with it",
    "every value": "every value is kept",
    "pin": "a steward pinned it",
}
"""The rule of a provenance entry (`mdm.identity.survivorship`) in words."""


@dataclass(frozen=True)
class Origin:
    """A value and the record that it came from; `member` None when that has left since."""

    text: str
    ref: RecordRef
    letter: str
    member: Member | None


@dataclass(frozen=True)
class Survivor:
    """A value of the golden record, why it was taken, and the values that it beat, best first."""

    origin: Origin
    why: str
    beat: Sequence[Origin]


@dataclass(frozen=True)
class Row:
    """An attribute of a golden record with its values."""

    attribute: str
    title: str
    values: Sequence[Survivor]


def rows(inside: Inside, letters: Mapping[RecordRef, str], names: Sequence[str]) -> list[Row]:
    """Lay out the attributes of a golden record; `names` are all there can be, in their order."""
    record = inside.golden_record
    found = []
    for name in in_order(record.attributes, names):
        value = record.attributes[name]
        entry: Any = record.provenance.get(name)
        entries = entry if isinstance(entry, list) else [entry]
        values = [value] if isinstance(value, str) else value
        told = [_survivor(inside, letters, *each) for each in zip(values, entries, strict=False)]
        found.append(Row(name, title(name), told))
    return found


def in_order(attributes: Collection[str], names: Sequence[str]) -> list[str]:
    """Put the names of attributes in the order of `names`, those that are not among them last."""
    place = {name: number for number, name in enumerate(names)}
    return sorted(attributes, key=lambda name: place.get(name, len(place)))


def _survivor(
    inside: Inside, letters: Mapping[RecordRef, str], value: str, entry: Mapping[str, Any]
) -> Survivor:
    return Survivor(
        origin=_origin(inside, letters, value, entry),
        why=WHY.get(entry["rule"], entry["rule"]),
        beat=[_origin(inside, letters, each["value"], each) for each in entry["beat"]],
    )


def _origin(
    inside: Inside,
    letters: Mapping[RecordRef, str],
    value: AttributeValue,
    entry: Mapping[str, Any],
) -> Origin:
    ref = RecordRef(entry["source"], entry["key"])
    return Origin(text(value), ref, letters.get(ref, "?"), inside.members.get(ref))
