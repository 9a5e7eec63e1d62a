"""Clusters: which records are one entity.

In: components with the weights of all their pairs, what each comparison adds to them, and what
stewards judged.  Out: a cluster label for each record.  A pure function of the component.  One
whose pairs all link is one cluster.  In the others groups are fused, strongest first, while the
linkage between two groups stays at or above the link threshold.  *Same* judgements are fused first,
*different* ones are never crossed.  The linkage of two groups is what the better half of the pairs
between them says by each comparison, added up (mdm.identity.fusion; docs/adr/0009 has the figures).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from mdm.identity.components import (
    TOP_RUNG,
    BoolArray,
    Components,
    Edges,
    IntArray,
    connected,
    numbered,
)
from mdm.identity.fusion import MISSING, Component, fuse, fuse_single
from mdm.identity.small import SMALL, fuse_small


@dataclass(frozen=True, eq=False)
class Judged:
    """What stewards judged, as positions: pairs that are the same, different, or unsure."""

    same: Edges
    different: Edges
    unsure: Edges


def edges_of(pairs: Sequence[tuple[int, int]], weight: int = 0) -> Edges:
    """Make edges of pairs of positions, the smaller position left."""
    array = np.array([sorted(pair) for pair in pairs], dtype=np.int64).reshape(-1, 2)
    return Edges(array[:, 0], array[:, 1], np.full(len(array), weight, dtype=np.int64))


NOTHING_JUDGED = Judged(edges_of([]), edges_of([]), edges_of([]))


def cap_unsure(edges: Edges, unsure: Edges, *, link: int) -> Edges:
    """Lower the pairs that nobody can tell to just below the link threshold."""
    if not len(unsure.left):
        return edges
    width = int(max(edges.right.max(initial=0), unsure.right.max())) + 1
    listed = np.isin(edges.left * width + edges.right, unsure.left * width + unsure.right)
    capped = np.where(listed, np.minimum(edges.weight, link - 1), edges.weight)
    return Edges(edges.left, edges.right, capped)


def taken_apart(found: Components, edges: Edges, judged: Judged, *, link: int) -> BoolArray:
    """Tell of each pair whether it lies in a component that is taken apart by all its pairs.

    Of those pairs `clusters` wants to know what each comparison adds, but for those that judgements
    decide; arguments as there.
    """
    layout = _Layout.of(found)
    inside = _Inside.of(layout, edges, _no_parts(edges), judged)
    open_ = ~_whole(layout, inside, link) & ~layout.over_limit
    apart = np.asarray(found.label[edges.left] == found.label[edges.right], dtype=np.bool_)
    apart[apart] = open_[inside.pairs.component] & ~inside.decided
    return apart


def _decided(count: int, edges: Edges, judged: Judged) -> BoolArray:
    """Tell of each pair of `count` records whether judgements say all there is to say of it."""
    if not len(judged.same.left) and not len(judged.different.left):
        return np.zeros(len(edges.left), dtype=np.bool_)
    group = connected(count, judged.same.left, judged.same.right)

    def between(pairs: Edges) -> IntArray:
        one, other = group[pairs.left], group[pairs.right]
        return np.asarray(np.minimum(one, other) * count + np.maximum(one, other), dtype=np.int64)

    together = group[edges.left] == group[edges.right]
    return np.asarray(together | np.isin(between(edges), between(judged.different)), dtype=np.bool_)


def clusters(
    found: Components, edges: Edges, parts: IntArray, judged: Judged, *, link: int
) -> IntArray:
    """Label each record with its cluster, clusters numbered by their first record.

    `edges` are the weights of all pairs inside the components that are not over the limit, and
    those known of the others (pairs between components are ignored), with `judged.unsure` capped
    already; `parts` (pairs, comparisons) what each comparison adds to them, in micro-bits, MISSING
    where it could not compare, and whatever for pairs that are not `taken_apart`; `link` is the
    threshold in micro-bits.
    """
    layout = _Layout.of(found)
    inside = _Inside.of(layout, edges, parts, judged)
    # the first record of each record's cluster: of its component, unless that is taken apart
    first = layout.order[layout.start[found.label]]
    open_ = ~_whole(layout, inside, link)
    small = open_ & ~inside.judged & (layout.size <= SMALL) & ~layout.over_limit
    for size in range(2, SMALL + 1):
        _take_apart_small(first, layout, inside.pairs, small & (layout.size == size), link)
    _take_apart(first, layout, inside, open_ & ~small, link)
    return numbered(first)


@dataclass(frozen=True, eq=False)
class _Layout:
    """Where the records of each component are: `order` lists them one component after another.

    A component's records are `order[start : start + size]`, ascending; `place` is each record's
    number among them.
    """

    label: IntArray
    order: IntArray
    place: IntArray
    start: IntArray
    size: IntArray
    over_limit: BoolArray

    @classmethod
    def of(cls, found: Components) -> "_Layout":
        order = np.argsort(found.label, kind="stable")
        size = np.bincount(found.label)
        start = np.cumsum(size) - size
        place = np.empty_like(order)
        place[order] = np.arange(len(order)) - np.repeat(start, size)
        return cls(found.label, order, place, start, size, found.over_limit[order[start]])

    def members(self, component: int) -> IntArray:
        return self.order[self.start[component] : self.start[component] + self.size[component]]


@dataclass(frozen=True, eq=False)
class _Pairs:
    """Pairs inside components: the component, and its records by their places in it.

    `parts` (pairs, 1 + comparisons) add up to `weight`: first comes what no comparison adds, which
    is the prior, what was rounded, and what a judgement took off.
    """

    component: IntArray
    left: IntArray
    right: IntArray
    weight: IntArray
    parts: IntArray

    @classmethod
    def of(cls, layout: _Layout, edges: Edges, parts: IntArray) -> "_Pairs":
        component = layout.label[edges.left]
        inside = component == layout.label[edges.right]
        taken = edges.where(inside)
        left, right = layout.place[taken.left], layout.place[taken.right]
        compared = parts[inside]
        added = np.where(compared == MISSING, 0, compared).sum(axis=1)
        all_parts = np.column_stack([taken.weight - added, compared])
        return cls(component[inside], left, right, taken.weight, all_parts)

    def where(self, chosen: BoolArray | IntArray) -> "_Pairs":
        return _Pairs(
            self.component[chosen],
            self.left[chosen],
            self.right[chosen],
            self.weight[chosen],
            self.parts[chosen],
        )

    def ends(self) -> tuple[list[int], list[int]]:
        return self.left.tolist(), self.right.tolist()

    def by_component(self, components: IntArray) -> Iterator["_Pairs"]:
        """Give the pairs of each of the components (ascending)."""
        order = np.argsort(self.component, kind="stable")
        low = np.searchsorted(self.component, components, sorter=order)
        high = np.searchsorted(self.component, components, side="right", sorter=order)
        for start, end in zip(low.tolist(), high.tolist(), strict=True):
            yield self.where(order[start:end])


@dataclass(frozen=True, eq=False)
class _Inside:
    """What is known inside components; what was judged between them says nothing new."""

    pairs: _Pairs
    decided: BoolArray
    """Of each of `pairs`: whether judgements say all there is to say of it."""
    same: _Pairs
    different: _Pairs
    judged: BoolArray
    """Of each component: whether something inside it was judged the same or different."""

    @classmethod
    def of(cls, layout: _Layout, edges: Edges, parts: IntArray, judged: Judged) -> "_Inside":
        same, different = (
            _Pairs.of(layout, pairs, _no_parts(pairs)) for pairs in (judged.same, judged.different)
        )
        marked = np.zeros(len(layout.size), dtype=np.bool_)
        marked[same.component] = marked[different.component] = True
        within = layout.label[edges.left] == layout.label[edges.right]
        decided = _decided(len(layout.label), edges.where(within), judged)
        return cls(_Pairs.of(layout, edges, parts), decided, same, different, marked)


def _no_parts(edges: Edges) -> IntArray:
    return np.empty((len(edges.left), 0), dtype=np.int64)


def _whole(layout: _Layout, inside: _Inside, link: int) -> BoolArray:
    """Tell which components are one cluster because every pair links and nobody judged otherwise.

    Most components are so.
    """
    linked = inside.pairs.component[inside.pairs.weight >= link]
    whole = np.bincount(linked, minlength=len(layout.size)) == layout.size * (layout.size - 1) // 2
    whole[inside.different.component] = False
    return np.asarray(whole, dtype=np.bool_)


def _take_apart_small(
    first: IntArray, layout: _Layout, pairs: _Pairs, chosen: BoolArray, link: int
) -> None:
    """Write into `first` the clusters of the chosen components, all of one size."""
    components = np.flatnonzero(chosen)
    if not len(components):
        return
    size = int(layout.size[components[0]])
    row = np.cumsum(chosen) - 1
    taken = pairs.where(chosen[pairs.component])
    parts = np.full((len(components), size, size, taken.parts.shape[1]), MISSING)
    at = row[taken.component]
    parts[at, taken.left, taken.right] = parts[at, taken.right, taken.left] = taken.parts
    members = layout.order[layout.start[components][:, None] + np.arange(size)]
    first[members] = np.take_along_axis(members, fuse_small(parts, link), axis=1)


def _take_apart(
    first: IntArray, layout: _Layout, inside: _Inside, chosen: BoolArray, link: int
) -> None:
    """Write into `first` the clusters of the chosen components, one component at a time."""
    numbers = np.flatnonzero(chosen)
    known = zip(
        numbers.tolist(),
        inside.pairs.where(chosen[inside.pairs.component] & ~inside.decided).by_component(numbers),
        inside.same.by_component(numbers),
        inside.different.by_component(numbers),
        strict=True,
    )
    for number, pairs, same, different in known:
        members = layout.members(number)
        component = Component(
            size=len(members),
            pairs=list(zip(*pairs.ends(), pairs.weight.tolist(), strict=True)),
            parts=pairs.parts.tolist(),
            same=list(zip(*same.ends(), strict=True)),
            different=list(zip(*different.ends(), strict=True)),
        )
        over = layout.over_limit[number]
        fused = fuse_single(component, link + TOP_RUNG) if over else fuse(component, link)
        first[members] = members[fused]
