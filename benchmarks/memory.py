"""How much memory a process and everything that it started hold at most, read from /proc."""

import os
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path

EVERY_SECONDS = 0.1
_PAGE = os.sysconf("SC_PAGE_SIZE")
_PROC = Path("/proc")


def run_measured(command: Sequence[str], *, cwd: Path) -> int:
    """Run a command and give the peak of its process tree's resident memory, in bytes.

    A page that two processes share counts twice.  CalledProcessError when the command fails.
    """
    peak = 0
    with subprocess.Popen(command, cwd=cwd) as process:  # noqa: S603  (our own command)
        while True:
            peak = max(peak, sum(_resident(pid) for pid in _tree(process.pid)))
            try:
                status = process.wait(EVERY_SECONDS)
                break
            except subprocess.TimeoutExpired:
                continue
    if status:
        raise subprocess.CalledProcessError(status, command)
    return peak


def _tree(pid: int) -> Iterator[int]:
    """Give a process and all its descendants; those that end meanwhile may be missing."""
    yield pid
    for children in _PROC.glob(f"{pid}/task/*/children"):
        try:
            found = children.read_text().split()
        except OSError:
            continue
        for child in found:
            yield from _tree(int(child))


def _resident(pid: int) -> int:
    try:
        return int((_PROC / str(pid) / "statm").read_text().split()[1]) * _PAGE
    except OSError:
        return 0
