"""Clusters: which records are one entity.

In: components with the weights of all their pairs, and what stewards judged.  Out: a cluster
label for each record.  A pure function of the component: groups are fused, strongest first, while
the linkage between two groups stays at or above the link threshold.  *Same* judgements are fused
first, *different* ones are never crossed.  The linkage of two groups is the mean weight of the
stronger pairs between them (mdm.identity.fusion; docs/adr/0004 has the figures).
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from mdm.identity.components import TOP_RUNG, BoolArray, Components, Edges, IntArray, by_first
from mdm.identity.fusion import Component, fuse, fuse_single


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


def clusters(
    found: Components, edges: Edges, judged: Judged, *, link: int
) -> IntArray:
    """Label each record with its cluster, clusters numbered by their first record.

    `edges` are the weights of all pairs inside the components of at most COMPONENT_LIMIT records
    (others are ignored), with `judged.unsure` capped already.
    """
    label = found.label
    inside = edges.where(label[edges.left] == label[edges.right])
    whole = _whole(found, inside, judged, link=link)
    # a number for each record's cluster: its component, unless the component is taken apart
    result = label.copy()
    next_label = int(label.max(initial=-1)) + 1
    same, different = _by_component(found, judged.same), _by_component(found, judged.different)
    for members, weights in _open_components(found, inside, whole):
        number = int(label[members[0]])
        component = _component(members, weights, same[number], different[number])
        over = bool(found.over_limit[members[0]])
        groups = fuse_single(component, link + TOP_RUNG) if over else fuse(component, link)
        for group in groups:
            result[members[group]] = next_label
            next_label += 1
    return by_first(result)


def _by_component(found: Components, edges: Edges) -> dict[int, list[tuple[int, int]]]:
    """List the judged pairs inside each component; those between components say nothing new."""
    listed = defaultdict[int, list[tuple[int, int]]](list)
    for left, right in zip(edges.left.tolist(), edges.right.tolist(), strict=True):
        if found.label[left] == found.label[right]:
            listed[int(found.label[left])].append((left, right))
    return listed


def _component(
    members: IntArray,
    weights: Edges,
    same: Sequence[tuple[int, int]],
    different: Sequence[tuple[int, int]],
) -> Component:
    """Number a component's records 0 .. size-1 in their order, and its pairs by those numbers."""
    place = {position: index for index, position in enumerate(members.tolist())}
    return Component(
        size=len(members),
        pairs=[
            (place[left], place[right], weight)
            for left, right, weight in zip(
                weights.left.tolist(), weights.right.tolist(), weights.weight.tolist(), strict=True
            )
        ],
        same=[(place[left], place[right]) for left, right in same],
        different=[(place[left], place[right]) for left, right in different],
    )


def _whole(found: Components, inside: Edges, judged: Judged, *, link: int) -> BoolArray:
    """Tell which components are one cluster because every pair links and nobody judged otherwise.

    Then every linkage is at or above the threshold, whatever is fused first; most components are
    so, and need no Python loop.
    """
    size = np.bincount(found.label)
    linked = np.bincount(found.label[inside.left[inside.weight >= link]], minlength=len(size))
    whole = linked == size * (size - 1) // 2
    split = judged.different.left[
        found.label[judged.different.left] == found.label[judged.different.right]
    ]
    whole[found.label[split]] = False
    return np.asarray(whole, dtype=np.bool_)


def _open_components(
    found: Components, inside: Edges, whole: BoolArray
) -> Iterator[tuple[IntArray, Edges]]:
    """Yield the members and the pairs of each component that must be clustered one by one."""
    records = np.flatnonzero(~whole[found.label])
    records = records[np.argsort(found.label[records], kind="stable")]
    chosen = inside.where(~whole[found.label[inside.left]])
    order = np.argsort(found.label[chosen.left], kind="stable")
    ordered = Edges(chosen.left[order], chosen.right[order], chosen.weight[order])
    record_label, edge_label = found.label[records], found.label[ordered.left]
    labels, starts = np.unique(record_label, return_index=True)
    ends = np.append(starts[1:], len(records))
    first = np.searchsorted(edge_label, labels)
    last = np.searchsorted(edge_label, labels, side="right")
    for start, end, low, high in zip(starts, ends, first, last, strict=True):
        members = records[start:end]
        part = Edges(ordered.left[low:high], ordered.right[low:high], ordered.weight[low:high])
        yield members, part
