"""Why two records were given their match weight: what an explainer takes and what it answers."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from mdm.model.models import ModelVersion
from mdm.model.records import Attributes


@dataclass(frozen=True)
class MatchingRecord:
    """What the model sees of a record: its number in the store and its standardised attributes."""

    record_id: int
    standardised: Attributes


@dataclass(frozen=True)
class Part:
    """One addend of a match weight: the comparison (or `prior`), its level in words, its bits."""

    name: str
    level: str
    bits: float


@dataclass(frozen=True)
class PairExplanation:
    """A pair's match weight, taken apart; the bits of `parts` sum to `weight_bits`.

    The first part is the `prior`: the evidence that any two records are one entity before
    anything of them is compared.
    """

    record_l: int
    record_r: int
    weight_bits: float
    parts: tuple[Part, ...]


class Explainer(Protocol):
    """Takes match weights apart with the model that gave them."""

    def explain(
        self,
        model: ModelVersion,
        records: Sequence[MatchingRecord],
        pairs: Sequence[tuple[int, int]],
    ) -> list[PairExplanation]:
        """Explain each of `pairs`, in their order; both records of each are among `records`."""
        ...
