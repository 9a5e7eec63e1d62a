"""How a long step tells how far it is, without knowing who listens."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Protocol

Advance = Callable[[int], None]
"""Called with the number of units (rows, pairs, ...) that were done since the last call."""


class Progress(Protocol):
    """Somebody who wants to know how far a step is: a terminal, a log, nobody."""

    def step(self, name: str, total: int | None) -> AbstractContextManager[Advance]:
        """Begin a step; it ends when the context does.

        `total` is the number of units that it will take, None when that is not known.
        """
        ...


class Silent:
    """Progress that nobody listens to."""

    @contextmanager
    def step(self, name: str, total: int | None) -> Iterator[Advance]:  # noqa: ARG002
        """Run the step and say nothing."""
        yield lambda _units: None


SILENT: Progress = Silent()
