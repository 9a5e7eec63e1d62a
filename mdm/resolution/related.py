"""What is decided together because golden IDs are: records of one own ID, wherever they live.

A record that returns may hold an ID that others hold too, who live elsewhere by now.
"""

from collections.abc import Collection

from mdm.store import Transaction, neighbourhood
from mdm.store.neighbourhood import Resident


def related(
    tx: Transaction, residents: Collection[Resident], also: Collection[int] = ()
) -> list[Resident]:
    """Read the records, beside these, of the golden records whose IDs are decided with theirs.

    They come whole, with those of the golden records `also` (serials).
    """
    known = {each.record_id for each in residents}
    involved, found = list(residents), list[Resident]()
    asked: set[int] = set()
    elsewhere = {*also}
    while True:
        for each in neighbourhood.published_in(tx, elsewhere):
            if each.record_id not in known and each.serial is not None:
                known.add(each.record_id)
                found.append(each)
                involved.append(each)
        own = {each.own_serial for each in involved if each.own_serial is not None} - asked
        if not own:
            return found
        asked |= own
        homes = neighbourhood.homes_by_own(tx, own)
        elsewhere = {serial for record, serial in homes if record not in known}
