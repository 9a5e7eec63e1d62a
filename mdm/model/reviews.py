"""Reviews as stewards read them: the questions, who has them, what was said of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from mdm.model.inside import Member
from mdm.model.records import RecordRef
from mdm.model.views import Evidence, GoldenRecord, Opinion, SourceRecord, match_probability

ReviewKind = Literal["match", "cluster"]
"""Are these two golden records one customer?  Is this golden record one customer?"""
ReviewReason = Literal["weak", "bridge", "identifiers", "large"]
ClosedWhy = Literal["judged", "gone", "evidence"]
"""A judgement answered it; a golden record of it is no more; its records and weights are others by
now."""

MOST_PAIRS = 50
"""Pairs that a review shows, the strongest first."""
MOST_RECORDS = 5
"""Records of a cluster that a review shows with their values, in the order of arrival."""


@dataclass(frozen=True)
class ReviewFilter:
    """Which reviews are meant: those for which everything holds that is said.

    `source`: one of its records is of it; `attribute`: the golden records have different values
    of it, or its records have; weights in bits, times ISO 8601 UTC text, both ends inclusive.
    `assignee`: who has it now; `deferred`: those that are put off, instead of the others.
    """

    kind: ReviewKind | None = None
    source: str | None = None
    attribute: str | None = None
    min_weight: float | None = None
    max_weight: float | None = None
    opened_from: str | None = None
    opened_to: str | None = None
    assignee: str | None = None
    deferred: bool = False


@dataclass(frozen=True)
class Comment:
    """What a steward noted beside a review."""

    actor: str
    made_at: str
    comment: str


@dataclass(frozen=True)
class ReviewSummary:
    """A question about one golden record, or about two, the older one first.

    `weight_bits`, `records`, `reasons` and `worth` (in records): `mdm.identity.reviews.Grounds`.
    `assignee` has it until `lease_until`; `comments` counts what was noted.
    """

    review_id: str
    kind: ReviewKind
    golden_ids: tuple[str, ...]
    weight_bits: float
    records: int
    reasons: tuple[ReviewReason, ...]
    worth: float
    opened_at: str
    assignee: str | None
    lease_until: str | None
    deferred_until: str | None
    deferred_by: str | None
    comments: int

    @property
    def match_probability(self) -> float:
        """The weight as a probability."""
        return match_probability(self.weight_bits)


@dataclass(frozen=True)
class ClosedReview:
    """A question that is not asked any more."""

    review_id: str
    kind: ReviewKind
    golden_ids: tuple[str, ...]
    opened_at: str
    closed_at: str
    why: ClosedWhy


@dataclass(frozen=True)
class Review:
    """A question with all that a steward needs to answer it, open or closed.

    `golden_records`: those of the question that are published; `members`: what is known of their
    records; `records`: the first MOST_RECORDS of a cluster, with their values.  `pairs`: those
    between the two, or inside the one, the strongest first, at most MOST_PAIRS of `pair_count`;
    `judgements`: those in force on two or more of its records.
    """

    summary: ReviewSummary | ClosedReview
    golden_records: Sequence[GoldenRecord]
    members: Mapping[RecordRef, Member]
    records: Sequence[SourceRecord]
    pairs: Sequence[Evidence]
    pair_count: int
    judgements: Sequence[Opinion]
    comments: Sequence[Comment]
    model_version: int | None
    link_bits: float | None
    review_bits: float | None


@dataclass(frozen=True)
class Backlog:
    """How much there is to review: open questions by kind, and by how long ago they were opened.

    `claimed` and `deferred` are among them; `oldest_opened_at` None when there is none.
    """

    open: int
    claimed: int
    deferred: int
    by_kind: Mapping[ReviewKind, int]
    by_age: Mapping[str, int]
    oldest_opened_at: str | None
