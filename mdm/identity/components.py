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
    return numbered(_first_connected(count, left, right))


def numbered(first: IntArray) -> IntArray:
    """Turn the smallest position of each record's group into labels 0, 1, 2 ... in that order.

    [0, 1, 0, 3, 1] becomes [0, 1, 0, 2, 1]
    """
    is_first = first == np.arange(len(first))
    return np.asarray((np.cumsum(is_first) - 1)[first], dtype=np.int64)


def components(
    count: int, edges: Edges, same: Edges, *, link: int, limit: int = COMPONENT_LIMIT
) -> Components:
    """Find each record's component: the largest of at most `limit` records up the rungs.

    Components join pairs at or above `link` (micro-bits), and pairs that stewards judged the same
    (`same`) at any weight.  Where more than `limit` records hang together, the threshold rises by
    RUNG until TOP_RUNG above `link`; what is still larger there stays one component and is over
    the limit.
    """
    first = np.arange(count)
    over = np.zeros(count, dtype=np.bool_)
    open_ = np.arange(count)  # the records whose component is not found yet
    for rung in range(0, TOP_RUNG + 1, RUNG):
        edges = edges.where(edges.weight >= link + rung)
        found = _first_among(open_, edges, same, count)
        fits = np.bincount(found, minlength=len(open_))[found] <= limit
        settled = fits | (rung == TOP_RUNG)
        first[open_[settled]] = open_[found[settled]]
        over[open_[settled]] = ~fits[settled]
        open_ = open_[~settled]
        if not len(open_):
            break
    return Components(numbered(first), over)


def _first_among(records: IntArray, edges: Edges, same: Edges, count: int) -> IntArray:
    """Connect some of `count` records; they are positions in `records`, ascending, in the result.

    No pair may lead from them to a record outside at a weight that still counts; so it is up the
    rungs, where components leave whole.
    """
    place = np.full(count, -1, dtype=np.int64)
    place[records] = np.arange(len(records))
    left = place[np.concatenate([edges.left, same.left])]
    right = place[np.concatenate([edges.right, same.right])]
    among = left >= 0
    return _first_connected(len(records), left[among], right[among])


def _first_connected(count: int, left: IntArray, right: IntArray) -> IntArray:
    """Find the smallest position in each record's connected component."""
    ones = np.ones(len(left), dtype=np.int8)
    graph = coo_array((ones, (left, right)), shape=(count, count))
    label = connected_components(graph.tocsr(), directed=False)[1]
    first = np.full(count, count, dtype=np.int64)
    np.minimum.at(first, label, np.arange(count))
    return np.asarray(first[label], dtype=np.int64)
