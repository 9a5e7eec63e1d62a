"""Golden IDs follow the records that earned them.

In: which cluster each live record is in, and each record's own ID (the serial of the golden ID of
the golden record that it first belonged to).  Out: the serial that each record's cluster carries,
and the own IDs afterwards.  Whole arrays at once; independent of the order of the records and of
the clusters' labels; assigning again with the own IDs that came out changes nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]

NO_ID = -1
"""Stands in an array of own IDs for a record that has none yet."""


@dataclass(frozen=True, eq=False)
class Assignment:
    """Which golden ID each record's cluster carries, as serials.

    `serials` and `own` (the own IDs afterwards) are parallel to the records that were given;
    a negative number -(k + 1) stands for the k-th of `minted` IDs that are still to be minted.
    `resolves` maps every own ID that was given to the serial of the cluster it resolves to.
    """

    serials: IntArray
    own: IntArray
    minted: int
    resolves: Mapping[int, int]


def assign(record_ids: IntArray, clusters: IntArray, own: IntArray) -> Assignment:
    """Decide which golden ID every cluster carries.

    1. An own ID resolves to the cluster with most of its records; of equals, to the one with the
       earliest-arrived (smallest `record_id`) of them.
    2. A cluster carries the oldest (smallest) ID that resolves to it; without one it mints one.
       IDs are minted in the order of the clusters' earliest records.
    3. A record whose own ID resolves elsewhere, or that has none, takes its cluster's as its own.

        records 1 2 3 4, clusters a a b b, own 7 7 7 -      7 resolves to a; b mints, number -1
        own afterwards 7 7 -1 -1                            3 does not take 7 along

    `record_ids` (distinct), `clusters` (any labels) and `own` (serials, NO_ID for none) are
    parallel and hold live records only.  An ID must come with all of its live records: given a
    part of the records, include every one whose own ID appears in it.
    """
    labels, cluster = np.unique(clusters, return_inverse=True)
    ids, homes = _homes(record_ids, cluster, own)
    carried = _carried(len(labels), ids, homes)
    minted = _mint(carried, record_ids, cluster)
    serials = carried[cluster]
    return Assignment(
        serials=serials,
        own=np.where(_at_home(cluster, own, ids, homes), own, serials),
        minted=minted,
        resolves=dict(zip(ids.tolist(), carried[homes].tolist(), strict=True)),
    )


def with_minted(numbers: IntArray, minted: IntArray) -> IntArray:
    """Put the serials that were minted in the place of -1, -2, ...; `minted[k]` for -(k + 1)."""
    if len(minted) == 0:
        return numbers
    return np.where(numbers < 0, minted[np.maximum(-numbers - 1, 0)], numbers)


def _homes(record_ids: IntArray, cluster: IntArray, own: IntArray) -> tuple[IntArray, IntArray]:
    """Every own ID in ascending order, and the cluster that it resolves to."""
    having = np.flatnonzero(own != NO_ID)
    order = having[np.lexsort((record_ids[having], cluster[having], own[having]))]
    starts = _starts(own[order], cluster[order])
    counts = np.diff(np.append(starts, len(order)))
    first = order[starts]  # the earliest record of each (own ID, cluster)
    best = np.lexsort((record_ids[first], -counts, own[first]))
    heads = best[_starts(own[first[best]])]
    return own[first[heads]], cluster[first[heads]]


def _starts(*keys: IntArray) -> IntArray:
    """Where a new combination of the sorted keys begins."""
    if len(keys[0]) == 0:
        return np.empty(0, np.int64)
    differs = np.any([key[1:] != key[:-1] for key in keys], axis=0)
    return np.flatnonzero(np.concatenate(([True], differs)))


def _carried(clusters: int, ids: IntArray, homes: IntArray) -> IntArray:
    """Find the oldest ID that resolves to each cluster, or NO_ID."""
    carried = np.full(clusters, NO_ID, np.int64)
    carried[homes[::-1]] = ids[::-1]  # ids ascend, and the last one written stays: the oldest
    return carried


def _mint(carried: IntArray, record_ids: IntArray, cluster: IntArray) -> int:
    """Give clusters without an ID their numbers, by earliest record, in place; return how many."""
    bare = np.flatnonzero(carried[cluster] == NO_ID)
    order = bare[np.argsort(record_ids[bare], kind="stable")]
    found, first = np.unique(cluster[order], return_index=True)
    carried[found[np.argsort(first)]] = -1 - np.arange(len(found))
    return len(found)


def _at_home(cluster: IntArray, own: IntArray, ids: IntArray, homes: IntArray) -> BoolArray:
    """Whether each record's own ID resolves to the cluster that the record is in."""
    if len(ids) == 0:
        return np.zeros(len(own), np.bool_)
    place = np.minimum(np.searchsorted(ids, own), len(ids) - 1)
    at_home: BoolArray = (own != NO_ID) & (homes[place] == cluster)
    return at_home
