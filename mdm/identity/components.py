"""Components: which records can come into one cluster at all.

In: pairs of positions with their weights.  Out: a component label for each record.  Records are
positions 0 .. n-1 in the order of (source, key), weights integer micro-bits, so that nothing
depends on an order of arrival or of summing.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]

MICRO = 1_000_000
"""Micro-bits in a bit."""
COMPONENT_LIMIT = 500
"""Records in a component that are clustered by all their pairs (DESIGN.md, 'Clusters')."""
RUNG = 2 * MICRO
"""How much higher the next threshold stands when a component is over the limit."""
TOP_RUNG = 20 * MICRO
"""The last threshold; a component that is over the limit there is over it for good."""


@dataclass(frozen=True, eq=False)
class Edges:
    """Pairs with their match weights: parallel arrays, `left` < `right`, each pair once."""

    left: IntArray
    right: IntArray
    weight: IntArray

    def where(self, chosen: BoolArray) -> "Edges":
        """Take the pairs that are chosen."""
        return Edges(self.left[chosen], self.right[chosen], self.weight[chosen])


@dataclass(frozen=True, eq=False)
class Components:
    """The component of each record: `label` numbers components by their first record.

    `over_limit` tells, for each record, whether its component is too large to be clustered by all
    its pairs even at the top rung.
    """

    label: IntArray
    over_limit: BoolArray


def connected(count: int, left: IntArray, right: IntArray) -> IntArray:
    """Label the connected components of a graph, numbered by their smallest position."""
    ones = np.ones(len(left), dtype=np.int8)
    graph = coo_array((ones, (left, right)), shape=(count, count))
    found = connected_components(graph.tocsr(), directed=False)[1]
    return by_first(np.asarray(found, dtype=np.int64))


def by_first(labels: IntArray) -> IntArray:
    """Renumber labels 0, 1, 2 ... in the order in which they first appear."""
    _, first, inverse = np.unique(labels, return_index=True, return_inverse=True)
    rank = np.empty(len(first), dtype=np.int64)
    rank[np.argsort(first)] = np.arange(len(first))
    return np.asarray(rank[inverse], dtype=np.int64)


def components(
    count: int, edges: Edges, same: Edges, *, link: int, limit: int = COMPONENT_LIMIT
) -> Components:
    """Find each record's component: the largest of at most `limit` records up the rungs.

    Components join pairs at or above `link`, and pairs that stewards judged the same (`same`) at
    any weight.  Where more than `limit` records hang together, the threshold rises by RUNG until
    TOP_RUNG; what is still larger there stays one component and is over the limit.
    """
    label = np.full(count, -1, dtype=np.int64)
    over = np.zeros(count, dtype=np.bool_)
    open_ = np.ones(count, dtype=np.bool_)
    for threshold in range(link, link + TOP_RUNG + 1, RUNG):
        chosen = edges.where((edges.weight >= threshold) & open_[edges.left] & open_[edges.right])
        found = connected(
            count,
            np.concatenate([chosen.left, same.left]),
            np.concatenate([chosen.right, same.right]),
        )
        small = np.bincount(found, minlength=count)[found] <= limit
        settled = open_ & (small | (threshold == link + TOP_RUNG))
        label[settled] = found[settled] + count * (threshold - link) // RUNG
        over |= settled & ~small
        open_ &= ~settled
        if not open_.any():
            break
    return Components(by_first(label), over)
