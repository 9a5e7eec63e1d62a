"""What readers get to see: golden records, their source records, their evidence, the sources.

Every view is one consistent moment of the store.  Times are ISO 8601 UTC text, weights are bits.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, Literal, TypeVar

from mdm.model.errors import MdmError
from mdm.model.explanation import Part
from mdm.model.judgements import JudgementKind
from mdm.model.records import Attributes, RecordRef, SourceKind, Taken

Item = TypeVar("Item")
Position = tuple[int, ...]
"""Where a page ended: the sort key of its last item; it says nothing to whoever pages."""


def match_probability(weight_bits: float) -> float:
    """Give a match weight as a probability, 0 to 1."""
    return float(1.0 / (1.0 + 2.0**-weight_bits))


@dataclass(frozen=True)
class Page(Generic[Item]):
    """Some of many items, in a fixed order; `after` leads to the rest, None when that was all."""

    items: Sequence[Item]
    after: Position | None = None


@dataclass(frozen=True)
class CrosswalkEntry:
    """A source record that a golden record is made of.

    `own_id` is the golden ID that the record first belonged to; `pending` tells that the record
    changed after the golden record was published.
    """

    ref: RecordRef
    own_id: str | None
    pending: bool


@dataclass(frozen=True)
class GoldenRecord:
    """The single view of one entity.

    `provenance`: attribute -> which record its value came from, the rule that chose it and the
    values that it beat.  `version` counts from 1 and grows with every published change.
    """

    golden_id: str
    version: int
    created_at: str
    updated_at: str
    attributes: Attributes
    provenance: Mapping[str, object]
    crosswalk: Sequence[CrosswalkEntry]


@dataclass(frozen=True)
class Found:
    """What a search found, and the standardised values that it looked for.

    `looked_for` is empty when nothing can be found: no attribute has values of that kind, or the
    value counts as missing.
    """

    looked_for: Sequence[str]
    page: Page[GoldenRecord]


@dataclass(frozen=True)
class SourceRecord:
    """A source record as its department gave it, beside what was made of it."""

    ref: RecordRef
    version: int
    payload: object
    attributes: Attributes
    standardised: Attributes
    modified_at: str | None
    arrived_at: str
    retired_at: str | None
    pending: bool


@dataclass(frozen=True)
class ResolvedRecord(SourceRecord):
    """A source record and the golden record that it is in; None before its first resolve."""

    golden_id: str | None


@dataclass(frozen=True)
class SourceVersion:
    """One version of a source record as its department gave it; `version` counts from 1.

    `retired_at` tells when the department retired it at this version.
    """

    version: int
    payload: object
    attributes: Attributes
    modified_at: str | None
    arrived_at: str
    retired_at: str | None


@dataclass(frozen=True)
class Evidence:
    """A pair inside a golden record and its stored match weight.

    `parts` sum to `weight_bits`; they are empty when `pending`: a record of the pair changed since
    it was scored, so its present values no longer explain the stored weight.
    """

    left: RecordRef
    right: RecordRef
    weight_bits: float
    pending: bool
    parts: Sequence[Part]


@dataclass(frozen=True)
class Opinion:
    """A judgement in force on at least two of a golden record's records."""

    judgement_id: int
    kind: JudgementKind
    actor: str
    made_at: str
    reason: str
    parts: Sequence[Sequence[RecordRef]]


@dataclass(frozen=True)
class KeptJudgement(Opinion):
    """A judgement as it is kept, with all records that it is about, and what became of it."""

    keeps_part: int | None
    superseded_by: int | None
    withdrawn_at: str | None
    withdrawn_by: str | None
    withdrawn_reason: str | None


@dataclass(frozen=True)
class Explanation:
    """What holds a golden record together: its scored pairs, strongest first, and judgements.

    `model_version` and `link_bits` are those of the resolve that published it.
    """

    golden_id: str
    model_version: int | None
    link_bits: float | None
    pairs: Page[Evidence]
    judgements: Sequence[Opinion]


@dataclass(frozen=True)
class MatchedRecord:
    """A record of the store beside a record that was asked about.

    `parts` sum to `weight_bits`; they are empty unless an explanation was asked for.
    """

    ref: RecordRef
    weight_bits: float
    parts: Sequence[Part]


@dataclass(frozen=True)
class Matched:
    """A golden record that a record may belong to.

    `weight_bits` is the linkage of the record with all records of the golden record, which are the
    `pairs`, strongest first, or the first of them alone; `decision` what follows from it: at or
    above the link threshold it is a link, else a review.
    """

    golden_record: GoldenRecord
    weight_bits: float
    decision: Literal["link", "review"]
    pairs: Sequence[MatchedRecord]

    @property
    def match_probability(self) -> float:
        """The weight as a probability."""
        return match_probability(self.weight_bits)


@dataclass(frozen=True)
class Matches:
    """The golden records that a record may belong to, best first, and what it was compared by.

    `standardised` lacks what counts as missing, such as placeholders; `too_common`: attributes
    whose values so many records share that nobody is a candidate by them alone.
    """

    model_version: int
    link_bits: float
    review_bits: float
    standardised: Attributes
    items: Sequence[Matched]
    too_common: Sequence[str] = ()


Outcome = Literal["new", "linked", "merged", "split", "moved", "unchanged", "retired"]
"""What an act did to golden records; `docs/api.md` tells each."""


@dataclass(frozen=True)
class Possible:
    """A golden record that a submitted record may belong to and was not joined to.

    `ref` and `weight_bits`: the record of it that makes the strongest pair, and that pair's weight.
    """

    golden_id: str
    ref: RecordRef
    weight_bits: float


@dataclass(frozen=True)
class Submitted:
    """What became of a submitted record.

    `version` counts from 1, `created` tells that there was none; `golden_id` is the golden record
    that it is in now, None once it is retired; `changed` lists the golden IDs whose golden records
    the act changed, made or ended, oldest first; `candidates` are the strongest first.
    """

    ref: RecordRef
    version: int
    outcome: Outcome
    golden_id: str | None
    changed: Sequence[str] = ()
    candidates: Sequence[Possible] = ()
    created: bool = False


@dataclass(frozen=True)
class AnsweredLine:
    """The answer to one of many lines (counted from 1); `key` as far as it could be read."""

    line: int
    key: str | None
    answer: Submitted | MdmError


@dataclass(frozen=True)
class JudgementDone:
    """What a judgement, or its withdrawal, did; `changed` as in `Submitted`."""

    judgement_id: int
    changed: Sequence[str]


@dataclass(frozen=True)
class Ingestion:
    """How a source's last ingestion went; `finished_at` is None while it runs or when it broke."""

    started_at: str
    finished_at: str | None
    read: int
    taken: Taken
    quarantined: int


@dataclass(frozen=True)
class SourceSummary:
    """One source and how it is doing.

    `live` and `retired` records add up to all of it; `pending` ones wait for a resolve;
    `duplicates`: resolved records beyond the first of each golden record within this source.
    """

    name: str
    kind: SourceKind
    trust: float
    live: int
    retired: int
    pending: int
    duplicates: int
    quarantined: int
    last_ingestion: Ingestion | None
