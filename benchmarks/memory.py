"""How much memory a process and everything that it started hold at most, read from /proc."""

import os
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread

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
            peak = max(peak, _held(process.pid))
            try:
                status = process.wait(EVERY_SECONDS)
                break
            except subprocess.TimeoutExpired:
                continue
    if status:
        raise subprocess.CalledProcessError(status, command)
    return peak


@contextmanager
def peak_of(pid: int) -> Iterator[list[int]]:
    """Watch a process that runs already; its tree's peak in bytes is in the list at the end."""
    found, done = [_held(pid)], Event()

    def watch() -> None:
        while not done.wait(EVERY_SECONDS):
            found[0] = max(found[0], _held(pid))

    watcher = Thread(target=watch)
    watcher.start()
    try:
        yield found
    finally:
        done.set()
        watcher.join()


def _held(pid: int) -> int:
    return sum(map(_resident, _tree(pid)))


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
