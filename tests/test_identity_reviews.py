"""Which questions there are, by what is known of golden records; bridges as networkx finds them."""

from itertools import combinations

import networkx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mdm.identity.components import MICRO
from mdm.identity.judgements import Constraints
from mdm.identity.reviews import (
    Evidence,
    Grounds,
    HomedPair,
    Question,
    Reason,
    bridging,
    find,
)

MOST = 8
NOTHING_ASKED = Constraints()


def pairs_of(serial: int, weights: dict[tuple[int, int], int]) -> list[HomedPair]:
    return [HomedPair(*ends, bits * MICRO, serial, serial) for ends, bits in weights.items()]


def cluster(weights: dict[tuple[int, int], int], *, contradicting=(), asked=NOTHING_ASKED):
    """Find the question about one golden record of these pairs, with weights in bits."""
    size = len({end for ends in weights for end in ends})
    pairs = {7: pairs_of(7, weights)}
    return find(
        Evidence([], [7], pairs, {7: size}, set(contradicting), asked), link=0, review=-6 * MICRO
    )


@given(st.sets(st.sampled_from(list(combinations(range(MOST), 2)))))
def test_bridges_are_those_that_networkx_finds(edges):
    pairs = [HomedPair(*ends, number, 1, 1) for number, ends in enumerate(sorted(edges))]
    expected = {tuple(sorted(edge)) for edge in networkx.bridges(networkx.Graph(list(edges)))}
    found = {pair[:2] for pair in bridging(pairs, {}, MOST)}
    assert found == expected


@given(
    st.sets(st.sampled_from(list(combinations(range(MOST), 2)))),
    st.lists(st.integers(0, MOST - 1), min_size=MOST, max_size=MOST),
)
def test_records_that_are_judged_the_same_count_as_one_place(edges, first):
    graph = networkx.MultiGraph()
    graph.add_nodes_from(range(MOST))
    pairs = [HomedPair(*ends, number, 1, 1) for number, ends in enumerate(sorted(edges))]
    for pair in pairs:
        one, other = first[pair.record_l], first[pair.record_r]
        if one != other:
            graph.add_edge(one, other, weight=pair.weight)
    parts = networkx.number_connected_components(graph)
    expected = set()
    for *ends, key, weight in list(graph.edges(keys=True, data="weight")):
        graph.remove_edge(*ends, key)
        if networkx.number_connected_components(graph) > parts:
            expected.add(weight)
        graph.add_edge(*ends, key, weight=weight)
    found = bridging(pairs, dict(enumerate(first)), MOST)
    assert {pair.weight for pair in found} == expected


def test_a_cluster_whose_pairs_all_link_is_no_question():
    assert cluster({(1, 2): 5, (1, 3): 5, (2, 3): 5}).reviews == {}
    assert cluster({(1, 2): 1}).reviews == {}


def test_a_single_pair_that_holds_parts_together_is_a_bridge_of_its_weight():
    found = cluster({(1, 2): 9, (2, 3): 4, (1, 3): -5})
    assert found.reviews == {
        Question("cluster", 7, None): Grounds(round(8 / 3 * MICRO - 0.5), 3, Reason.BRIDGE)
    }


def test_a_mean_below_the_threshold_is_weak_and_weights_are_cut():
    found = cluster({(1, 2): 99, (2, 3): 99, (1, 3): 99, (1, 4): 1, (2, 4): -99, (3, 4): -99})
    (grounds,) = found.reviews.values()
    assert Reason.WEAK not in grounds.reasons  # (15 * 3 + 1 - 20 * 2) / 6 = 1
    found = cluster({(1, 2): 3, (1, 3): 3, (2, 3): -9})
    (grounds,) = found.reviews.values()
    assert grounds.reasons == Reason.WEAK | Reason.BRIDGE
    assert grounds.weight == -MICRO


def test_different_identifiers_are_a_question_until_confirmed():
    weights = {(1, 2): 9}
    (grounds,) = cluster(weights, contradicting=[7]).reviews.values()
    assert grounds == Grounds(9 * MICRO, 2, Reason.IDENTIFIERS)
    found = cluster(weights, contradicting=[7], asked=Constraints(same=((1, 2),)))
    assert (found.reviews, found.judged) == ({}, {Question("cluster", 7, None)})


def test_a_confirmation_of_a_part_leaves_the_question():
    weights = {(1, 2): 9, (2, 3): 4, (1, 3): -5}
    found = cluster(weights, asked=Constraints(same=((1, 2),)))
    assert len(found.reviews) == 1


@pytest.mark.parametrize(
    "asked",
    [
        Constraints(different=frozenset({(1, 3)})),
        Constraints(unsure=frozenset({(1, 3)})),
        Constraints(same=((0, 1),), different=frozenset({(0, 3)})),
    ],
)
def test_a_pair_that_was_judged_is_no_question_and_another_of_the_two_is(asked):
    pairs = [HomedPair(1, 3, -MICRO, 5, 6)]
    sizes = {5: 2, 6: 1}
    question = Question("match", 5, 6)
    found = find(Evidence(pairs, [], {}, sizes, set(), asked), link=0, review=-6 * MICRO)
    assert (found.reviews, found.judged) == ({}, {question})
    pairs.append(HomedPair(2, 3, -2 * MICRO, 5, 6))
    found = find(Evidence(pairs, [], {}, sizes, set(), asked), link=0, review=-6 * MICRO)
    assert found.reviews == {question: Grounds(round(-1.5 * MICRO), 3)}
    assert found.judged == set()


def test_the_weight_of_two_golden_records_is_the_mean_of_all_their_pairs():
    pairs = [HomedPair(1, 3, 99 * MICRO, 5, 6), HomedPair(2, 4, -5 * MICRO, 5, 6)]
    sizes = {5: 2, 6: 2}
    for review, mean in ((-6, (15 - 5 - 8 - 8) / 4), (-10, (15 - 5 - 10 - 10) / 4)):
        evidence = Evidence(pairs, [], {}, sizes, set(), NOTHING_ASKED)
        found = find(evidence, link=0, review=review * MICRO)
        assert found.reviews == {Question("match", 5, 6): Grounds(round(mean * MICRO), 4)}


@given(st.integers(-30 * MICRO, 30 * MICRO), st.integers(1, 1000))
def test_an_answer_is_worth_most_at_even_odds_and_with_many_records(weight, records):
    worth = Grounds(weight, records).worth
    assert 0 <= worth <= Grounds(0, records).worth == 1000 * records
    assert worth <= Grounds(weight, records + 1).worth
    assert worth == Grounds(-weight, records).worth
