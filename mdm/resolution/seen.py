"""What bulks saw before they took the write lock, to be used under it."""

from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Set
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Lock

from mdm.store import Transaction, changes, resolutions

_MOST_KEPT = 16
"""Bulks of which is kept what they saw; the others read again."""


@dataclass(frozen=True)
class AsOf:
    """When a snapshot was: after which publication, and after which resolution."""

    publication: int
    resolution: int

    @classmethod
    def of(cls, tx: Transaction) -> "AsOf":
        """Tell when this is."""
        return cls(changes.last(tx), resolutions.last(tx))


@dataclass(frozen=True)
class Seen:
    """What records that say this (standardised, JSON) would weigh with others, as of a snapshot.

    `beside`: with each settled record of which the pair is worth review, in micro-bits; `among`:
    with one another, all pairs that share a key.  `left_out`: settled records that were looked at
    by none, since they were to be changed themselves.
    """

    at: AsOf
    left_out: Set[int]
    beside: Mapping[str, Mapping[int, int]]
    among: Mapping[tuple[str, str], int]


class LastSeen:
    """What bulks saw with one model that are on their way; threads may share it."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._kept = deque[Seen](maxlen=_MOST_KEPT)

    @contextmanager
    def keeping(self, seen: Seen) -> Iterator[None]:
        """Remember what was seen in between."""
        with self._lock:
            self._kept.append(seen)
        try:
            yield
        finally:
            with self._lock:
                self._kept = deque((e for e in self._kept if e is not seen), _MOST_KEPT)

    def by(self, texts: Iterable[str]) -> Seen | None:
        """Give what was seen by records that say this, by one at least."""
        asked = set(texts)
        with self._lock:
            return next((e for e in self._kept if e.beside.keys() & asked), None)
