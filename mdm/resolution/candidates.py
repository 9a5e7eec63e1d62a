"""Candidates: the pairs that records make by their blocking keys, with each other and with others.

In: the keys that records have now.  Out: pairs, each once.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Set
from dataclasses import dataclass
from itertools import combinations, groupby
from operator import itemgetter

from mdm.identity.judgements import Pair
from mdm.store import Transaction, neighbourhood


@dataclass(frozen=True)
class Candidates:
    """Pairs `among` the records themselves, and with which other records each is `beside`."""

    among: set[Pair]
    beside: Mapping[int, set[int]]

    @property
    def others(self) -> set[int]:
        """The other records."""
        return set().union(*self.beside.values())

    def pairs_with(self, known: Set[int]) -> list[Pair]:
        """List the pairs, smaller number first, but for those with others that are not known."""
        return [
            *self.among,
            *(
                (record, other) if record < other else (other, record)
                for record, others in self.beside.items()
                for other in others & known
            ),
        ]


def candidates_of(
    tx: Transaction, keys: Mapping[int, Collection[int]], *, but: Collection[int]
) -> Candidates:
    """Find the candidates of records by their keys; `but`: whose kept keys are not to be used."""
    having = defaultdict[int, list[int]](list)
    for record, own in keys.items():
        for key in own:
            having[key].append(record)
    among = {
        pair for own in having.values() if len(own) > 1 for pair in combinations(sorted(own), 2)
    }
    beside = defaultdict[int, set[int]](set)
    for key, found in groupby(neighbourhood.with_keys(tx, having), key=itemgetter(0)):
        others = {other for _, other in found}.difference(but)
        for record in having[key]:
            beside[record] |= others
    return Candidates(among, beside)
