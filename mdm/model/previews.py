"""What an act on judgements would give, told before it is done."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from mdm.model.records import Attributes, RecordRef

Standing = Literal["unchanged", "kept", "restored", "new"]
"""What becomes of a golden record: it stays as it is; it keeps its golden ID and changes; an ID
that was issued earlier is carried again; an ID is minted."""


@dataclass(frozen=True)
class AttributeChange:
    """An attribute that a golden record would say anew; None where it says nothing."""

    attribute: str
    before: object
    after: object


@dataclass(frozen=True)
class GoldenPreview:
    """A golden record as it would be.

    `golden_id` is None as long as it is not minted.  `records` by (source, key), the first of
    `record_count`.  `attributes` and `provenance` as in `GoldenRecord`; `before`: the attributes of
    the golden record that carries the ID now, none if none does.
    """

    golden_id: str | None
    standing: Standing
    records: Sequence[RecordRef]
    record_count: int
    attributes: Attributes
    provenance: Mapping[str, object]
    before: Attributes

    @property
    def changes(self) -> list[AttributeChange]:
        """List by name what it would say other than now; nothing of what nobody carries now."""
        if self.standing not in ("unchanged", "kept"):
            return []
        before, after = self.before, self.attributes
        return [
            AttributeChange(name, before.get(name), after.get(name))
            for name in sorted(before.keys() | after.keys())
            if before.get(name) != after.get(name)
        ]


@dataclass(frozen=True)
class Elsewhere:
    """A golden ID that no golden record would carry, and what it would resolve to then.

    `golden_id` is None when all its records are retired, or, if `new`, as long as it is not minted.
    """

    asked: str
    golden_id: str | None
    new: bool = False


@dataclass(frozen=True)
class Preview:
    """What would come of an act.

    `golden_records`: those that would hold the judged records, then the others that would change,
    oldest golden ID first: the first of `golden_count`.  `elsewhere`: the golden IDs that would
    resolve to another golden record than now, the first of `elsewhere_count`, oldest first.
    """

    golden_records: Sequence[GoldenPreview]
    golden_count: int
    elsewhere: Sequence[Elsewhere]
    elsewhere_count: int
