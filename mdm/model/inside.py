"""A golden record as seen from inside: what decides between its records, what holds them together.

Times are ISO 8601 UTC text, weights are bits.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from mdm.model.records import RecordRef, SourceKind
from mdm.model.views import GoldenRecord, Opinion

MOST_LINKS = 2000
"""Pairs that are looked at, the strongest first: every pair of 63 records."""
MOST_LINKING = 10_000
"""Linking pairs among which bridges are sought, in about 60 ms: every pair of 141 records."""


@dataclass(frozen=True)
class Member:
    """What is known of a source record beside its values; `trust` (0 to 1) is its source's."""

    ref: RecordRef
    kind: SourceKind
    trust: float
    version: int
    modified_at: str | None
    arrived_at: str
    pending: bool


@dataclass(frozen=True)
class Link:
    """A scored pair of a golden record's records.

    `weak`: its weight is below the link threshold; `bridge`: it alone holds two parts together.
    `pending`: one of the two changed since it was scored.
    """

    left: RecordRef
    right: RecordRef
    weight_bits: float
    pending: bool
    weak: bool
    bridge: bool


@dataclass(frozen=True)
class Inside:
    """A golden record with its records and what holds them together.

    `members` in the order of (source, key); `links` the strongest first, at most MOST_LINKS of
    `link_count`.  Of them all `weak_count` are weak and `bridge_count` are bridges; None, and no
    link is called a bridge, where more than MOST_LINKING link or the records are too many to be
    clustered by all their pairs.  `judgements`: those in force on two or more of its records.
    `link_bits` is the threshold of the model that scored the pairs.
    """

    golden_record: GoldenRecord
    members: Mapping[RecordRef, Member]
    links: Sequence[Link]
    link_count: int
    weak_count: int
    bridge_count: int | None
    judgements: Sequence[Opinion]
    model_version: int | None
    link_bits: float | None
