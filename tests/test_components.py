"""A component is the largest set of records within the limit that strong pairs hang together."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mdm.identity.cluster import edges_of
from mdm.identity.components import (
    COMPONENT_LIMIT,
    MICRO,
    RUNG,
    TOP_RUNG,
    components,
    connected,
    numbered,
)
from tests import graphs
from tests.graphs import Graph

LIMIT = 4


def chain(*bits: float) -> dict[tuple[int, int], int]:
    """Records one after another, each weighed with the next."""
    return {(i, i + 1): round(weight * MICRO) for i, weight in enumerate(bits)}


def by_definition(graph: Graph, limit: int) -> tuple[list[int], list[bool]]:
    """Look up the rungs for each record by itself."""
    rungs = range(graph.link, graph.link + TOP_RUNG + 1, RUNG)
    parts = [_parts(graph, threshold) for threshold in rungs]
    found = [
        next((part[record] for part in parts if len(part[record]) <= limit), parts[-1][record])
        for record in range(graph.count)
    ]
    return graphs.labels(set(found)), [len(part) > limit for part in found]


def _parts(graph: Graph, threshold: int) -> dict[int, frozenset[int]]:
    strong = [pair for pair, bits in graph.weights.items() if bits >= threshold]
    parts = graphs.connected(range(graph.count), strong + graph.same)
    return {record: frozenset(part) for part in parts for record in part}


@given(graphs.graphs(records=12, judged=False))
def test_connected_records_are_those_that_networkx_connects(graph):
    pairs = list(graph.weights)
    edges = edges_of(pairs)
    label = connected(graph.count, edges.left, edges.right)
    assert label.tolist() == graphs.labels(graphs.connected(range(graph.count), pairs))


@given(st.lists(st.integers(0, 5)))
def test_groups_are_numbered_by_their_first_records(groups):
    first = np.array([groups.index(group) for group in groups], dtype=np.int64)
    names = list(dict.fromkeys(groups))
    assert numbered(first).tolist() == [names.index(group) for group in groups]


@given(graphs.graphs(records=12))
def test_within_the_limit_components_join_links_and_what_was_judged_the_same(graph):
    edges = graph.edges.where(graph.edges.weight >= graph.link)
    links = list(zip(edges.left.tolist(), edges.right.tolist(), strict=True))
    found = graph.components()
    assert found.label.tolist() == graphs.labels(
        graphs.connected(range(graph.count), links + graph.same)
    )
    assert not found.over_limit.any()


@given(graphs.graphs(records=12).map(lambda graph: Graph(graph.count, graph.weights, graph.link)))
def test_each_record_has_the_largest_component_within_the_limit_up_the_rungs(graph):
    found = graph.components(LIMIT)
    assert (found.label.tolist(), found.over_limit.tolist()) == by_definition(graph, LIMIT)


STRONG = st.integers(-2, 45).map(lambda bits: bits * MICRO)


@given(st.data(), st.integers(6, 12), st.integers(0, 3))
def test_where_much_hangs_together_same_holds_on_every_rung(data, count, link):
    weights = {(i, j): data.draw(STRONG) for j in range(1, count) for i in (j // 2, j - 1) if i < j}
    pairs = st.tuples(st.integers(0, count - 1), st.integers(0, count - 1))
    same = data.draw(st.lists(pairs.filter(lambda pair: pair[0] < pair[1]), max_size=4))
    graph = Graph(count, weights, link * MICRO, same=same)
    found = graph.components(LIMIT)
    assert (found.label.tolist(), found.over_limit.tolist()) == by_definition(graph, LIMIT)


@given(graphs.graphs(records=12), st.randoms())
def test_components_do_not_depend_on_the_order_of_pairs(graph, random):
    order = np.array(random.sample(range(len(graph.weights)), len(graph.weights)), dtype=np.int64)
    same = edges_of(random.sample(graph.same, len(graph.same)))
    shuffled = components(graph.count, graph.edges.where(order), same, link=graph.link, limit=LIMIT)
    found = graph.components(LIMIT)
    assert shuffled.label.tolist() == found.label.tolist()
    assert shuffled.over_limit.tolist() == found.over_limit.tolist()


def test_the_threshold_rises_only_where_too_many_records_hang_together():
    # 0-5 hang together at 0 bits and fall apart between 2 and 3 at 2 bits; 6-7 do not need to
    graph = Graph(8, chain(5, 5, 1, 5, 5) | {(6, 7): 0})
    found = graph.components(limit=3)
    assert found.label.tolist() == [0, 0, 0, 1, 1, 1, 2, 2]
    assert not found.over_limit.any()


@pytest.mark.parametrize(("bits", "over"), [(19, False), (20, True)])
def test_a_component_is_over_the_limit_when_the_top_rung_does_not_part_it(bits, over):
    found = Graph(6, chain(*[bits] * 4) | {(0, 5): 0}).components(LIMIT)
    assert found.label.tolist() == ([0, 0, 0, 0, 0, 1] if over else [0, 1, 2, 3, 4, 5])
    assert found.over_limit.tolist() == [over] * 5 + [False]


def test_what_was_judged_the_same_is_over_the_limit_together():
    found = Graph(5, {}, same=[(0, 1), (1, 2), (2, 3), (3, 4)]).components(LIMIT)
    assert found.label.tolist() == [0] * 5
    assert found.over_limit.all()


def test_five_hundred_records_are_within_the_limit_and_one_more_is_not():
    for count, over in ((COMPONENT_LIMIT, False), (COMPONENT_LIMIT + 1, True)):
        found = Graph(count, chain(*[20] * (count - 1))).components()
        assert found.over_limit.tolist() == [over] * count


def test_no_records_have_no_components():
    found = Graph(0, {}).components()
    assert found.label.tolist() == found.over_limit.tolist() == []
