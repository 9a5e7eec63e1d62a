"""Judgements bind the clustering, and a new one that contradicts others is told which."""

from itertools import combinations

import networkx as nx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mdm.identity.judgements import Constraints, constraints, contradictions
from mdm.model.errors import Contradiction
from mdm.model.judgements import Judgement, JudgementMember

AS_JUDGED = "h"


def judged(number: int, *parts: list[int], kind: str = "partition", **state: object) -> Judgement:
    members = tuple(
        JudgementMember(record, part, AS_JUDGED)
        for part, records in enumerate(parts)
        for record in records
    )
    return Judgement(number, kind, "ann", "2026-01-01T00:00:00.000000Z", "", members, **state)


def live(*records: int) -> dict[int, str]:
    return dict.fromkeys(records, AS_JUDGED)


def test_same_is_transitive_and_different_holds_for_all_that_is_the_same():
    judgements = [judged(1, [1, 2]), judged(2, [2, 3]), judged(3, [5, 6]), judged(4, [6], [3])]
    assert constraints(judgements, live(1, 2, 3, 5, 6)) == Constraints(
        same=((1, 2, 3), (5, 6)), different=frozenset({(1, 5)})
    )


def test_a_partition_of_three_parts_keeps_every_two_of_them_apart():
    found = constraints([judged(1, [1, 4], [2], [3])], live(1, 2, 3, 4))
    assert found.same == ((1, 4),)
    assert found.different == {(1, 2), (1, 3), (2, 3)}


def test_same_holds_through_a_retired_record_and_different_for_what_is_left_of_it():
    judgements = [judged(1, [1, 2]), judged(2, [2, 3]), judged(3, [2], [4]), judged(4, [5], [1])]
    assert constraints(judgements, live(1, 3, 4)) == Constraints(
        same=((1, 3),), different=frozenset({(1, 4)})
    )


def test_unsure_holds_across_parts_while_both_records_are_as_they_were_judged():
    unsure = judged(1, [1, 2], [3], kind="unsure")
    assert constraints([unsure], live(1, 2, 3)).unsure == {(1, 3), (2, 3)}
    assert constraints([unsure], live(1, 2, 3) | {2: "changed"}).unsure == {(1, 3)}
    assert constraints([unsure], live(1, 2)) == Constraints()


def test_what_is_withdrawn_or_superseded_asks_for_nothing():
    gone = [judged(1, [1, 2], withdrawn_at="2026"), judged(2, [1], [2], superseded_by=3)]
    assert constraints(gone, live(1, 2)) == Constraints()
    assert contradictions(judged(4, [1, 2]), gone) == []


def test_separating_what_was_joined_names_the_shortest_path_that_joined_it():
    in_force = [judged(1, [1, 2]), judged(2, [2, 3]), judged(3, [3, 4]), judged(9, [1, 5, 3])]
    assert contradictions(judged(10, [1], [4]), in_force) == [3, 9]
    assert contradictions(judged(10, [1, 3], [2]), in_force) == [1]


def test_joining_what_was_separated_names_the_path_across_the_separation():
    in_force = [judged(1, [1, 2]), judged(2, [2], [3]), judged(3, [3, 4])]
    assert contradictions(judged(10, [1, 4]), in_force) == [1, 2, 3]
    assert contradictions(judged(10, [2, 3]), in_force) == [2]


def test_a_third_part_and_its_own_parts_are_taken_into_account():
    in_force = [judged(1, [2, 3])]
    assert contradictions(judged(10, [1, 2], [3, 4]), in_force) == [1]
    assert contradictions(judged(10, [1], [4], [2, 3]), in_force) == []


def test_two_that_are_different_from_a_third_may_be_the_same():
    in_force = [judged(1, [1], [3]), judged(2, [2], [3])]
    assert contradictions(judged(10, [1, 2]), in_force) == []


def test_unsure_contradicts_nothing_and_is_contradicted_by_nothing():
    assert contradictions(judged(2, [1], [2], kind="unsure"), [judged(1, [1, 2])]) == []
    assert contradictions(judged(2, [1, 2]), [judged(1, [1], [2], kind="unsure")]) == []


def test_judgements_that_contradict_each_other_are_never_turned_into_constraints():
    with pytest.raises(Contradiction) as raised:
        constraints([judged(1, [1, 2]), judged(2, [2, 3]), judged(3, [1], [3])], live(1, 2, 3))
    assert raised.value.judgements == (3, 1, 2)


@st.composite
def partitions(draw: st.DrawFn, number: int) -> Judgement:
    parts: list[list[int]] = [[], [], []]
    for record in draw(st.lists(st.integers(1, 7), min_size=2, max_size=4, unique=True)):
        parts[draw(st.integers(0, 2))].append(record)
    return judged(number, *parts)


@st.composite
def histories(draw: st.DrawFn) -> list[Judgement]:
    return [draw(partitions(number)) for number in range(1, draw(st.integers(2, 9)))]


def parts_of(judgement: Judgement) -> list[list[int]]:
    numbers = sorted({member.part for member in judgement.members})
    return [[m.record_id for m in judgement.members if m.part == part] for part in numbers]


def together(judgements: list[Judgement]) -> nx.Graph:
    graph = nx.Graph()
    for judgement in judgements:
        for part in parts_of(judgement):
            nx.add_path(graph, part)
    return graph


def consistent(judgements: list[Judgement]) -> bool:
    """Whether no two records that are apart are linked, by networkx."""
    graph = together(judgements)
    return not any(
        nx.has_path(graph, one[0], other[0])
        for judgement in judgements
        for one, other in combinations(parts_of(judgement), 2)
    )


def in_force_after(history: list[Judgement]) -> list[Judgement]:
    """What the service keeps: each judgement that contradicts none before it."""
    kept: list[Judgement] = []
    for judgement in history:
        if not contradictions(judgement, kept):
            kept.append(judgement)
    return kept


@given(histories())
def test_a_judgement_is_refused_exactly_when_it_would_make_the_whole_inconsistent(history):
    *before, new = history
    kept = in_force_after(before)
    assert consistent(kept)
    path = contradictions(new, kept)
    assert bool(path) == (not consistent([*kept, new]))


@given(histories())
def test_the_judgements_on_the_path_are_what_contradicts_and_none_can_be_spared(history):
    *before, new = history
    path = contradictions(new, in_force_after(before))
    on_path = [judgement for judgement in before if judgement.judgement_id in path]
    assert len(set(path)) == len(path)
    if path:
        assert not consistent([*on_path, new])
        for spared in on_path:
            assert consistent([each for each in on_path if each is not spared] + [new])


@given(histories(), st.sets(st.integers(1, 7)), st.randoms())
def test_constraints_are_networkx_components_and_do_not_depend_on_any_order(history, alive, random):
    kept = in_force_after(history)
    found = constraints(kept, live(*alive))
    graph = together(kept)
    components = [sorted(part & alive) for part in nx.connected_components(graph)]
    assert found.same == tuple(sorted(tuple(part) for part in components if len(part) > 1))
    first = {record: part[0] for part in components for record in part}
    apart = {
        tuple(sorted((a, b)))
        for judgement in kept
        for one, other in combinations(parts_of(judgement), 2)
        for a in {first[r] for r in nx.node_connected_component(graph, one[0]) & alive}
        for b in {first[r] for r in nx.node_connected_component(graph, other[0]) & alive}
    }
    assert found.different == apart
    assert constraints(random.sample(kept, len(kept)), live(*alive)) == found
