"""Clusters: the strongest groups are fused first, over the limit by single pairs."""

import math
from dataclasses import replace
from itertools import combinations, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mdm.identity.cluster import Judged, clusters
from mdm.identity.components import MICRO, TOP_RUNG, Components, Edges, IntArray
from mdm.identity.fusion import MISSING, NEVER, Component, fuse, linkage
from mdm.identity.small import SMALL, fuse_small
from tests import graphs
from tests.graphs import Graph

LIMIT = 5
ANY_LINK = st.integers(-30, 20).map(lambda bits: bits * MICRO)


def agglomerate(graph: Graph, component: set[int]) -> list[set[int]]:
    """Fuse the two groups that hold together best, again and again, looking at all of them anew."""
    pairs = combinations(sorted(component), 2)
    all_link = all(known(graph).get(pair, graph.link - 1) >= graph.link for pair in pairs)
    if all_link and not inside(graph.different, component):
        return [component]
    groups = graphs.connected(component, inside(graph.same, component))
    while True:
        found = []
        for one, other in combinations(sorted(groups, key=min), 2):
            if not crossed(graph, one, other):
                found.append((-naive_linkage(graph, one, other), min(one), min(other), one, other))
        if not found or -min(found)[0] < graph.link:
            return groups
        *_, one, other = min(found)
        groups = [group for group in groups if group not in (one, other)] + [one | other]


def known(graph: Graph) -> dict[tuple[int, int], int]:
    edges = zip(graph.edges.left, graph.edges.right, graph.edges.weight, strict=True)
    return {(int(left), int(right)): int(weight) for left, right, weight in edges}


def naive_linkage(graph: Graph, one: set[int], other: set[int]) -> float:
    weights = known(graph)
    pairs = [pair for pair in map(tuple, map(sorted, product(one, other))) if pair in weights]
    if not pairs:
        return -math.inf
    compared = [graph.compared.get(pair, ()) for pair in pairs]
    added = [sum(part for part in parts if part != MISSING) for parts in compared]
    prior = [weights[pair] - bits for pair, bits in zip(pairs, added, strict=True)]
    linkage = 0
    for column in [prior, *zip(*compared, strict=True)]:
        values = sorted((part for part in column if part != MISSING), reverse=True)
        better = [value for i, value in enumerate(values) if 2 * i < len(values)]
        linkage += sum(better) // len(better) if better else 0
    return linkage


def single_linkage(graph: Graph, component: set[int]) -> list[set[int]]:
    """Go down the strong pairs, one at a time."""
    groups = graphs.connected(component, inside(graph.same, component))
    edges = zip(graph.edges.weight, graph.edges.left, graph.edges.right, strict=True)
    strong = sorted((-bits, i, j) for bits, i, j in edges if bits >= graph.link + TOP_RUNG)
    for _, left, right in strong:
        hit = [group for group in groups if {left, right} & group]
        if len(hit) == 2 and not crossed(graph, *hit):
            groups = [group for group in groups if group not in hit] + [hit[0] | hit[1]]
    return groups


def inside(pairs, component: set[int]) -> list[tuple[int, int]]:
    return [pair for pair in pairs if set(pair) <= component]


def crossed(graph: Graph, one: set[int], other: set[int]) -> bool:
    """Whether a judgement keeps anything of one from anything of the other."""
    return any({left, right} & one and {left, right} & other for left, right in graph.different)


def by_definition(graph: Graph, limit: int) -> list[int]:
    found = graph.components(limit)
    groups = []
    for number in set(found.label.tolist()):
        records = set(np.flatnonzero(found.label == number).tolist())
        way = single_linkage if found.over_limit[min(records)] else agglomerate
        groups += way(graph, records)
    return graphs.labels(groups)


@given(graphs.graphs(records=8, complete=True))
def test_clusters_are_those_of_fusing_by_the_definition(graph):
    assert graph.clusters() == by_definition(graph, limit=8)


@given(graphs.graphs(records=8))
def test_pairs_without_a_weight_say_nothing(graph):
    assert graph.clusters() == by_definition(graph, limit=8)


