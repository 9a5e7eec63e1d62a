"""Tallying: by how much what is to be published changes the kept figures of the overview.

In: the crosswalk around some records before and after, and what became of their pairs.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping

from mdm.identity.tallies import Tally, difference, of_golden_records, of_weights
from mdm.resolution.recluster import Reclustered
from mdm.store.neighbourhood import Resident

Homes = Mapping[int, int]
"""Record -> the serial of its golden record."""


def differences(
    found: Reclustered,
    before: Homes,
    after: Homes,
    residents: Iterable[Resident],
    touched: Collection[int],
) -> dict[Tally, int]:
    """Tell what changes: `touched` are the golden records that a record leaves or comes to."""
    involved = (*residents, *found.changed.residents)
    source_of = {each.record_id: each.source_id for each in involved}
    return difference(
        _counted(before, source_of, touched) + of_weights(found.replaced),
        _counted(after, source_of, touched) + of_weights(pair.weight for pair in found.pairs),
    )


def _counted(
    homes: Homes, source_of: Mapping[int, int], touched: Collection[int]
) -> Counter[Tally]:
    sources: dict[int, list[int]] = defaultdict(list)
    for record_id, serial in homes.items():
        if serial in touched:
            sources[serial].append(source_of[record_id])
    return of_golden_records(sources.values())
