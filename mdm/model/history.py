"""What happened to a golden record: what publications changed, and what people did about it.

Times are ISO 8601 UTC text, weights are bits.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from mdm.model.changes import ChangeKind
from mdm.model.judgements import JudgementKind
from mdm.model.pins import PinnedValues
from mdm.model.records import RecordRef
from mdm.model.views import Position, match_probability

ActKind = Literal["judged", "withdrawn", "pinned", "unpinned"]

MOST_WEIGHED = 20
"""Pairs that an act keeps as its evidence, the strongest: a judgement may have half a million."""
MOST_CONCERNED = 20
"""Golden records that are shown of an act; a judgement may be about a thousand."""


@dataclass(frozen=True)
class Act:
    """Something that somebody did about golden records, by the model version of that time.

    `judgement_id`: the judgement that was given or withdrawn; `others` those that went out of force
    with it when it was given, or came back when it was withdrawn.  `pin_id`: the pin that was made
    or taken off.
    """

    kind: ActKind
    actor: str
    at: str
    reason: str
    model_version: int
    judgement_id: int | None = None
    others: Sequence[int] = ()
    pin_id: int | None = None


@dataclass(frozen=True)
class Concerned:
    """A golden record that an act was about or changed, and how many records it had; 0: none."""

    golden_id: str
    records_before: int
    records_after: int


@dataclass(frozen=True)
class Weighed:
    """A pair as it was scored when somebody decided on it."""

    left: RecordRef
    right: RecordRef
    weight_bits: float

    @property
    def match_probability(self) -> float:
        """The weight as a probability."""
        return match_probability(self.weight_bits)


@dataclass(frozen=True)
class Judged:
    """The judgement of an act: what kind it is, and how many records are in each of its parts.

    `in_force`: it counts now, whatever became of it between.
    """

    judgement_id: int
    kind: JudgementKind
    parts: Sequence[int]
    others: Sequence[int]
    in_force: bool


@dataclass(frozen=True)
class PinnedThen:
    """The pin of an act: its number and values, and the record of them, None: the steward's own."""

    pin_id: int
    values: PinnedValues
    ref: RecordRef | None


@dataclass(frozen=True)
class PastAct:
    """An act with its evidence.

    `golden_records` are at most MOST_CONCERNED of `golden_record_count`; `pairs` at most
    MOST_WEIGHED of `pair_count`, the strongest first.
    """

    actor: str
    reason: str
    model_version: int
    judgement: Judged | None
    pin: PinnedThen | None
    golden_records: Sequence[Concerned]
    golden_record_count: int
    pairs: Sequence[Weighed]
    pair_count: int


@dataclass(frozen=True)
class PastChange:
    """One thing that a publication did, as `mdm.model.changes.Change`, without values.

    `attributes` names those that changed; None but for the kind `changed`, and there where the log
    does not tell.
    """

    number: int
    golden_id: str
    other: str | None
    ref: RecordRef | None
    attributes: Sequence[str] | None


@dataclass(frozen=True)
class Happened:
    """One entry of a history: a change, or an act.

    `position` is its place: an act comes right after the changes that it brought.
    """

    at: str
    kind: ChangeKind | ActKind
    position: Position
    change: PastChange | None = None
    act: PastAct | None = None
