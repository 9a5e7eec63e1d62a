"""Golden IDs follow the records that earned them, and events tell what changed."""

from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from mdm.identity.crosswalk_diff import NONE, Crosswalk, EventKind, events_between, summary_of
from mdm.identity.golden_ids import NO_ID, Assignment, assign, with_minted

Clusters = Sequence[Sequence[int]]


def arrays(clusters: Clusters, own: Mapping[int, int]) -> tuple[np.ndarray, ...]:
    """Records, cluster labels and own IDs of clusters given as lists of record IDs."""
    rows = [(record, label) for label, records in enumerate(clusters) for record in records]
    records, labels = np.array(rows, np.int64).reshape(-1, 2).T
    return records, labels, np.array([own.get(record, NO_ID) for record in records], np.int64)


class History:
    """Resolves again and again, as the service does, and keeps what it keeps."""

    def __init__(self) -> None:
        self.own: dict[int, int] = {}
        self.issued = 0
        self.crosswalk: dict[int, int] = {}

    def resolve(self, *clusters: Sequence[int]) -> dict[int, int]:
        records, labels, own = arrays(clusters, self.own)
        before, self.assignment = self.crosswalk, assign(records, labels, own)
        minted = self.issued + 1 + np.arange(self.assignment.minted)
        self.issued += self.assignment.minted
        serials = with_minted(self.assignment.serials, minted)
        owned = with_minted(self.assignment.own, minted)
        self.own |= dict(zip(records.tolist(), owned.tolist(), strict=True))
        self.crosswalk = dict(zip(records.tolist(), serials.tolist(), strict=True))
        was, now = as_crosswalk(before), as_crosswalk(self.crosswalk)
        self.told = events_between(was, now, minted=minted, resolves=self.assignment.resolves)
        self.summary = summary_of(self.told, was, now, rewritten=np.empty(0, np.int64))
        self.before = before
        return self.crosswalk

    def events(self, *kinds: EventKind) -> list[tuple[int, ...]]:
        """The numbers of the events of these kinds, without the columns that are NONE."""
        told = self.told
        rows = zip(told.kind, told.serial, told.other, told.record_id, strict=True)
        return [
            tuple(int(number) for number in numbers if number != NONE)
            for kind, *numbers in rows
            if kind in kinds
        ]


def as_crosswalk(mapping: Mapping[int, int]) -> Crosswalk:
    return Crosswalk(
        np.array(list(mapping.keys()), np.int64), np.array(list(mapping.values()), np.int64)
    )


def test_ids_are_minted_in_the_order_of_the_clusters_earliest_records():
    assert History().resolve([5, 9], [2, 7], [3]) == {2: 1, 7: 1, 3: 2, 5: 3, 9: 3}


def test_a_merge_keeps_the_older_id_and_the_younger_resolves_to_it():
    history = History()
    history.resolve([1, 2], [3, 4])
    assert history.resolve([1, 2, 3, 4]) == {1: 1, 2: 1, 3: 1, 4: 1}
    assert history.assignment.resolves == {1: 1, 2: 1}
    assert history.own == {1: 1, 2: 1, 3: 2, 4: 2}
    assert history.events(EventKind.MERGED) == [(2, 1)]


def test_an_unmerge_gives_both_parts_exactly_the_ids_they_had():
    history = History()
    before = dict(history.resolve([1, 2], [3, 4]))
    history.resolve([1, 2, 3, 4])
    assert history.resolve([1, 2], [3, 4]) == before
    assert history.events(EventKind.RESTORED) == [(2,)]
    assert history.events(EventKind.SPLIT) == [(1, 2)]


def test_a_record_that_a_correction_moves_away_does_not_take_its_companions_id_along():
    history = History()
    history.resolve([1, 2, 3], [4])
    assert history.resolve([2, 3], [1, 4]) == {2: 1, 3: 1, 1: 2, 4: 2}
    assert history.own[1] == 2
    assert history.summary.moved == 1
    assert history.events(EventKind.DETACHED) == [(1, 1)]
    assert history.events(EventKind.ATTACHED) == [(2, 1)]


def test_an_even_split_leaves_the_id_with_the_earliest_arrived():
    history = History()
    history.resolve([1, 2, 3, 4])
    assert history.resolve([2, 3], [1, 4]) == {1: 1, 4: 1, 2: 2, 3: 2}


