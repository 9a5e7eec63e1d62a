"""Where a golden record would fall apart first: a suggestion for splitting it."""

from collections.abc import Mapping, Sequence

from mdm.model.inside import Link
from mdm.model.records import RecordRef


def parts(records: Sequence[RecordRef], links: Sequence[Link]) -> Mapping[RecordRef, int]:
    """Cut the records at the weakest link that holds them together: part 0 or 1 of each.

    The links are taken strongest first, as in Kruskal's algorithm; the last one that joins two
    groups into one is left out.  The part of the first record is 0.
    """
    group = {ref: {ref} for ref in records}
    for link in sorted(links, key=lambda each: -each.weight_bits):
        one, other = group.get(link.left), group.get(link.right)
        if one is None or other is None or one is other:
            continue
        if len(one) + len(other) == len(records):
            break
        one |= other
        group.update(dict.fromkeys(other, one))
    first = group[records[0]]
    return {ref: 0 if ref in first else 1 for ref in records}
