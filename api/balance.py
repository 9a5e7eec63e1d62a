"""Which worker takes a new connection: the one that has the fewest.

Connections are kept alive, so who took one serves all that is asked over it.  Left to chance, one
of two workers often gets seven or all of eight connections: 550 to 720 golden records a second
instead of 1,400 to 1,800 (2026-11-27, two cores).
"""

from mmap import mmap
from time import monotonic

LONGEST_WAIT = 0.5
"""Seconds that a connection waits for a worker with fewer, which may be stuck."""
_ABSENT = -1


class Connections:
    """How many connections each worker has, in memory that processes share after a fork.

    A worker has a place from before its fork until its end was noticed.  The parent alone gives
    places, and a worker alone writes at its own, so nothing needs a lock.
    """

    def __init__(self, places: int) -> None:
        self._counts = memoryview(mmap(-1, 4 * places)).cast("i")
        self._free = set(range(places))
        for place in self._free:
            self._counts[place] = _ABSENT

    def join(self) -> int | None:
        """Give a place to a worker that is about to begin; None when all are taken."""
        return self._free.pop() if self._free else None

    def leave(self, place: int) -> None:
        """Take the place of a worker that has ended."""
        self._counts[place] = _ABSENT
        self._free.add(place)

    def tell(self, place: int, count: int | None) -> None:
        """Say how many connections a worker has; None when it takes none now."""
        self._counts[place] = _ABSENT if count is None else count

    def fewest_beside(self, place: int) -> int | None:
        """Tell how few another worker has; None where no other takes any."""
        others = (count for at, count in enumerate(self._counts) if at != place)
        return min((count for count in others if count != _ABSENT), default=None)


class Turn:
    """Whether a worker takes the connection that it is offered, or leaves it to another."""

    def __init__(self, connections: Connections, place: int) -> None:
        self._connections = connections
        self.place = place
        self._began = self._last = -LONGEST_WAIT

    def has_come(self, count: int) -> bool:
        """Tell whether a worker with so many connections should take one more.

        It is asked again and again while nobody takes the connection, and takes it in the end.
        """
        fewest = self._connections.fewest_beside(self.place)
        if fewest is None or count <= fewest:
            return True
        now = monotonic()
        if now - self._last > LONGEST_WAIT:
            self._began = now
        self._last = now
        return now - self._began > LONGEST_WAIT

    def tell(self, count: int | None) -> None:
        """Say how many connections the worker has; None when it takes none now."""
        self._connections.tell(self.place, count)
