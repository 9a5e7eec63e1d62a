"""Progress for people: bars on a terminal, plain lines everywhere else."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from time import monotonic

from rich import progress as bars
from rich.console import Console
from rich.text import Text

from mdm.model.progress import Advance, Progress

BETWEEN_LINES = 10.0
"""Seconds between two plain lines of one step."""


def progress_on(console: Console) -> Progress:
    """Choose how to show progress: bars if the console is a terminal, plain lines if not."""
    return Bars(console) if console.is_terminal else Lines(console)


class _Counted(bars.ProgressColumn):
    """The units that were done, of a step that counts any."""

    def render(self, task: bars.Task) -> Text:
        return Text(f"{task.completed:,.0f}" if task.completed else "")


@dataclass(frozen=True)
class Bars:
    """A bar for the running step, which leaves one line behind."""

    console: Console

    @contextmanager
    def step(self, name: str, total: int | None) -> Iterator[Advance]:
        """Show a bar until the step ends; without a total it moves."""
        columns = (
            bars.TextColumn("{task.description}"),
            bars.BarColumn(),
            _Counted(),
            bars.TimeElapsedColumn(),
        )
        with bars.Progress(*columns, console=self.console) as shown:
            task = shown.add_task(name, total=total)
            yield lambda units: shown.advance(task, units)


@dataclass(frozen=True)
class Lines:
    """A line when a step begins, one when it ends, and one about every ten seconds between."""

    console: Console

    @contextmanager
    def step(self, name: str, total: int | None) -> Iterator[Advance]:
        """Print a line at the beginning and at the end; a step that fails prints no end."""
        self.say(f"{name} ...")
        count = _Count(self, name, total)
        yield count.advance
        self.say(f"{name}: done {count.told()}")

    def say(self, text: str) -> None:
        """Print one plain line."""
        self.console.print(text, markup=False, highlight=False, soft_wrap=True)


@dataclass
class _Count:
    """How far a step is, and when that was last said."""

    lines: Lines
    name: str
    total: int | None
    done: int = 0
    began: float = field(default_factory=lambda: monotonic())
    spoke: float = field(default_factory=lambda: monotonic())

    def advance(self, units: int) -> None:
        self.done += units
        if monotonic() - self.spoke >= BETWEEN_LINES:
            self.spoke = monotonic()
            self.lines.say(f"{self.name}: {self.told()}")

    def told(self) -> str:
        """Say how far it is: `20,000 of 50,000 in 3.1 s`; what counts nothing tells its time."""
        took = f"in {monotonic() - self.began:.1f} s"
        if self.total is not None:
            return f"{self.done:,} of {self.total:,} {took}"
        return f"{self.done:,} {took}" if self.done else took
