"""The overview: how many records, golden records, duplicates, pairs and questions there are."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class SourceFigures:
    """A source: its records in golden records, how many golden records have one or more of them.

    `pending` records wait for a resolve, `quarantined` rows could not be taken.
    """

    name: str
    records: int
    golden_records: int
    pending: int
    quarantined: int

    @property
    def duplicates(self) -> int:
        """The records beyond the first of each golden record."""
        return self.records - self.golden_records


@dataclass(frozen=True)
class Overlap:
    """How many golden records have records of both of two sources, the first in order first."""

    sources: tuple[str, str]
    golden_records: int


@dataclass(frozen=True)
class Weights:
    """How many kept pairs have a match weight of `from_bits` up to one bit more."""

    from_bits: int
    pairs: int


@dataclass(frozen=True)
class BacklogDay:
    """How many questions to stewards were opened and closed on a day (UTC), and open at its end."""

    day: str
    opened: int
    closed: int
    open: int


@dataclass(frozen=True)
class Overview:
    """What there is.

    `records` are in golden records; `sources` by name; `overlaps` that there are; `weights` from
    the lightest, without those of no pair; `backlog` the oldest day first, without those on which
    nothing changed.  The thresholds are the active model's, None before the first resolve.
    """

    records: int
    golden_records: int
    sources: Sequence[SourceFigures]
    overlaps: Sequence[Overlap]
    weights: Sequence[Weights]
    backlog: Sequence[BacklogDay]
    model_version: int | None
    link_bits: float | None
    review_bits: float | None