@settings(max_examples=200)
@given(graphs.graphs(least=LIMIT, records=9, complete=True, weights=graphs.HIGH))
def test_over_the_limit_strong_pairs_fuse_and_judgements_hold(graph):
    assert graph.clusters(LIMIT) == by_definition(graph, LIMIT)


@pytest.mark.parametrize(
    ("third", "expected"), [(24, [0, 1, 0, 0, 0, 0]), (22, [0, 0, 1, 1, 1, 1])]
)
def test_over_the_limit_a_record_goes_where_its_strongest_pair_leads(third, expected):
    # 0 stands between 1 and 2, which are different; 2 to 5 hang together
    weights = graphs.in_bits({(0, 1): 23, (0, 2): third, (2, 3): 30, (3, 4): 30, (4, 5): 30})
    graph = Graph(6, weights, different=[(1, 2)])
    assert graph.components(LIMIT).over_limit.all()
    assert graph.clusters(LIMIT) == expected


def test_over_the_limit_a_pair_below_the_top_rung_fuses_nothing():
    # 5 hangs on 4, which it is different from, and on 0 too weakly
    weights = graphs.in_bits({(i, i + 1): 20 for i in range(5)} | {(0, 5): 19})
    graph = Graph(6, weights, different=[(4, 5)])
    assert graph.components(LIMIT).over_limit.all()
    assert graph.clusters(LIMIT) == [0, 0, 0, 0, 0, 1]


def test_few_records_can_be_over_the_limit_too():
    # the record between two people lacks what tells them apart
    weights = graphs.in_bits({(0, 1): 20, (1, 2): 20, (0, 2): -20})
    compared = {(0, 1): (MISSING,), (1, 2): (MISSING,), (0, 2): (-40 * MICRO,)}
    assert Graph(3, weights, compared=compared).clusters(limit=2) == [0, 0, 0]
    assert Graph(3, weights, compared=compared).clusters(limit=3) == [0, 0, 1]


LINKED = st.integers(0, 30).map(lambda bits: bits * MICRO)


@given(graphs.graphs(records=12, complete=True, judged=False, weights=LINKED, link=0), st.data())
def test_where_every_pair_links_clusters_are_the_components_of_networkx(graph, data):
    entity = data.draw(st.lists(st.integers(0, 3), min_size=graph.count, max_size=graph.count))
    weights = {(i, j): w for (i, j), w in graph.weights.items() if entity[i] == entity[j]}
    found = graphs.connected(range(graph.count), list(weights))
    assert replace(graph, weights=weights).clusters() == graphs.labels(found)


@given(st.integers(2, 9), ANY_LINK, st.data())
def test_a_component_whose_pairs_all_link_is_one_cluster_at_any_threshold(count, link, data):
    above = st.integers(link, link + 40 * MICRO)
    weights = {pair: data.draw(above) for pair in combinations(range(count), 2)}
    graph = Graph(count, weights, link)
    assert graph.clusters() == [0] * count


@given(st.integers(2, SMALL), st.integers(1, 4), st.integers(1, 4), ANY_LINK, st.data())
def test_small_components_are_fused_together_as_each_alone(size, count, width, link, data):
    pairs = list(combinations(range(size), 2))
    table = np.full((count, size, size, width), MISSING)
    alone = []
    for number in range(count):
        rest = st.tuples(*[graphs.WEIGHTS | st.just(MISSING)] * (width - 1))
        parts = [(data.draw(graphs.WEIGHTS), *data.draw(rest)) for _ in pairs]
        for (i, j), of_pair in zip(pairs, parts, strict=True):
            table[number, i, j] = table[number, j, i] = of_pair
        weights = [sum(part for part in of_pair if part != MISSING) for of_pair in parts]
        weighed = [(*pair, weight) for pair, weight in zip(pairs, weights, strict=True)]
        alone.append(fuse(Component(size, weighed, parts, [], []), link))
    assert fuse_small(table, link).tolist() == alone


