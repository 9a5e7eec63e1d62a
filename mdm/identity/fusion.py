"""Fusing the records of one component into clusters.

In: a component, its records numbered 0 .. size-1 in the order of (source, key).  Out: for each
record the first record of its cluster.  Integer sums only, every tie falls to the smallest
numbers, so that the result is a function of the component alone.  The components that most records
are in are small, and fused many at once by mdm.identity.small.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from heapq import heapify, heappop, heappush
from typing import TypeVar

from mdm.identity.components import MICRO, IntArray

FLOOR, CEILING = -20 * MICRO, 15 * MICRO
"""Weights are cut to this inside the linkage, so that no single pair outvotes all the others."""
UNSCORED = -8 * MICRO
"""What a pair counts that has no weight (DESIGN.md, 'Clusters'; measured there)."""

Pair = tuple[int, int]
Count = TypeVar("Count", int, IntArray)


@dataclass(frozen=True)
class Component:
    """One component: `pairs` are (smaller, larger, weight in micro-bits), each pair once.

    `same` and `different` are what stewards judged, any pairs that stand for their groups.  They
    do not contradict each other (mdm.identity.judgements.constraints refuses it); if they did,
    *same* would win, for it is fused before *different* is looked at.
    """

    size: int
    pairs: Sequence[tuple[int, int, int]]
    same: Sequence[Pair]
    different: Sequence[Pair]


def cut_at(link: int) -> tuple[int, int]:
    """Tell what weights are cut to inside the linkage: FLOOR and CEILING.

    Only a link threshold outside of them moves them, so that a cut never carries a pair across it.
    """
    return min(FLOOR, link - 1), max(CEILING, link)


def counted(pairs: Count) -> Count:
    """Tell how many of the pairs between two groups count: three fifths, a part of one whole."""
    return -(-pairs * 3 // 5)


def linkage(weights: Sequence[int]) -> int:
    """Tell how well two groups hold together: the mean of the stronger three fifths of their pairs.

    `weights` (micro-bits, ascending) are those of all pairs between the groups; the mean is rounded
    down.

        [-4, 1, 6] bits: the stronger three fifths are 1 and 6, the linkage is 3.5 bits
    """
    count = counted(len(weights))
    return sum(weights[-count:]) // count


def fuse(component: Component, link: int) -> list[int]:
    """Fuse groups, strongest linkage first, while it stays at or above `link` (micro-bits).

    Ties fall to the pair of groups with the smallest first records.  Groups that a *different*
    judgement keeps apart are never fused.
    """
    groups = _Groups(component)
    linkages = _Linkages(groups, _cut_weights(component, link))
    heap = [(-bits, pair) for pair, bits in linkages.value.items() if bits >= link]
    heapify(heap)
    while heap:
        bits, pair = heappop(heap)
        stale = linkages.value.get(pair) != -bits
        if stale or groups.are_apart(*pair):
            continue
        groups.fuse(*pair)
        for changed in linkages.fuse(*pair):
            if linkages.value[changed] >= link:
                heappush(heap, (-linkages.value[changed], changed))
    return groups.firsts()


def fuse_single(component: Component, threshold: int) -> list[int]:
    """Fuse a component over the limit by its single strong pairs, honouring judgements.

    Its pairs are taken from the strongest down to `threshold` (micro-bits), each fuses the two
    groups that it joins unless a *different* judgement keeps them apart.
    """
    groups = _Groups(component)
    strong = [(-bits, left, right) for left, right, bits in component.pairs if bits >= threshold]
    for _, left, right in sorted(strong):
        one, other = groups.of(left), groups.of(right)
        if one != other and not groups.are_apart(one, other):
            groups.fuse(min(one, other), max(one, other))
    return groups.firsts()


class _Groups:
    """The groups so far, each named by its first record; at the start what is judged the same."""

    def __init__(self, component: Component) -> None:
        self._parent = list(range(component.size))
        self._apart = defaultdict[int, set[int]](set)
        for left, right in component.same:
            one, other = self.of(left), self.of(right)
            self.fuse(min(one, other), max(one, other))
        for left, right in component.different:
            one, other = self.of(left), self.of(right)
            self._apart[one].add(other)
            self._apart[other].add(one)

    def of(self, record: int) -> int:
        """Name the group of a record, and shorten the way to it for the next time."""
        while self._parent[record] != record:
            self._parent[record] = self._parent[self._parent[record]]
            record = self._parent[record]
        return record

    def are_apart(self, one: int, other: int) -> bool:
        """Tell whether a judgement keeps two groups apart."""
        return one in self._apart and other in self._apart[one]

    def fuse(self, kept: int, gone: int) -> None:
        """Fuse two groups into the one with the smaller first record, `kept`."""
        self._parent[gone] = kept
        for other in self._apart.pop(gone, ()):
            self._apart[other].remove(gone)
            self._apart[other].add(kept)
            self._apart[kept].add(other)

    def firsts(self) -> list[int]:
        """List the first record of each record's group."""
        return [self.of(record) for record in range(len(self._parent))]


class _Linkages:
    """The weights between every two groups, ascending, and the linkage, `value`, that they make."""

    def __init__(self, groups: _Groups, weight: Mapping[Pair, int]) -> None:
        first = groups.firsts()
        self._names = set(first)
        between = defaultdict[Pair, list[int]](list)
        for right, one in enumerate(first):
            for left, other in enumerate(first[:right]):
                if one != other:
                    pair = (one, other) if one < other else (other, one)
                    between[pair].append(weight.get((left, right), UNSCORED))
        self._between = {pair: sorted(weights) for pair, weights in between.items()}
        self.value = {pair: linkage(weights) for pair, weights in self._between.items()}

    def fuse(self, kept: int, gone: int) -> list[Pair]:
        """Fuse two groups under the name of the first; the result is the pairs that changed."""
        self._names.remove(gone)
        del self._between[kept, gone], self.value[kept, gone]
        return [self._join(kept, gone, third) for third in self._names if third != kept]

    def _join(self, kept: int, gone: int, third: int) -> Pair:
        pair = (kept, third) if kept < third else (third, kept)
        old = (gone, third) if gone < third else (third, gone)
        del self.value[old]
        # both lists are ascending: sorting them joins two runs, in linear time
        joined = sorted(self._between[pair] + self._between.pop(old))
        self._between[pair], self.value[pair] = joined, linkage(joined)
        return pair


def _cut_weights(component: Component, link: int) -> dict[Pair, int]:
    lowest, highest = cut_at(link)
    return {(left, right): min(max(bits, lowest), highest) for left, right, bits in component.pairs}
