"""How long each stage of a run takes."""

from collections.abc import Iterator
from contextlib import contextmanager
from time import perf_counter

from mdm.model.progress import Progress


class Stages:
    """Times stages by name and shows each as a step of the progress."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self.seconds: dict[str, float] = {}

    @contextmanager
    def of(self, name: str) -> Iterator[None]:
        """Run a stage; its time is noted when it ends well."""
        started = perf_counter()
        with self._progress.step(name, None):
            yield
        self.seconds[name] = perf_counter() - started