def test_a_record_that_joined_after_a_merge_goes_with_the_part_that_it_stays_in():
    history = History()
    history.resolve([1, 2], [3, 4])
    history.resolve([1, 2, 3, 4, 5])
    assert history.own[5] == 1
    assert history.resolve([1, 2], [3, 4, 5]) == {1: 1, 2: 1, 3: 2, 4: 2, 5: 2}
    assert history.own[5] == 2


def test_an_id_whose_records_are_all_retired_is_gone_until_one_returns():
    history = History()
    history.resolve([1, 2], [3])
    history.resolve([3])
    assert 1 not in history.assignment.resolves
    assert history.events(EventKind.RETIRED) == [(1,)]
    assert history.resolve([2], [3]) == {2: 1, 3: 2}
    assert history.events(EventKind.RESTORED) == [(1,)]


def test_nothing_to_resolve_is_no_error():
    history = History()
    assert history.resolve() == {}
    assert history.summary.unchanged == 0


def test_a_record_that_moves_to_a_golden_record_that_was_there_is_no_split():
    history = History()
    history.resolve([1, 2, 3], [4])
    history.resolve([1, 2], [3, 4])
    assert history.events(EventKind.SPLIT, EventKind.MINTED) == []


def test_the_summary_adds_up_to_what_was_and_what_is():
    history = History()
    history.resolve([1, 2], [3, 4], [5, 6], [7], [8])
    history.resolve([1, 2, 3, 4], [5], [6], [7, 9], [10])
    summary = history.summary
    assert (summary.minted, summary.merged, summary.split, summary.retired) == (2, 1, 1, 1)
    assert (summary.moved, summary.changed, summary.unchanged) == (3, 3, 0)


