"""The components around some records, found by walking from pair to pair.

A record's component is what `mdm.identity.components` finds in a run over everything: the largest
of at most `limit` records up the rungs.  A walk stops as soon as it has seen more, so that it reads
a few hundred records of a giant and not all of it.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from mdm.identity import components
from mdm.identity.components import RUNG, TOP_RUNG
from mdm.identity.judgements import Pair
from mdm.resolution.judged_around import JudgedAround
from mdm.store import Transaction, neighbourhood


@dataclass(frozen=True)
class Component:
    """Records that can come into one cluster; `rung` is how far above link (micro-bits) it is one.

    `over_limit`: too large to be clustered by all its pairs even at the top rung.
    """

    members: frozenset[int]
    rung: int
    over_limit: bool


class Links:
    """The pairs from `link` micro-bits on, and what is judged the same, read as walks come by.

    `without`: the records whose kept pairs do not count, and `pairs` their present ones
    (pair -> micro-bits); `cut` are pairs that do not count either.
    """

    def __init__(
        self,
        tx: Transaction,
        link: int,
        judged: JudgedAround,
        *,
        without: Collection[int] = (),
        pairs: Mapping[Pair, int] | None = None,
        cut: Collection[Pair] = (),
    ) -> None:
        self.link = link
        self.judged = judged
        self._tx = tx
        self._without = without
        self._cut = cut
        self._looked_at: set[int] = set()
        self._weights: dict[int, dict[int, int]] = defaultdict(dict)
        for (one, other), weight in (pairs or {}).items():
            if weight >= link:
                self._weights[one][other] = self._weights[other][one] = weight

    def look_at(self, records: Collection[int]) -> None:
        """Read the pairs of these records, and what was judged of them."""
        ahead = set(records) - self._looked_at
        if not ahead:
            return
        self._looked_at |= ahead
        self.judged.look_at(ahead)
        kept = ahead.difference(self._without)
        for one, other, weight in neighbourhood.links_of(self._tx, kept, self.link):
            if other not in self._without:
                self._weights[one][other] = weight

    def of(self, record: int, least: int) -> Iterator[int]:
        """Give the records that hang on one that was looked at, by pairs from `least` on."""
        for other, weight in self._weights[record].items():
            pair = (record, other) if record < other else (other, record)
            if weight >= least and pair not in self._cut and not self.judged.is_unsure(pair):
                yield other
        yield from self.judged.same_as(record)


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
        for rung in range(0, TOP_RUNG + 1, RUNG):
            members = self._reach(record, rung)
            if members is not None:
                return Component(members, rung, over_limit=False)
        return Component(self._reach_all(record), TOP_RUNG, over_limit=True)

    def _reach(self, record: int, rung: int) -> frozenset[int] | None:
        """Walk from a record; None when there are more than the limit."""
        over, seen, ahead = self._over[rung], {record}, [record]
        while ahead:
            if len(seen) > components.COMPONENT_LIMIT or not over.isdisjoint(ahead):
                over |= seen
                return None
            ahead = self._step(ahead, seen, rung)
        return frozenset(seen)

    def _reach_all(self, record: int) -> frozenset[int]:
        seen, ahead = {record}, [record]
        while ahead:
            ahead = self._step(ahead, seen, TOP_RUNG)
        return frozenset(seen)

    def _step(self, ahead: list[int], seen: set[int], rung: int) -> list[int]:
        """Go one pair further from each record; the result is those not seen before."""
        self._links.look_at(ahead)
        least = self._links.link + rung
        found = {other for record in ahead for other in self._links.of(record, least)} - seen
        seen |= found
        return list(found)
