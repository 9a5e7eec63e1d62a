"""Fusing the records of one component into clusters.

In: a component, its records numbered 0 .. size-1 in the order of (source, key).  Out: the groups,
as lists of those numbers.  Integer sums only, every tie falls to the smallest numbers, so that the
result is a function of the component alone.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from heapq import heapify, heappop, heappush

from mdm.identity.components import MICRO

FLOOR, CEILING = -20 * MICRO, 15 * MICRO
"""Weights are cut to this inside the linkage, so that no single pair outvotes all the others."""
UNSCORED = -8 * MICRO
"""What a pair counts that has no weight (DESIGN.md, 'Clusters'; measured there)."""

Pair = tuple[int, int]


@dataclass(frozen=True)
class Component:
    """One component: `pairs` are (smaller, larger, weight in micro-bits), each pair once."""

    size: int
    pairs: Sequence[tuple[int, int, int]]
    same: Sequence[Pair]
    different: Sequence[Pair]


def linkage(weights: Sequence[int]) -> int:
    """Tell how well two groups hold together: the mean of the stronger three fifths of their pairs.

    `weights` (micro-bits, ascending) are those of all pairs between the groups.  A part of a pair
    counts whole; the mean is rounded down.

        [-4, 1, 6] bits: the stronger three fifths are 1 and 6, the linkage is 3.5 bits
    """
    count = -(-len(weights) * 3 // 5)
    return sum(weights[-count:]) // count


class _Groups:
    """The groups so far, each under the number of its first record, and what lies between them."""

    def __init__(self, component: Component) -> None:
        self.members = {record: [record] for record in range(component.size)}
        self.apart: dict[int, set[int]] = {record: set() for record in self.members}
        weight = {
            (left, right): min(max(bits, FLOOR), CEILING) for left, right, bits in component.pairs
        }
        self.between = {
            (left, right): [weight.get((left, right), UNSCORED)]
            for right in range(component.size)
            for left in range(right)
        }
        for left, right in component.different:
            self.apart[left].add(right)
            self.apart[right].add(left)

    def merge(self, one: int, other: int) -> list[Pair]:
        """Fuse two groups under the smaller number; the result is the pairs that changed."""
        kept, gone = min(one, other), max(one, other)
        self.members[kept] += self.members.pop(gone)
        self._keep_apart(kept, gone)
        del self.between[kept, gone]
        return [self._join_weights(kept, gone, third) for third in self.members if third != kept]

    def _keep_apart(self, kept: int, gone: int) -> None:
        for other in self.apart.pop(gone):
            self.apart[other].discard(gone)
            self.apart[other].add(kept)
            self.apart[kept].add(other)

    def _join_weights(self, kept: int, gone: int, third: int) -> Pair:
        pair = (min(kept, third), max(kept, third))
        weights = self.between.pop((min(gone, third), max(gone, third)))
        # both lists are ascending: joining them sorts two runs, in linear time
        self.between[pair] = sorted(self.between[pair] + weights)
        return pair


def _fuse_same(groups: _Groups, same: Iterable[Pair]) -> None:
    """Fuse what stewards judged the same, before anything else."""
    home = {record: record for record in groups.members}
    for left, right in sorted(same):
        one, other = sorted((home[left], home[right]))
        if one != other:
            groups.merge(one, other)
            for record in groups.members[one]:
                home[record] = one


def fuse(component: Component, link: int) -> list[list[int]]:
    """Fuse groups, strongest linkage first, while it stays at or above `link` (micro-bits).

    Ties fall to the pair of groups with the smallest first records.  Groups that a *different*
    judgement keeps apart are never fused.
    """
    groups = _Groups(component)
    _fuse_same(groups, component.same)
    value = {pair: linkage(weights) for pair, weights in groups.between.items()}
    heap = [(-bits, pair) for pair, bits in value.items() if bits >= link]
    heapify(heap)
    while heap:
        bits, pair = heappop(heap)
        stale = pair not in groups.between or value[pair] != -bits
        if stale or pair[1] in groups.apart[pair[0]]:
            continue
        for changed in groups.merge(*pair):
            value[changed] = linkage(groups.between[changed])
            if value[changed] >= link:
                heappush(heap, (-value[changed], changed))
    return [sorted(members) for members in groups.members.values()]


def fuse_single(component: Component, threshold: int) -> list[list[int]]:
    """Fuse a component over the limit by its single strong pairs, honouring judgements.

    Its pairs are taken from the strongest down to `threshold` (micro-bits), each fuses the two
    groups that it joins unless a *different* judgement keeps them apart.
    """
    strong = sorted((-bits, left, right) for left, right, bits in component.pairs)
    home = list(range(component.size))
    members = {record: [record] for record in home}
    apart: dict[int, set[int]] = {record: set() for record in home}
    for left, right in component.different:
        apart[left].add(right)
        apart[right].add(left)
    joins = [*sorted(component.same), *((i, j) for bits, i, j in strong if -bits >= threshold)]
    for left, right in joins:
        kept, gone = sorted((home[left], home[right]))
        if kept == gone or gone in apart[kept]:
            continue
        for record in members[gone]:
            home[record] = kept
        members[kept] += members.pop(gone)
        for other in apart.pop(gone):
            apart[other].discard(gone)
            apart[other].add(kept)
            apart[kept].add(other)
    return [sorted(group) for group in members.values()]