@given(graphs.graphs(records=9), st.randoms())
def test_the_order_of_pairs_and_the_numbers_of_components_do_not_matter(graph, random):
    def any_order(edges: Edges) -> IntArray:
        count = len(edges.left)
        return np.array(random.sample(range(count), count), dtype=np.int64)

    def shuffled(edges: Edges) -> Edges:
        return edges.where(any_order(edges))

    order = any_order(graph.edges)
    found = graph.components(LIMIT)
    label = np.array(random.sample(range(graph.count), graph.count), dtype=np.int64)[found.label]
    judged = graph.judged
    asked = Judged(shuffled(judged.same), shuffled(judged.different), shuffled(judged.unsure))
    renamed = Components(label, found.over_limit)
    edges, parts = graph.edges.where(order), graph.parts[order]
    result = clusters(renamed, edges, parts, asked, link=graph.link)
    assert result.tolist() == graph.clusters(LIMIT)


@given(graphs.graphs(records=7, link=0), graphs.graphs(records=7, link=0), st.randoms())
def test_what_else_there_is_does_not_change_the_clusters_of_a_component(one, other, random):
    # the records of both, each in their own order, shuffled into one another
    total = one.count + other.count
    first = sorted(random.sample(range(total), one.count))
    second = [position for position in range(total) if position not in first]
    both = Graph(
        total,
        moved(one.weights, first) | moved(other.weights, second),
        compared=padded(moved(one.compared, first) | moved(other.compared, second)),
        same=[*moved(one.same, first), *moved(other.same, second)],
        different=[*moved(one.different, first), *moved(other.different, second)],
        unsure=[*moved(one.unsure, first), *moved(other.unsure, second)],
    ).clusters(LIMIT)
    for graph, places in ((one, first), (other, second)):
        names = [both[place] for place in places]
        assert [sorted(set(names)).index(name) for name in names] == graph.clusters(LIMIT)


def padded(compared):
    """Let all pairs have as many comparisons."""
    width = max(map(len, compared.values()), default=0)
    return {pair: (parts + (MISSING,) * width)[:width] for pair, parts in compared.items()}


def moved(pairs, places: list[int]) -> dict[tuple[int, int], int]:
    weights = pairs if isinstance(pairs, dict) else dict.fromkeys(pairs, 0)
    return {(places[i], places[j]): bits for (i, j), bits in weights.items()}


def test_a_weak_bridge_does_not_chain_two_people():
    pairs = {(0, 1): 12, (2, 3): 12, (1, 2): 4, (0, 2): -6, (0, 3): -6, (1, 3): -6}
    assert Graph(4, graphs.in_bits(pairs)).clusters() == [0, 0, 1, 1]


PRIOR, NAME, BORN = -9, 16, 12


def test_a_conflict_counts_once_however_many_pairs_cannot_tell():
    """Father and son: of nine pairs one tells that they were born in other years."""
    pairs = list(combinations(range(6), 2))
    across = {pair for pair in pairs if pair[0] < 3 <= pair[1]}
    compared = {pair: (NAME, MISSING if pair in across else BORN) for pair in pairs}
    compared[0, 3] = (NAME, -11)
    weights = {
        pair: PRIOR + sum(p for p in parts if p != MISSING) for pair, parts in compared.items()
    }
    assert sum(weights[pair] > 0 for pair in across) == 8
    graph = Graph(
        6, graphs.in_bits(weights), compared={p: _micro(parts) for p, parts in compared.items()}
    )
    assert graph.clusters() == [0, 0, 0, 1, 1, 1]


def _micro(parts: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(part if part == MISSING else part * MICRO for part in parts)


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        ([[7]], 7),
        ([[-4, 7]], 7),
        ([[-4, 1, 6]], 3),
        ([[-9, -4, -1]], -3),
        ([[-9, -9, 2, 4, 5]], 3),
        ([[-9, -9, -9], [-4, 5, 7], [-6]], -9),
        ([[-9, -9], [], [3, 8]], -1),
        ([[], []], NEVER),
    ],
)
def test_the_linkage_adds_up_the_better_halves_of_each_comparison_rounded_down(parts, expected):
    assert linkage(parts) == expected


def test_no_records_have_no_clusters():
    assert Graph(0, {}).clusters() == []