@st.composite
def situations(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Any live records, in any clusters, with any own IDs."""
    size = draw(st.integers(0, 12))
    numbers = st.lists(st.integers(0, 5), min_size=size, max_size=size)
    records = draw(st.permutations(range(1, size + 1)))
    own = [number if number else NO_ID for number in draw(numbers)]
    return tuple(np.array(each, np.int64) for each in (records, draw(numbers), own))


def by_the_rule(records, clusters, own) -> tuple[dict[int, int], dict[int, int], dict[int, int]]:
    """The rule of DESIGN.md, word by word: serials, own IDs afterwards, what IDs resolve to."""
    rows = list(zip(records.tolist(), clusters.tolist(), own.tolist(), strict=True))
    home = {}
    for golden in sorted({own for _, _, own in rows} - {NO_ID}):
        votes = Counter(cluster for _, cluster, own in rows if own == golden)
        most = [cluster for cluster, count in votes.items() if count == max(votes.values())]
        home[golden] = min(
            (record, cluster) for record, cluster, own in rows if own == golden and cluster in most
        )[1]
    carried = {cluster: golden for golden, cluster in sorted(home.items(), reverse=True)}
    for _, cluster, _ in sorted(rows):
        carried.setdefault(cluster, min([0, *carried.values()]) - 1)
    serials = {record: carried[cluster] for record, cluster, _ in rows}
    owned = {r: own if home.get(own, "none") == cluster else serials[r] for r, cluster, own in rows}
    return serials, owned, {golden: carried[cluster] for golden, cluster in home.items()}


@given(situations())
def test_the_assignment_is_the_rule_word_by_word(situation):
    records, clusters, own = situation
    assignment = assign(records, clusters, own)
    serials, owned, resolves = by_the_rule(records, clusters, own)
    assert dict(zip(records.tolist(), assignment.serials.tolist(), strict=True)) == serials
    assert dict(zip(records.tolist(), assignment.own.tolist(), strict=True)) == owned
    assert assignment.resolves == resolves
    assert assignment.minted == len({serial for serial in serials.values() if serial < 0})


def settled(assignment: Assignment) -> tuple[np.ndarray, np.ndarray]:
    """Serials and own IDs with the minted ones put in."""
    minted = 100 + np.arange(assignment.minted)
    return with_minted(assignment.serials, minted), with_minted(assignment.own, minted)


@given(situations())
def test_assigning_again_changes_nothing(situation):
    records, clusters, own = situation
    serials, owned = settled(assign(records, clusters, own))
    again = assign(records, clusters, owned)
    assert again.minted == 0
    np.testing.assert_array_equal(again.serials, serials)
    np.testing.assert_array_equal(again.own, owned)


@given(situations(), st.randoms())
def test_neither_the_order_of_records_nor_the_labels_of_clusters_matter(situation, random):
    records, clusters, own = situation
    order = np.array(random.sample(range(len(records)), len(records)), np.int64)
    labels = np.array(random.sample(range(100), 6), np.int64)
    plain = settled(assign(records, clusters, own))
    other = settled(assign(records[order], labels[clusters[order]], own[order]))
    np.testing.assert_array_equal(plain[0][order], other[0])
    np.testing.assert_array_equal(plain[1][order], other[1])


class LifeOfIds(RuleBasedStateMachine):
    """Records come, go and move between clusters for ever; what was issued always resolves."""

    @initialize()
    def begin(self) -> None:
        self.history = History()
        self.live: dict[int, int] = {}

    @rule(moves=st.dictionaries(st.integers(1, 9), st.integers(0, 4), max_size=4))
    def records_come_or_move_and_all_is_resolved(self, moves: dict[int, int]) -> None:
        self.live |= moves
        self.resolve()

    @rule(gone=st.sets(st.integers(1, 9), max_size=3))
    def records_retire_and_all_is_resolved(self, gone: set[int]) -> None:
        self.live = {record: at for record, at in self.live.items() if record not in gone}
        self.resolve()

    def resolve(self) -> None:
        labels = sorted(set(self.live.values()))
        self.history.resolve(
            *([record for record, at in self.live.items() if at == label] for label in labels)
        )

    @invariant()
    def each_live_record_has_one_home_and_each_cluster_one_id(self) -> None:
        crosswalk = self.history.crosswalk
        assert crosswalk.keys() == self.live.keys()
        pairs = {(self.live[record], serial) for record, serial in crosswalk.items()}
        assert len(pairs) == len(set(self.live.values())) == len(set(crosswalk.values()))

    @invariant()
    def an_id_resolves_to_the_one_golden_record_that_has_its_live_records(self) -> None:
        history = self.history
        for serial in range(1, history.issued + 1):
            owners = [record for record in self.live if history.own[record] == serial]
            homes = {history.crosswalk[record] for record in owners}
            assert len(homes) == (1 if owners else 0)
            if serial in history.crosswalk.values():
                assert homes == {serial}

    @invariant()
    def attached_and_detached_turn_the_old_crosswalk_into_the_new(self) -> None:
        if not hasattr(self.history, "before"):
            return
        entries = set(self.history.before.items())
        entries -= {(record, at) for at, record in self.history.events(EventKind.DETACHED)}
        entries |= {(record, at) for at, record in self.history.events(EventKind.ATTACHED)}
        assert entries == set(self.history.crosswalk.items())

    @invariant()
    def the_counts_add_up(self) -> None:
        if not hasattr(self.history, "before"):
            return
        counts = self.history.summary
        was, now = set(self.history.before.values()), set(self.history.crosswalk.values())
        assert len(was) == counts.merged + counts.retired + counts.changed + counts.unchanged
        assert len(now) == counts.minted + counts.restored + counts.changed + counts.unchanged


TestLifeOfIds = LifeOfIds.TestCase
TestLifeOfIds.settings = settings(max_examples=40, stateful_step_count=20, deadline=None)


@pytest.mark.parametrize("order", [[0, 1, 2, 3], [3, 1, 0, 2]])
def test_events_are_told_in_one_order_whatever_the_order_of_the_crosswalks(order):
    records, serials = np.array([4, 3, 2, 1])[order], np.array([1, 1, 2, 2])[order]
    nothing = Crosswalk(np.empty(0, np.int64), np.empty(0, np.int64))
    events = events_between(
        nothing, Crosswalk(records, serials), minted=np.array([1, 2]), resolves={1: 1, 2: 2}
    )
    told = list(zip(events.kind, events.serial, events.record_id, strict=True))
    minted = [(EventKind.MINTED, 1, NONE), (EventKind.MINTED, 2, NONE)]
    attached = [(EventKind.ATTACHED, at, record) for at, record in [(1, 3), (1, 4), (2, 1), (2, 2)]]
    assert told == minted + attached
