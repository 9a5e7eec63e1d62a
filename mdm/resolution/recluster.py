"""Re-clustering around a few records, with the result of a run over everything.

In: records whose content changed (new, changed, returned, retired), judgements that came into force
or went out of it.  Out: the clusters of all records whose component may have changed, and what
became of their pairs.  Only the components before and after are read, by index.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np

from mdm.identity.cluster import Judged, cap_unsure, clusters, edges_of, taken_apart
from mdm.identity.components import BoolArray, Components, Edges, IntArray, numbered
from mdm.identity.fusion import MISSING
from mdm.identity.judgements import Constraints, Pair, pair_of
from mdm.model.judgements import Judgement
from mdm.resolution.around import Component, KeptPairs, Links, Walks
from mdm.resolution.candidates import candidates_now
from mdm.resolution.changed import Changed
from mdm.resolution.judged_around import NO_CHANGE, JudgedAround, JudgementChange
from mdm.resolution.ready import ReadyModel
from mdm.resolution.related import related
from mdm.resolution.weighing import Weighing
from mdm.store import Transaction, neighbourhood
from mdm.store.neighbourhood import KeptPair, Resident


@dataclass(frozen=True, eq=False)
class Reclustered:
    """What re-clustering found.

    `residents`: the live records whose component may have changed, by (source, key); `clusters`,
    parallel to them, labels without meaning beyond being equal.  `changed`: the records it began
    from, retired ones too.  `pairs` come or change, `gone` leave; `replaced` are the weights that
    such pairs had until now.  `scored`: the pairs of changed records that blocking found and that
    are worth review.  Weights are in micro-bits.
    """

    residents: Sequence[Resident]
    clusters: IntArray
    changed: Changed
    pairs: Sequence[KeptPair]
    gone: Sequence[Pair]
    replaced: Sequence[int]
    scored: Mapping[Pair, int]

    @property
    def nothing(self) -> bool:
        """Tell whether no record is concerned."""
        return not self.residents and not self.changed.residents


def recluster(
    tx: Transaction,
    model: ReadyModel,
    record_ids: Collection[int],
    change: JudgementChange = NO_CHANGE,
) -> Reclustered:
    """Re-cluster around records that changed, and around the members of judgements.

    Nothing is written.  A record that was taken earlier and waits for a resolve is resolved too,
    once its component is touched.
    """
    with model.scorer() as scorer:
        changing = set(record_ids)
        while True:
            changed = Changed.of(tx, model, changing)
            around = _Around(tx, model, changed, Weighing(scorer, {}), change)
            if changing.issuperset(around.waiting):
                return around.reclustered()
            changing |= around.waiting


class _Around:
    """The neighbourhood of the changed records, before and after."""

    def __init__(
        self,
        tx: Transaction,
        model: ReadyModel,
        changed: Changed,
        weighing: Weighing,
        change: JudgementChange,
    ) -> None:
        self._tx = tx
        self._model = model
        self._changed = changed
        self._weighing = weighing
        self._change = change
        gone = {each.judgement_id for each in change.go}
        self._judged = JudgedAround(tx, change.come, without=gone)
        self._kept = KeptPairs(tx, model.link)
        self._judged.look_at(changed.numbers | change.members())
        self._look_at(changed.residents)
        self._scored = self._score_candidates()
        self._components = self._find_components()
        self._residents = self._read_residents()

    @property
    def waiting(self) -> set[int]:
        """The records of the components that wait for a resolve; none where no other record does.

        One that was retired may be in a golden record by a judgement only, and is on no walk; and
        the golden IDs of others may be decided together with theirs.
        """
        if not neighbourhood.any_waits(self._tx, beside=self._changed.numbers):
            return set()
        involved = (*self._residents, *self._changed.residents)
        serials = {each.serial for each in involved if each.serial is not None}
        decided = related(self._tx, involved)
        pending = {each.record_id for each in (*self._residents, *decided) if each.pending}
        return pending | neighbourhood.waiting_in(self._tx, serials)

    def _score_candidates(self) -> Mapping[Pair, int]:
        """Weigh the changed records with all that share a blocking key with them."""
        found = candidates_now(self._tx, self._model, self._changed)
        self._weighing.say |= found.say
        return {**found.weighed, **self._weighing.strong(found.pairs(), self._model.review)}

    def _find_components(self) -> list[Component]:
        """Find every component that changed, as it is now.

        A component that changed has one of the seeds in it, before and after: an end of a pair
        that came or went, or a member of a judgement that did.  Where all of theirs are small now,
        none was larger before.  A giant now may have swallowed what was small, so there the parts
        that were the same before and after are looked up too.
        """
        changed = self._changed.numbers
        links = Links(self._kept, self._judged, without=changed, pairs=self._scored)
        walks = Walks(links)
        seeds = self._seeds()
        links.look_at(seeds)
        found = walks.components_of(seeds)
        if all(component.rung == 0 for component in found):
            return found
        standing = {record for part in self._unchanged_parts(seeds) for record in part.members}
        return walks.components_of(standing | seeds)

    def _seeds(self) -> set[int]:
        changed, link = self._changed, self._model.link
        self._kept.look_at(changed.numbers)
        seeds = changed.living.union(*map(self._kept.links_of, changed.numbers))
        seeds |= {
            record for pair, weight in self._scored.items() if weight >= link for record in pair
        }
        members = self._judged.members() | self._change.members()
        seeds |= neighbourhood.contents(self._tx, members).keys()
        return set(seeds - (changed.numbers - changed.living))

    def _unchanged_parts(self, seeds: Iterable[int]) -> list[Component]:
        """Find the components of what was there before and is there still.

        One that was over the limit is still, with all that was in it: no pair of it went.
        """
        acts, changed = self._change.all, self._changed.numbers
        numbers = {each.judgement_id for each in acts}
        judged = JudgedAround(self._tx, without=numbers, absent=changed)
        cut = {pair_of(*pair) for each in acts if each.kind == "unsure" for pair in _across(each)}
        links = Links(self._kept, judged, without=changed, cut=cut)
        return Walks(links).within_limit(seeds)

    def _look_at(self, residents: Iterable[Resident]) -> None:
        self._weighing.say |= {each.record_id: each.standardised_json for each in residents}

    def _read_residents(self) -> list[Resident]:
        numbers = {record for component in self._components for record in component.members}
        own = self._change.own
        standing = [
            replace(each, own_serial=own[each.record_id]) if each.record_id in own else each
            for each in neighbourhood.residents(self._tx, numbers - self._changed.living)
        ]
        self._look_at(standing)
        changed = [each for each in self._changed.residents if each.record_id in numbers]
        return sorted([*standing, *changed], key=lambda each: each.ref)

    def reclustered(self) -> Reclustered:
        """Cluster the components, and tell what becomes of the pairs."""
        living = {each.record_id for each in self._residents}
        before = self._kept.of(living | self._changed.numbers)
        after = self._pairs_after(before)
        return Reclustered(
            residents=self._residents,
            clusters=self._clusters(after),
            changed=self._changed,
            pairs=[pair for ends, pair in after.items() if before.get(ends) != pair],
            gone=sorted(before.keys() - after.keys()),
            replaced=[pair.weight for ends, pair in before.items() if after.get(ends) != pair],
            scored=self._scored,
        )

    def _pairs_after(self, before: Mapping[Pair, KeptPair]) -> dict[Pair, KeptPair]:
        """Tell which pairs of the residents are kept: the strong ones, and those inside."""
        gone = self._changed.numbers
        strong = {
            ends: pair
            for ends, pair in before.items()
            if not pair.inside_only and gone.isdisjoint(ends)
        }
        strong |= {
            ends: KeptPair(ends[0], ends[1], weight, inside_only=False)
            for ends, weight in self._scored.items()
        }
        inside = {
            ends
            for component in self._components
            if not component.over_limit
            for ends in combinations(sorted(component.members), 2)
        } - strong.keys()
        known = {
            ends: before[ends].weight for ends in inside & before.keys() if gone.isdisjoint(ends)
        }
        weighed = known | self._weighing.weights(inside - known.keys())
        return strong | {
            ends: KeptPair(ends[0], ends[1], weight, inside_only=True)
            for ends, weight in weighed.items()
        }

    def _clusters(self, pairs: Mapping[Pair, KeptPair]) -> IntArray:
        """Label the residents with their clusters, by `mdm.identity.cluster`."""
        if len(self._components) == len(self._residents):  # each is alone
            return np.arange(len(self._residents))
        link = self._model.link
        place = {each.record_id: at for at, each in enumerate(self._residents)}
        found = self._found(place)
        judged = _placed(self._judged.asked, place)
        ends, edges = _edges(pairs, place)
        edges = cap_unsure(edges, judged.unsure, link=link)
        apart = taken_apart(found, edges, judged, link=link)
        return clusters(found, edges, self._parts(ends, apart), judged, link=link)

    def _found(self, place: Mapping[int, int]) -> Components:
        first = np.arange(len(place))
        over = np.zeros(len(place), np.bool_)
        for component in self._components:
            places = sorted(place[record] for record in component.members)
            first[places], over[places] = places[0], component.over_limit
        return Components(numbered(first), over)

    def _parts(self, ends: Sequence[Pair], apart: BoolArray) -> IntArray:
        """Tell the parts of the pairs that are taken apart; the others have none."""
        chosen = [pair for pair, is_apart in zip(ends, apart.tolist(), strict=True) if is_apart]
        if not chosen:
            return np.empty((len(ends), 0), np.int64)
        found = self._weighing.parts(chosen)
        parts = np.full((len(ends), found.shape[1]), MISSING)
        parts[apart] = found
        return parts


def _edges(pairs: Mapping[Pair, KeptPair], place: Mapping[int, int]) -> tuple[list[Pair], Edges]:
    """Put the pairs between residents in the order of their places."""
    ends = [pair for pair in pairs if pair[0] in place and pair[1] in place]
    placed = (place[record] for pair in ends for record in pair)
    places = np.fromiter(placed, np.int64, 2 * len(ends)).reshape(-1, 2)
    left, right = places.min(axis=1), places.max(axis=1)
    weight = np.fromiter((pairs[pair].weight for pair in ends), np.int64, len(ends))
    order = np.lexsort((right, left))
    return [ends[at] for at in order], Edges(left[order], right[order], weight[order])


def _placed(asked: Constraints, place: Mapping[int, int]) -> Judged:
    """Translate what was judged between residents to their places."""

    def edges(pairs: Iterable[Pair]) -> Edges:
        among = [(place[a], place[b]) for a, b in pairs if a in place and b in place]
        return edges_of(sorted(among))

    return Judged(
        same=edges((group[0], other) for group in asked.same for other in group[1:]),
        different=edges(asked.different),
        unsure=edges(asked.unsure),
    )


def _across(judgement: Judgement) -> list[Pair]:
    """List the pairs of members in different parts."""
    return [
        (one.record_id, other.record_id)
        for one, other in combinations(judgement.members, 2)
        if one.part != other.part
    ]
