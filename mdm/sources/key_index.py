"""Which rows of a source share their key, and which of them is taken, in 24 bytes a row.

Of rows with one key the one is taken that its source changed last, of equals the last.  The others
are refused, because a key that names two things is no key; a row that says exactly what the taken
one says is only passed over.
"""

from array import array
from datetime import datetime

import numpy as np
import numpy.typing as npt

from mdm.model.records import IncomingRecord

Flags = npt.NDArray[np.bool_]


class KeyIndex:
    """Remembers of every row a hash of its key and content, and its time.

    Python's own hash has 64 bits: two of 10 million keys collide with a probability of 3e-6
    (n**2 / 2**65).
    """

    def __init__(self) -> None:
        self._keys = array("q")
        self._contents = array("q")
        self._moments = array("d")

    def add(self, record: IncomingRecord) -> None:
        """Remember the next row."""
        self._keys.append(hash(record.key))
        self._contents.append(hash(record.content_hash))
        self._moments.append(_seconds(record.modified_at))

    def beaten(self) -> tuple[Flags, Flags]:
        """Tell of every row, in the order added, whether another one is taken instead of it.

        Result: (beaten by a row that says something else, beaten by one that says the same).
        """
        keys, contents = np.asarray(self._keys), np.asarray(self._contents)
        # Sorted by key, then time, then place (the sort is stable): the last of a key wins.
        order = np.lexsort((np.asarray(self._moments), keys))
        last_of_key = np.append(keys[order][1:] != keys[order][:-1], True)[: len(order)]
        places = np.flatnonzero(last_of_key)
        winner = order[places[np.searchsorted(places, np.arange(len(order)))]]
        loses, same = np.zeros(len(order), bool), np.zeros(len(order), bool)
        loses[order] = ~last_of_key
        same[order] = contents[order] == contents[winner]
        return loses & ~same, loses & same


def _seconds(modified_at: str | None) -> float:
    """Put a time in order; a missing one is the oldest."""
    return -np.inf if modified_at is None else datetime.fromisoformat(modified_at).timestamp()
