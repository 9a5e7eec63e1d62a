"""Tallies: what an overview counts of golden records and pairs, and by how much an act changes it.

In: golden records as the sources of their records, weights of pairs.  Out: counts by what is
counted.  The difference of two counts is what a publication adds to the tallies that are kept, so
that they are those of a count over everything.  Pure functions.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from itertools import combinations
from typing import Literal, NamedTuple

import numpy as np

from mdm.identity.components import MICRO, IntArray

Figure = Literal["records", "golden_records", "pairs", "quarantined"]

NOBODY = 0
"""Stands where there is no source; numbers of sources begin with 1."""


class Tally(NamedTuple):
    """What is counted.

    records         of the source `one`
    golden_records  all of them; those with records of the source `one` (`other` too: the same);
                    those with records of both `one` and `other`, the smaller number first
    pairs           with a match weight of `one` up to `one` + 1 bits
    quarantined     rows of the source `one`
    """

    figure: Figure
    one: int
    other: int


ALL_GOLDEN = Tally("golden_records", NOBODY, NOBODY)

Counts = Mapping[Tally, int]


def of_golden_records(golden: Iterable[Collection[int]]) -> Counter[Tally]:
    """Count golden records, each given as the source of each of its records.

    [1, 1, 2] is two records of source 1 and one of source 2, and one golden record of 1, of 2, and
    of both.
    """
    counts: Counter[Tally] = Counter()
    for sources in golden:
        counts[ALL_GOLDEN] += 1
        counts.update(Tally("records", source, NOBODY) for source in sources)
        distinct = sorted({*sources})
        counts.update(Tally("golden_records", source, source) for source in distinct)
        counts.update(Tally("golden_records", *both) for both in combinations(distinct, 2))
    return counts


def of_crosswalk(serials: IntArray, sources: IntArray) -> dict[Tally, int]:
    """Count the same of parallel arrays: the golden record and the source of each record.

    Arrays, because a join of all golden records' sources with themselves takes a database seconds.
    """
    if not len(serials):
        return {}
    base = int(sources.max()) + 1
    distinct = np.unique(serials * base + sources)
    golden, of = distinct // base, distinct % base
    counts = {ALL_GOLDEN: int(1 + np.count_nonzero(np.diff(golden)))}
    for source, number in _counted(sources):
        counts[Tally("records", source, NOBODY)] = number
    apart = 0
    # each golden record's sources stand in a row: lay it beside itself, ever further apart
    while (same := golden[: len(golden) - apart] == golden[apart:]).any():
        one, other = of[: len(of) - apart][same], of[apart:][same]
        for both, number in _counted(one * base + other):
            name = Tally("golden_records", *divmod(both, base))
            counts[name] = counts.get(name, 0) + number
        apart += 1
    return counts


def _counted(values: IntArray) -> Iterable[tuple[int, int]]:
    found, numbers = np.unique(values, return_counts=True)
    return zip(found.tolist(), numbers.tolist(), strict=True)


def of_weights(weights: Iterable[int]) -> Counter[Tally]:
    """Count pairs by their weights in micro-bits; -0.5 bits are between -1 and 0."""
    return Counter(Tally("pairs", weight // MICRO, NOBODY) for weight in weights)


def difference(before: Counts, after: Counts) -> dict[Tally, int]:
    """Tell by how much each count changes; what stays is left out."""
    names = before.keys() | after.keys()
    changes = {name: after.get(name, 0) - before.get(name, 0) for name in sorted(names)}
    return {name: change for name, change in changes.items() if change}
