"""Progress: bars on a terminal, plain lines elsewhere, nothing for nobody."""

import re
from io import StringIO

import pytest
from rich.console import Console

from mdm.model.progress import SILENT
from mdm.progress import progress_on


def run(*, terminal: bool) -> str:
    written = StringIO()
    with progress_on(Console(file=written, force_terminal=terminal, width=80)).step("read a", 50):
        pass
    return written.getvalue()


def test_without_a_terminal_a_step_prints_a_line_at_its_beginning_and_its_end():
    written = StringIO()
    progress = progress_on(Console(file=written, force_terminal=False))
    with progress.step("read [shop]", 2000) as advance:
        advance(1500)
        advance(500)
    first, last = written.getvalue().splitlines()
    assert first == "read [shop] ..."
    assert last.startswith("read [shop]: done 2,000 of 2,000 in ")


def test_a_step_that_counts_nothing_tells_its_time_alone():
    written = StringIO()
    with progress_on(Console(file=written, force_terminal=False)).step("score", None):
        pass
    assert re.fullmatch(r"score: done in \d+\.\d s", written.getvalue().splitlines()[-1])


def test_a_long_step_prints_a_line_about_every_ten_seconds(monkeypatch):
    clock = iter(range(0, 1000, 6))
    monkeypatch.setattr("mdm.progress.monotonic", lambda: float(next(clock)))
    written = StringIO()
    with progress_on(Console(file=written, force_terminal=False)).step("take", None) as advance:
        for _ in range(4):
            advance(10)
    assert len(written.getvalue().splitlines()) > 2


def test_a_step_that_fails_does_not_say_that_it_is_done():
    written = StringIO()
    with (
        pytest.raises(ValueError, match="broken"),
        progress_on(Console(file=written, force_terminal=False)).step("read", None),
    ):
        raise ValueError("broken")
    assert written.getvalue() == "read ...\n"


def test_on_a_terminal_there_is_a_bar():
    assert "\x1b[" in run(terminal=True)
    assert "\x1b[" not in run(terminal=False)


def test_nobody_hears_silent_progress():
    with SILENT.step("read", 10) as advance:
        advance(10)
