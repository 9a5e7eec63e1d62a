"""Fusing the records of one component into clusters.

In: a component, its records numbered 0 .. size-1 in the order of (source, key).  Out: for each
record the first record of its cluster.  Integer sums only, every tie falls to the smallest
numbers, so that the result is a function of the component alone.  The components that most records
are in are small, and fused many at once by mdm.identity.small.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from heapq import heapify, heappop, heappush
from typing import TypeVar

import numpy as np

from mdm.identity.components import IntArray

MISSING = int(np.iinfo(np.int64).min)
"""The part of a comparison that one of the two records has no value for."""
NEVER = MISSING
"""The linkage of two groups that nothing is known of."""

Pair = tuple[int, int]
Count = TypeVar("Count", int, IntArray)


@dataclass(frozen=True)
class Component:
    """One component: `pairs` are (smaller, larger, weight in micro-bits), each pair once.

    `parts`, parallel to `pairs`, add up to its weight: what is added whatever is compared (the
    prior), then what each comparison adds, in micro-bits, MISSING where it could not compare.
    `same` and `different` are what stewards judged, any pairs that stand for their groups.  They
    do not contradict each other (mdm.identity.judgements.constraints refuses it); if they did,
    *same* would win, for it is fused before *different* is looked at.
    """

    size: int
    pairs: Sequence[tuple[int, int, int]]
    parts: Sequence[Sequence[int]]
    same: Sequence[Pair]
    different: Sequence[Pair]


def counted(pairs: Count) -> Count:
    """Tell how many of so many pairs count: the better half, of an odd number one more."""
    return (pairs + 1) // 2


def linkage(parts: Sequence[Sequence[int]]) -> int:
    """Tell how well two groups hold together: what each comparison says of them, added up.

    `parts` (micro-bits) are those of all pairs between the groups, a sequence for each comparison,
    ascending, without the missing ones, that of the prior first.  A comparison says the mean of the
    better half, rounded down.  NEVER where there is no pair.

        prior, name, birth date of three pairs     [-9 -9 -9]  [-4 5 7]  [-6]
        better halves                              -9          6         -6      linkage -9 bits
    """
    if not parts[0]:
        return NEVER
    total = 0
    for of_one in parts:  # a loop, for it runs half a million times in 50,000 records
        size = len(of_one)
        if size == 1:
            total += of_one[0]
        elif size:
            better = counted(size)
            total += sum(of_one[-better:]) // better
    return total


def fuse(component: Component, link: int) -> list[int]:
    """Fuse groups, strongest linkage first, while it stays at or above `link` (micro-bits).

    Ties fall to the pair of groups with the smallest first records.  Groups that a *different*
    judgement keeps apart are never fused.
    """
    groups = _Groups(component)
    linkages = _Linkages(groups, component)
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


_Parts = list[list[int]]
"""For each comparison what it adds to some pairs, ascending, without what is missing."""


class _Linkages:
    """What is known between every two groups, and the linkage, `value`, that it makes.

    Of groups that a judgement keeps apart nothing is, for they stay so.  Most pairs of single
    records are never looked at again: their parts are listed when they are.
    """

    def __init__(self, groups: _Groups, component: Component) -> None:
        first = groups.firsts()
        self._names = set(first)
        self._single: dict[Pair, Sequence[int]] = {}
        self._between: dict[Pair, _Parts] = {}
        self.value: dict[Pair, int] = {}
        several = defaultdict[Pair, list[Sequence[int]]](list)
        for (left, right, weight), parts in zip(component.pairs, component.parts, strict=True):
            one, other = first[left], first[right]
            if one == other or groups.are_apart(one, other):
                continue
            pair = (one, other) if one < other else (other, one)
            if pair in self.value:
                several[pair].append(parts)
            else:
                self._single[pair], self.value[pair] = parts, weight
        for pair, others in several.items():
            known = _joined([self._single.pop(pair), *others])
            self._between[pair], self.value[pair] = known, linkage(known)

    def fuse(self, kept: int, gone: int) -> list[Pair]:
        """Fuse two groups under the name of the first; the result is the pairs that changed."""
        self._names.remove(gone)
        del self.value[kept, gone]
        self._take(kept, gone)
        changed = []
        for third in self._names:
            old = (gone, third) if gone < third else (third, gone)
            if old in self.value:
                del self.value[old]
                pair = (kept, third) if kept < third else (third, kept)
                self._add(pair, self._take(*old))
                changed.append(pair)
        return changed

    def _add(self, pair: Pair, more: _Parts) -> None:
        """Join what is known between two groups with more, and work out their linkage anew."""
        if pair in self.value:
            # both lists are ascending: sorting them joins two runs, in linear time
            known = self._take(*pair)
            more = [sorted(a + b) if a and b else a or b for a, b in zip(known, more, strict=True)]
        self._between[pair], self.value[pair] = more, linkage(more)

    def _take(self, one: int, other: int) -> _Parts:
        """Give what is known between two groups, and forget it."""
        single = self._single.pop((one, other), None)
        return self._between.pop((one, other)) if single is None else _listed(single)


def _joined(several: Sequence[Sequence[int]]) -> _Parts:
    """List the parts of several pairs, comparison by comparison."""
    return [
        sorted(part for part in of_one if part != MISSING) for of_one in zip(*several, strict=True)
    ]


def _listed(parts: Sequence[int]) -> _Parts:
    return [[part] if part != MISSING else [] for part in parts]
