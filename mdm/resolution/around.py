"""The components around some records, found by walking from pair to pair.

A record's component is what `mdm.identity.components` finds in a run over everything: the largest
of at most `limit` records up the rungs.  A walk stops as soon as it has seen more, so that it reads
a few hundred records of a giant and not all of it.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from mdm.identity import components
from mdm.identity.components import RUNG, TOP_RUNG
from mdm.identity.judgements import Pair, pair_of
from mdm.resolution.judged_around import JudgedAround
from mdm.store import Transaction, neighbourhood

_FOR_SURE = 1 << 62
"""How strongly two records hang together that are judged the same: more than any weight."""


@dataclass(frozen=True)
class Component:
    """Records that can come into one cluster; `rung` is how far above link (micro-bits) it is one.

    `over_limit`: too large to be clustered by all its pairs even at the top rung.
    """

    members: frozenset[int]
    rung: int
    over_limit: bool


class KeptLinks:
    """The kept pairs from `link` micro-bits on, each record's read once as walks come by."""

    def __init__(self, tx: Transaction, link: int) -> None:
        self.link = link
        self._tx = tx
        self._weights: dict[int, dict[int, int]] = {}

    def look_at(self, records: Collection[int]) -> None:
        """Read the pairs of these records."""
        ahead = set(records) - self._weights.keys()
        self._weights |= {record: {} for record in ahead}
        for one, other, weight in neighbourhood.links_of(self._tx, ahead, self.link):
            self._weights[one][other] = weight
            if other in ahead:
                self._weights[other][one] = weight

    def of(self, record: int) -> Mapping[int, int]:
        """Give the records that a record that was looked at is linked with, and the weights."""
        return self._weights.get(record, {})


class Links:
    """What holds records together: kept pairs, and what is judged the same.

    `without`: the records whose kept pairs do not count, and `pairs` their present ones
    (pair -> micro-bits); `cut` are pairs that do not count either.
    """

    def __init__(
        self,
        kept: KeptLinks,
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

    def look_at(self, records: Collection[int]) -> None:
        """Read the pairs of these records, and what was judged of them."""
        ahead = set(records) - self._looked_at
        if ahead:
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
        found = dict(self._pairs.get(record, {}))
        if record not in self._without:
            kept = self._kept.of(record)
            found |= {other: kept[other] for other in kept.keys() - self._without}
        asunder = self._judged.asked.unsure.union(self._cut)
        if asunder:
            found = {o: weight for o, weight in found.items() if pair_of(record, o) not in asunder}
        return found | dict.fromkeys(self._judged.same_as(record), _FOR_SURE)


class Walks:
    """Finds components; what one walk has seen, the next one knows."""

    def __init__(self, links: Links) -> None:
        self._links = links
        self._found: dict[int, Component] = {}
        self._over: dict[int, set[int]] = defaultdict(set)

    def components_of(self, records: Iterable[int]) -> list[Component]:
        """Find the components of the records, each once."""
        return list(dict.fromkeys(map(self._component_of, sorted(records))))

    def _component_of(self, record: int) -> Component:
        if record not in self._found:
            component = self._climb(record)
            self._found |= dict.fromkeys(component.members, component)
        return self._found[record]

    def _climb(self, record: int) -> Component:
        """Find the lowest rung at which there are few enough; the higher, the fewer there are.

        Most have few at the lowest, and some too many at the top: these two are tried first.
        """
        members = self._reach(record, 0)
        if members is not None:
            return Component(members, 0, over_limit=False)
        low, high = 0, TOP_RUNG // RUNG
        members = self._reach(record, TOP_RUNG)
        if members is None:
            return Component(self._reach_all(record), TOP_RUNG, over_limit=True)
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
        """Go one pair further from each record; the result is those not seen before."""
        self._links.look_at(ahead)
        least = self._links.link + rung
        found = {
            other
            for record in ahead
            for other, weight in self._links.of(record).items()
            if weight >= least
        }
        found -= seen
        seen |= found
        return found
