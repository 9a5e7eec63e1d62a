"""How well clusters match a known truth: pairwise and B-cubed precision, recall and F1.

In: for each record its cluster and its true entity, as two parallel arrays of any labels.
Counts are exact integers; nothing depends on the order of the records or on the labels chosen.

    clusters  a a a b      linked pairs 3, true pairs 3, of both kinds 1:
    entities  1 1 2 1      pairwise precision 1/3, recall 1/3
"""

from dataclasses import dataclass
from math import fsum
from typing import Any

import numpy as np
import numpy.typing as npt

Labels = npt.NDArray[Any]
IntArray = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Scores:
    """Precision, recall and their harmonic mean, each 0 to 1."""

    precision: float
    recall: float
    f1: float


@dataclass(frozen=True)
class PairCounts:
    """Pairs of records: `linked` share a cluster, `true` share an entity, `correct` share both."""

    linked: int
    true: int
    correct: int

    @property
    def scores(self) -> Scores:
        """Shares of linked pairs that are true, and of true pairs that are linked; of none, 1."""
        return Scores(
            precision=_share(self.correct, self.linked),
            recall=_share(self.correct, self.true),
            f1=_share(2 * self.correct, self.linked + self.true),
        )


def pairwise(clusters: Labels, entities: Labels) -> PairCounts:
    """Count the pairs of records that clusters and entities put together."""
    overlap = _overlap(clusters, entities)
    return PairCounts(
        linked=int((overlap.records * (overlap.in_cluster - 1)).sum()) // 2,
        true=int((overlap.records * (overlap.in_entity - 1)).sum()) // 2,
        correct=int((overlap.records * (overlap.records - 1)).sum()) // 2,
    )


def b_cubed(clusters: Labels, entities: Labels) -> Scores:
    """Score by B-cubed (Bagga and Baldwin 1998), which takes the mean over records.

    A record's precision is the share of its cluster that is of its entity, its recall the share of
    its entity that is in its cluster (itself counted).  Of no records, all are 1.
    """
    if len(clusters) == 0:
        return Scores(1.0, 1.0, 1.0)
    overlap = _overlap(clusters, entities)
    squares = overlap.records**2
    # fsum rounds once, so that the order of the labels cannot show in the last digit.
    precision = fsum(squares / overlap.in_cluster) / len(clusters)
    recall = fsum(squares / overlap.in_entity) / len(clusters)
    return Scores(precision, recall, 2 * precision * recall / (precision + recall))


def f1_interval(
    clusters: Labels, entities: Labels, *, seed: int, resamples: int = 1000, share: float = 0.95
) -> tuple[float, float]:
    """Bound the pairwise F1 by bootstrap over entities: the middle `share` of `resamples` draws.

    Entities are drawn with replacement, each with its own true pairs, its correct pairs, and its
    part of the linked pairs (half of a pair that two entities share).  The same arrays and seed
    give the same interval.
    """
    overlap = _overlap(clusters, entities)
    correct = _by_entity(overlap, overlap.records - 1)
    linked = _by_entity(overlap, overlap.in_cluster - 1)
    true = _by_entity(overlap, overlap.in_entity - 1)
    random = np.random.default_rng(seed)
    draws = (random.integers(0, len(true), len(true)) for _ in range(resamples))
    f1s = [_share(2 * correct[d].sum(), linked[d].sum() + true[d].sum()) for d in draws]
    low, high = np.quantile(f1s, [(1 - share) / 2, (1 + share) / 2])
    return float(low), float(high)


@dataclass(frozen=True, eq=False)
class _Overlap:
    """One row for each cluster and entity that share records, as parallel columns.

    `records`: how many they share; `in_cluster`, `in_entity`: how many each has in all.
    """

    entity: IntArray
    records: IntArray
    in_cluster: IntArray
    in_entity: IntArray


def _overlap(clusters: Labels, entities: Labels) -> _Overlap:
    _, cluster, cluster_sizes = np.unique(clusters, return_inverse=True, return_counts=True)
    _, entity, entity_sizes = np.unique(entities, return_inverse=True, return_counts=True)
    width = max(len(entity_sizes), 1)
    cells, records = np.unique(cluster * width + entity, return_counts=True)
    in_cluster, in_entity = cluster_sizes[cells // width], entity_sizes[cells % width]
    return _Overlap(cells % width, records, in_cluster, in_entity)


def _by_entity(overlap: _Overlap, partners: IntArray) -> IntArray:
    """Sum over each entity's records how many partners each has: twice its pairs."""
    total = np.zeros(int(overlap.entity.max(initial=-1)) + 1, np.int64)
    np.add.at(total, overlap.entity, overlap.records * partners)
    return total


def _share(part: int, whole: int) -> float:
    return float(part / whole) if whole else 1.0
