"""A steward's word on what a golden attribute says, as it is kept and as it is shown."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from mdm.model.records import AttributeValue, RecordRef

PinnedValues = Mapping[str, AttributeValue | None]
"""Attribute -> its value, None: it has none.  One attribute, or all that survive together."""


@dataclass(frozen=True)
class Pin:
    """Values that a golden record has whatever its source records say.

    `serial` is the golden ID that it belongs to; `ref` the record that the values were taken from,
    None for values of the steward's own; `follows` the record that the golden ID follows, if any.
    """

    pin_id: int
    serial: int
    values: PinnedValues
    ref: RecordRef | None
    actor: str
    made_at: str
    reason: str
    follows: int | None = None


@dataclass(frozen=True)
class Pinning:
    """What a steward wants pinned: `value` is their own, or, with `ref`, None: the record's.

    `attribute` is an attribute of the rules, or a group of attributes that survive together; each
    attribute of a group stands for all of it.  Values of a group are a mapping by attribute.
    `version`: that of the record whose value was shown; None holds for any.
    """

    golden_id: str
    attribute: str
    actor: str
    reason: str = ""
    ref: RecordRef | None = None
    value: object = None
    version: int | None = None


@dataclass(frozen=True)
class PinDone:
    """What a pin, or its removal, did; `changed` are golden IDs, oldest first."""

    pin_id: int
    changed: Sequence[str]


@dataclass(frozen=True)
class Disagreeing:
    """A source record that says something else than a pin; `since`: only since it was pinned."""

    ref: RecordRef
    values: PinnedValues
    since: bool


@dataclass(frozen=True)
class KeptPin:
    """A pin as it is kept, and what became of it."""

    pin_id: int
    golden_id: str
    values: PinnedValues
    ref: RecordRef | None
    actor: str
    made_at: str
    reason: str
    removed_at: str | None
    removed_by: str | None
    removed_because: str | None


@dataclass(frozen=True)
class ShownPin:
    """A pin of a golden record: whether it counts, or which later one does, and who disagrees.

    `disagreeing` are the first of `disagreeing_count` source records that say something else.
    """

    pin: KeptPin
    outvoted_by: int | None
    disagreeing: Sequence[Disagreeing]
    disagreeing_count: int


@dataclass(frozen=True)
class Saying:
    """A value, or values that are pinned together, that a golden record's source records have.

    Records whose values are the same once standardised are one: `records` of the `sources`.
    `values` are as the first of them by source and key, `ref` at `version`, has them.
    """

    values: PinnedValues
    ref: RecordRef
    version: int
    records: int
    sources: Sequence[str]


@dataclass(frozen=True)
class Sayings:
    """All that can be pinned from source records, that of most records first.

    `waiting` records wait for a resolve, before which nothing is pinned from them.
    """

    items: Sequence[Saying]
    waiting: int
