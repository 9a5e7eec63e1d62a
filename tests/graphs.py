"""Records with weighed pairs, and judgements that agree with each other, as Hypothesis draws."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import combinations

import networkx as nx
import numpy as np
from hypothesis import strategies as st

from mdm.identity.cluster import Judged, cap_unsure, clusters, edges_of
from mdm.identity.components import (
    COMPONENT_LIMIT,
    MICRO,
    Components,
    Edges,
    IntArray,
    components,
)
from mdm.identity.fusion import MISSING

Pair = tuple[int, int]

WEIGHTS = st.one_of(
    # few of them, for ties; in quarters, for linkages that must be rounded; any that there can be
    st.integers(-3, 4).map(lambda bits: bits * MICRO),
    st.integers(-40, 60).map(lambda quarters: quarters * MICRO // 4 + quarters % 3),
    st.integers(-30 * MICRO, 45 * MICRO),
)

# mostly over the top rung, so that more than the limit hang together there
HIGH = st.one_of(
    st.integers(20, 26).map(lambda bits: bits * MICRO),
    st.integers(23 * MICRO, 40 * MICRO),
    WEIGHTS,
)


@dataclass(frozen=True)
class Graph:
    """Records 0 .. `count`-1, what their pairs weigh in micro-bits, and what was judged.

    `compared` tells what each comparison adds to a pair, MISSING where it could not compare.
    """

    count: int
    weights: dict[Pair, int]
    link: int = 0
    compared: dict[Pair, tuple[int, ...]] = field(default_factory=dict)
    same: list[Pair] = field(default_factory=list)
    different: list[Pair] = field(default_factory=list)
    unsure: list[Pair] = field(default_factory=list)

    @property
    def judged(self) -> Judged:
        return Judged(edges_of(self.same), edges_of(self.different), edges_of(self.unsure))

    @property
    def edges(self) -> Edges:
        edges = edges_of(list(self.weights))
        weight = np.array(list(self.weights.values()), dtype=np.int64)
        return cap_unsure(
            Edges(edges.left, edges.right, weight), self.judged.unsure, link=self.link
        )

    @property
    def parts(self) -> IntArray:
        width = max(map(len, self.compared.values()), default=0)
        rows = [self.compared.get(pair, (MISSING,) * width) for pair in self.weights]
        return np.array(rows, dtype=np.int64).reshape(len(rows), width)

    def components(self, limit: int = COMPONENT_LIMIT) -> Components:
        return components(self.count, self.edges, self.judged.same, link=self.link, limit=limit)

    def clusters(self, limit: int = COMPONENT_LIMIT) -> list[int]:
        found = self.components(limit)
        return clusters(found, self.edges, self.parts, self.judged, link=self.link).tolist()


def in_bits(weights: dict[Pair, float]) -> dict[Pair, int]:
    """Turn bits into micro-bits."""
    return {pair: round(bits * MICRO) for pair, bits in weights.items()}


def connected(records: Iterable[int], pairs: Iterable[Pair]) -> list[set[int]]:
    """The connected components, by networkx."""
    graph = nx.Graph(pairs)
    graph.add_nodes_from(records)
    return list(nx.connected_components(graph))


def labels(parts: Iterable[set[int]]) -> list[int]:
    """The part of each record 0, 1, 2 ..., the parts numbered by their smallest record."""
    number = {record: i for i, part in enumerate(sorted(parts, key=min)) for record in part}
    return [number[record] for record in sorted(number)]


@st.composite
def graphs(draw, *, least=0, records=8, complete=False, judged=True, weights=WEIGHTS, link=None):
    """A graph of `least` to `records` records, `complete` with the weights of all pairs."""
    count = draw(st.integers(least, records))
    pairs = list(combinations(range(count), 2))
    some = st.lists(st.sampled_from(pairs), unique=True) if pairs else st.just([])
    known = pairs if complete else draw(some)
    same, different, unsure = (draw(some), draw(some), draw(some)) if judged else ([], [], [])
    width = draw(st.integers(0, 3))
    compared = st.tuples(*[weights | st.just(MISSING)] * width)
    entity = draw(st.lists(st.integers(0, 3), min_size=count, max_size=count))
    return Graph(
        count=count,
        weights={pair: draw(weights) for pair in known},
        link=draw(st.integers(-2, 3)) * MICRO if link is None else link,
        compared={pair: draw(compared) for pair in known},
        same=[(one, other) for one, other in same if entity[one] == entity[other]],
        different=[(one, other) for one, other in different if entity[one] != entity[other]],
        unsure=unsure,
    )
