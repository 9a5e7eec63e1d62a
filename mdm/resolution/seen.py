"""What a bulk saw before it took the write lock, to be used under it."""

from collections.abc import Iterable, Iterator, Mapping, Set
from contextlib import contextmanager
from dataclasses import dataclass

from mdm.store import Transaction, changes, resolutions


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
    """What the bulk saw with one model that is on its way; threads may share it.

    A process is at one bulk at a time.
    """

    def __init__(self) -> None:
        self._kept: Seen | None = None

    @contextmanager
    def keeping(self, seen: Seen) -> Iterator[None]:
        """Remember what was seen in between."""
        self._kept = seen
        try:
            yield
        finally:
            self._kept = None

    def by(self, texts: Iterable[str]) -> Seen | None:
        """Give what was seen by records that say this, by one at least."""
        seen = self._kept
        return seen if seen is not None and not seen.beside.keys().isdisjoint(texts) else None
