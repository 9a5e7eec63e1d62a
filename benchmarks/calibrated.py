"""Whether match weights mean what they say: how many of the pairs at b bits match."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from mdm.identity.components import MICRO
from mdm.resolution.evidence import Evidence

EDGES = (-6.0, -4.0, -2.0, 0.0, 2.0, 4.0, 6.0, 8.0)
"""The bands' limits, in bits; the first is the shipped review threshold."""


@dataclass(frozen=True)
class Band:
    """Labelled pairs from `low` to below `high` bits: how many there are, and what share matches.

    `share` is nan where there is none; `expected` is the mean of 2^b / (1 + 2^b) over the pairs.
    """

    low: float
    high: float
    pairs: int
    share: float
    expected: float


def bands(evidence: Evidence) -> list[Band]:
    """Count the pairs that blocking found, band by band."""
    pairs = evidence.labelled_pairs
    bits = pairs.weight / MICRO
    matches = evidence.entity[pairs.left] == evidence.entity[pairs.right]
    found = []
    for low, high in pairwise(EDGES):
        within = (bits >= low) & (bits < high)
        expected = 1 / (1 + np.exp2(-bits[within]))
        count = int(within.sum())
        share, mean = (
            (float(matches[within].mean()), float(expected.mean())) if count else (np.nan, np.nan)
        )
        found.append(Band(low, high, count, share, mean))
    return found
