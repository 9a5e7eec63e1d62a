"""What stewards' judgements mean for clustering, and whether a new one contradicts others.

In: judgements and the live records' content hashes.  Out: who must be together, who must be apart,
which pairs nobody can tell; or the judgements that stand against a new one.  *Same* is transitive,
also through records that are retired; *different* holds for everything that is the same.
Independent of the order of judgements and members.
"""

from collections import defaultdict, deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from mdm.model.errors import Contradiction
from mdm.model.judgements import Judgement, JudgementMember

Pair = tuple[int, int]
"""Two record IDs, the smaller first."""

Judged = Mapping[int, Sequence[tuple[int, Judgement]]]
"""Record ID -> the judgements on it, each with the part that it put the record in."""


@dataclass(frozen=True)
class Constraints:
    """What the judgements in force ask of a clustering of the live records.

    `same`: groups of two or more records that are one entity; they are disjoint, ascending inside,
    and ordered by their first record.  `different`: pairs that must be apart; a record that is in
    a group of `same` stands there as the group's first record, for the whole group.
    `unsure`: pairs whose weight stays below the link threshold; it keeps nobody apart.
    """

    same: tuple[tuple[int, ...], ...] = ()
    different: frozenset[Pair] = frozenset()
    unsure: frozenset[Pair] = frozenset()


def constraints(judgements: Iterable[Judgement], live: Mapping[int, str]) -> Constraints:
    """Gather what the judgements in force ask of the live records.

    `live` maps the ID of each live record to its content hash.  An *unsure* judgement holds for
    each pair of members in different parts while both have the content that was judged.
    Raises Contradiction when the judgements contradict each other, which `contradictions` prevents
    as they are made.
    """
    in_force = [judgement for judgement in judgements if judgement.in_force]
    partitions = [judgement for judgement in in_force if judgement.kind == "partition"]
    groups = _groups(partitions)
    apart = set[Pair]()
    for judgement in partitions:
        between = {pair_of(groups[a], groups[b]) for a, b in _across(judgement.members)}
        if any(one == other for one, other in between):
            others = [each for each in partitions if each is not judgement]
            raise Contradiction([judgement.judgement_id, *contradictions(judgement, others)])
        apart |= between
    alive = _live_members(groups, live)
    return Constraints(
        same=tuple(sorted(tuple(group) for group in alive.values() if len(group) > 1)),
        different=frozenset(
            pair_of(alive[one][0], alive[other][0])
            for one, other in apart
            if one in alive and other in alive
        ),
        unsure=frozenset(_unsure(in_force, live)),
    )


def contradictions(new: Judgement, in_force: Iterable[Judgement]) -> list[int]:
    """Find the judgements on the shortest path that a new partition contradicts; none: [].

    The path either links, by *same* after *same*, two records that `new` puts in different parts;
    or it links two that `new` puts in one part with exactly one *different* among the *same*.
    Which of equally short paths is told depends on the IDs only, never on an order.  Leave out of
    `in_force` the judgements that `new` supersedes.  *Unsure* contradicts nothing.

        new: 1 | 2     in force: j1 says 1 = 3, j2 says 3 = 2     contradicted: [j1, j2]
        new: 1 = 2     in force: j1 says 1 = 3, j2 says 3 | 2     contradicted: [j1, j2]
    """
    if new.kind != "partition":
        return []
    others = sorted(
        (each for each in in_force if each.in_force and each.kind == "partition"),
        key=lambda judgement: judgement.judgement_id,
    )
    judged = _by_record(others)
    paths = (_path(part, new.members, judged) for part in _parts(new.members))
    return min((path for path in paths if path), key=lambda path: (len(path), path), default=[])


def pair_of(one: int, other: int) -> Pair:
    """Name the pair of two records, the smaller number first."""
    return (one, other) if one < other else (other, one)


def _parts(members: Iterable[JudgementMember]) -> dict[int, list[int]]:
    """List the record IDs of each part, ascending."""
    parts = defaultdict[int, list[int]](list)
    for member in sorted(members, key=lambda member: member.record_id):
        parts[member.part].append(member.record_id)
    return parts


def _across(members: Iterable[JudgementMember]) -> Iterator[Pair]:
    """Give a pair of records for every two parts: the first of each."""
    firsts = [records[0] for records in _parts(members).values()]
    return combinations(firsts, 2)


def _groups(partitions: Sequence[Judgement]) -> dict[int, int]:
    """Label each record that was ever judged with the group of records that it is the same as."""
    parts = [part for judgement in partitions for part in _parts(judgement.members).values()]
    rows = np.repeat(np.arange(len(parts)), [len(part) for part in parts])
    records, columns = np.unique(
        np.array([record for part in parts for record in part], np.int64), return_inverse=True
    )
    size = len(parts) + len(records)
    links = coo_array((np.ones(len(rows)), (rows, len(parts) + columns)), shape=(size, size))
    _, labels = connected_components(links, directed=False)
    return dict(zip(records.tolist(), labels[len(parts) :].tolist(), strict=True))


def _live_members(groups: Mapping[int, int], live: Mapping[int, str]) -> dict[int, list[int]]:
    """List the live records of each group, ascending; a group without any is absent."""
    alive = defaultdict[int, list[int]](list)
    for record in sorted(groups):
        if record in live:
            alive[groups[record]].append(record)
    return dict(alive)


def _unsure(in_force: Iterable[Judgement], live: Mapping[int, str]) -> Iterator[Pair]:
    """Give the pairs that are still as they were when a steward could not tell."""
    for judgement in in_force:
        if judgement.kind == "unsure":
            as_judged = [m for m in judgement.members if live.get(m.record_id) == m.content_hash]
            for one, other in combinations(as_judged, 2):
                if one.part != other.part:
                    yield pair_of(one.record_id, other.record_id)


def _path(part: int, members: Sequence[JudgementMember], judged: Judged) -> list[int] | None:
    """Search breadth-first from a part of a new judgement for a record that it may not reach.

    A state is a record and whether a *different* was crossed on the way to it.  The part's own
    records must not be reached across one, the other parts' not without.
    """
    ends = {(member.record_id, member.part == part) for member in members}
    starts = [(member.record_id, False) for member in members if member.part == part]
    paths: dict[tuple[int, bool], list[int]] = {start: [] for start in sorted(starts)}
    queue = deque(paths)
    while queue:
        state = queue.popleft()
        if state in ends:
            return paths[state]
        for step, judgement_id in _steps(state, judged):
            if step not in paths:
                paths[step] = [*paths[state], judgement_id]
                queue.append(step)
    return None


def _by_record(judgements: Iterable[Judgement]) -> Judged:
    """List the judgements on each record, with the part that it was put in."""
    judged = defaultdict[int, list[tuple[int, Judgement]]](list)
    for judgement in judgements:
        for member in judgement.members:
            judged[member.record_id].append((member.part, judgement))
    return judged


def _steps(state: tuple[int, bool], judged: Judged) -> Iterator[tuple[tuple[int, bool], int]]:
    """Give every state that one judgement leads to from here."""
    record, crossed = state
    for part, judgement in judged.get(record, ()):
        for member in sorted(judgement.members, key=lambda member: member.record_id):
            if member.part == part or not crossed:
                yield (member.record_id, crossed or member.part != part), judgement.judgement_id
