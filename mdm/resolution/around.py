"""The components around some records, found by walking from pair to pair.

A record's component is what `mdm.identity.components` finds in a run over everything: the largest
of at most `limit` records up the rungs.  A walk stops as soon as it has seen more, so that it reads
a few hundred records of a giant and not all of it.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Set
from dataclasses import dataclass

from mdm.identity import components
from mdm.identity.components import RUNG, TOP_RUNG
from mdm.identity.judgements import Pair, pair_of
from mdm.resolution.judged_around import JudgedAround
from mdm.store import Transaction, neighbourhood
from mdm.store.neighbourhood import KeptPair

_FOR_SURE = 1 << 62
"""How strongly two records hang together that are judged the same: more than any weight."""
LONG_WAY = 20
"""Records of a walk after which the golden records that it comes through are read whole."""
_NONE: Mapping[int, int] = {}


@dataclass(frozen=True)
class Component:
    """Records that can come into one cluster; `rung` is how far above link (micro-bits) it is one.

    `over_limit`: too large to be clustered by all its pairs even at the top rung.
    """

    members: frozenset[int]
    rung: int
    over_limit: bool


class KeptPairs:
    """The pairs that are kept, each record's read once as walks come by.

    `link` (micro-bits): from where on a pair that blocking found holds records together.
    """

    def __init__(self, tx: Transaction, link: int) -> None:
        self.link = link
        self._tx = tx
        self._pairs: dict[Pair, KeptPair] = {}
        self._links: dict[int, dict[int, int]] = {}

    def look_at(self, records: Collection[int]) -> None:
        """Read the pairs of these records."""
        ahead = set(records) - self._links.keys()
        found = neighbourhood.pairs_of(self._tx, ahead)
        self._pairs |= found
        self._links |= {record: {} for record in ahead}
        for one, other, weight, inside_only in found.values():
            if weight >= self.link and not inside_only:
                if one in ahead:
                    self._links[one][other] = weight
                if other in ahead:
                    self._links[other][one] = weight

    def companions_of(self, records: Collection[int]) -> set[int]:
        """List all records of the golden records that these are published in."""
        return neighbourhood.companions_of(self._tx, records)

    def links_of(self, record: int) -> Mapping[int, int]:
        """Give the records that a record that was looked at is linked with, and the weights."""
        return self._links.get(record, _NONE)

    def of(self, records: Set[int]) -> dict[Pair, KeptPair]:
        """Give all pairs with an end among these records, by (record_l, record_r)."""
        self.look_at(records)
        return {
            ends: pair
            for ends, pair in self._pairs.items()
            if ends[0] in records or ends[1] in records
        }


class Links:
    """What holds records together: kept pairs, and what is judged the same.

    `without`: the records whose kept pairs do not count, and `pairs` their present ones
    (pair -> micro-bits); `cut` are pairs that do not count either.
    """

    def __init__(
        self,
        kept: KeptPairs,
        judged: JudgedAround,
        *,
        without: Collection[int] = (),
        pairs: Mapping[Pair, int] | None = None,
        cut: Collection[Pair] = (),
    ) -> None:
        self.link = kept.link
        self._kept = kept
        self._judged = judged
        self._without = frozenset(without)
        self._cut = cut
        self._looked_at: set[int] = set()
        self._pairs: dict[int, dict[int, int]] = defaultdict(dict)
        self._known: dict[int, Mapping[int, int]] = {}
        for (one, other), weight in (pairs or {}).items():
            if weight >= kept.link:
                self._pairs[one][other] = self._pairs[other][one] = weight

    def look_at(self, records: Collection[int], *, companions: bool = False) -> None:
        """Read the pairs of these records, and what was judged of them.

        With their companions, the golden records that they are published in are read whole.
        """
        ahead = set(records) - self._looked_at
        if not ahead:
            return
        if companions:
            ahead |= self._kept.companions_of(ahead) - self._looked_at
        self._looked_at |= ahead
        self._judged.look_at(ahead)
        self._kept.look_at(ahead - self._without)

    def of(self, record: int) -> Mapping[int, int]:
        """Give the records that hang on one that was looked at, and how strongly (micro-bits)."""
        found = self._known.get(record)
        if found is None:
            found = self._known[record] = self._find(record)
        return found

    def _find(self, record: int) -> Mapping[int, int]:
        found = self._standing(record)
        if record in self._pairs:
            found = {**found, **self._pairs[record]}
        asunder = self._judged.asked.unsure.union(self._cut)
        if asunder:
            found = {o: weight for o, weight in found.items() if pair_of(record, o) not in asunder}
        same = self._judged.same_as(record)
        return {**found, **dict.fromkeys(same, _FOR_SURE)} if same else found

    def _standing(self, record: int) -> Mapping[int, int]:
        """Give the kept pairs that count, as they are kept where all do."""
        if record in self._without:
            return _NONE
        kept = self._kept.links_of(record)
        if kept.keys().isdisjoint(self._without):
            return kept
        return {other: kept[other] for other in kept.keys() - self._without}


class Walks:
    """Finds components; what one walk has seen, the next one knows."""

    def __init__(self, links: Links) -> None:
        self._links = links
        self._found: dict[int, Component] = {}
        self._over: dict[int, set[int]] = defaultdict(set)

    def components_of(self, records: Iterable[int]) -> list[Component]:
        """Find the components of the records, each once."""
        return list(dict.fromkeys(map(self._component_of, sorted(records))))

    def within_limit(self, records: Iterable[int]) -> list[Component]:
        """Find those of their components that are not over the limit, each once."""
        found = map(self._find, sorted(records))
        return list(dict.fromkeys(each for each in found if each is not None))

    def _component_of(self, record: int) -> Component:
        found = self._find(record)
        if found is None:
            found = Component(self._reach_all(record), TOP_RUNG, over_limit=True)
            self._found |= dict.fromkeys(found.members, found)
        return found

    def _find(self, record: int) -> Component | None:
        """Find the component of a record; None when it is over the limit and not known."""
        if record not in self._found:
            component = self._climb(record)
            if component is None:
                return None
            self._found |= dict.fromkeys(component.members, component)
        return self._found[record]

    def _climb(self, record: int) -> Component | None:
        """Find the lowest rung at which there are few enough; the higher, the fewer there are.

        Most have few at the lowest, and some too many at the top: these two are tried first.
        """
        members = self._reach(record, 0)
        if members is not None:
            return Component(members, 0, over_limit=False)
        low, high = 0, TOP_RUNG // RUNG
        members = self._reach(record, TOP_RUNG)
        if members is None:
            return None
        while high - low > 1:  # too many at `low`, and `members` at `high`
            at = (low + high) // 2
            found = self._reach(record, at * RUNG)
            if found is None:
                low = at
            else:
                members, high = found, at
        return Component(members, high * RUNG, over_limit=False)

    def _reach(self, record: int, rung: int) -> frozenset[int] | None:
        """Walk from a record; None when there are more than the limit."""
        over, seen, ahead = self._over[rung], {record}, {record}
        while ahead:
            if len(seen) > components.COMPONENT_LIMIT or not over.isdisjoint(ahead):
                over |= seen
                return None
            ahead = self._step(ahead, seen, rung)
        return frozenset(seen)

    def _reach_all(self, record: int) -> frozenset[int]:
        seen, ahead = {record}, {record}
        while ahead:
            ahead = self._step(ahead, seen, TOP_RUNG)
        return frozenset(seen)

    def _step(self, ahead: set[int], seen: set[int], rung: int) -> set[int]:
        """Go one pair further from each record; the result is those not seen before.

        A long way leads through the same golden records mostly.
        """
        self._links.look_at(ahead, companions=len(seen) > LONG_WAY)
        links = map(self._links.of, ahead)
        if rung:
            least = self._links.link + rung
            found = {other for each in links for other, weight in each.items() if weight >= least}
        else:  # what holds records together is at the lowest rung at least
            found = set[int]().union(*links)
        found -= seen
        seen |= found
        return found
