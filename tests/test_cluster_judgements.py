"""Clusters: what people judged holds, whatever the pairs weigh."""

from itertools import combinations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from mdm.identity.cluster import NOTHING_JUDGED, cap_unsure, clusters, edges_of, taken_apart
from mdm.identity.components import MICRO, Edges
from mdm.identity.fusion import MISSING, Component, fuse
from tests import graphs
from tests.graphs import Graph

LIMIT = 5
ANY_LINK = st.integers(-30, 20).map(lambda bits: bits * MICRO)


@settings(max_examples=200)
@given(graphs.graphs(records=12, weights=st.one_of(graphs.WEIGHTS, graphs.HIGH)), st.booleans())
def test_same_is_never_separated_and_different_never_together(graph, small_limit):
    cluster = graph.clusters(LIMIT) if small_limit else graph.clusters()
    assert all(cluster[one] == cluster[other] for one, other in graph.same)
    assert all(cluster[one] != cluster[other] for one, other in graph.different)


def test_different_holds_for_all_that_is_the_same():
    # 3 is different from 0, which 1 and 2 are the same as; nothing else speaks against 3
    everything = graphs.in_bits(dict.fromkeys(combinations(range(4), 2), 15))
    graph = Graph(4, everything, same=[(0, 1), (1, 2)], different=[(0, 3)])
    assert graph.clusters() == [0, 0, 0, 1]


def test_different_is_not_crossed_by_way_of_a_third():
    weights = graphs.in_bits({(0, 1): 9, (1, 2): 8, (0, 2): 15})
    graph = Graph(3, weights, different=[(0, 2)])
    assert graph.clusters() == [0, 0, 1]


def test_same_holds_over_the_lowest_weight_and_over_none():
    assert Graph(3, graphs.in_bits({(0, 1): -60}), same=[(0, 1), (1, 2)]).clusters() == [0, 0, 0]


def test_were_same_and_different_to_contradict_each_other_same_would_win():
    component = Component(2, [(0, 1, -MICRO)], [[-MICRO]], same=[(0, 1)], different=[(0, 1)])
    assert fuse(component, 0) == [0, 0]


@given(graphs.WEIGHTS, ANY_LINK)
def test_a_pair_that_nobody_can_tell_does_not_link(weight, link):
    assert Graph(2, {(0, 1): weight}, link, unsure=[(0, 1)]).clusters() == [0, 1]


def test_unsure_keeps_nobody_apart_whom_others_hold_together():
    # of 4-1 and 4-(0, 2, 3) the better half are two of those three
    weights = graphs.in_bits(dict.fromkeys(combinations(range(5), 2), 15))
    assert Graph(5, weights, unsure=[(1, 4)]).clusters() == [0] * 5


def test_a_pair_that_nobody_can_tell_is_lowered_and_never_raised():
    edges = Edges(*np.array([[0, 0, 1], [1, 2, 2], [9, -9, 9]]))
    capped = cap_unsure(edges, edges_of([(0, 1), (2, 0), (3, 7)]), link=4)
    assert capped.weight.tolist() == [3, -9, 9]
    assert cap_unsure(edges, NOTHING_JUDGED.unsure, link=4) is edges


@settings(max_examples=200)
@given(graphs.graphs(records=12))
def test_of_pairs_that_judgements_decide_nobody_asks_what_each_comparison_adds(graph):
    found = graph.components()
    asked = taken_apart(found, graph.edges, graph.judged, link=graph.link)
    parts = np.where(asked[:, None], graph.parts, MISSING)
    told = clusters(found, graph.edges, parts, graph.judged, link=graph.link)
    assert told.tolist() == graph.clusters()


def test_judgements_decide_the_pairs_inside_a_part_and_across_parts_and_no_others():
    # (0, 1) | (2, 3), and nobody said a word about 4
    pairs = graphs.in_bits(dict.fromkeys(combinations(range(5), 2), 15))
    graph = Graph(5, pairs, same=[(0, 1), (2, 3)], different=[(1, 2)])
    asked = taken_apart(graph.components(), graph.edges, graph.judged, link=0)
    assert [pair for pair, is_asked in zip(pairs, asked, strict=True) if is_asked] == [
        (0, 4),
        (1, 4),
        (2, 4),
        (3, 4),
    ]
