"""A real `mdm serve` for tests, its workers found through /proc, and commands beside it."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Thread

import pytest

MDM = Path(sys.executable).with_name("mdm")
SECONDS_TO_END = 60
_ESTABLISHED = "01"


@dataclass(frozen=True)
class Server:
    """A server that runs: the process ID of gunicorn's master, its port on loopback, its log."""

    pid: int
    port: int
    said: Sequence[str]

    def workers(self) -> list[int]:
        """List the master's children, oldest first."""
        children = Path(f"/proc/{self.pid}/task/{self.pid}/children")
        return [int(pid) for pid in children.read_text(encoding="ascii").split()]

    def booted(self) -> int:
        """Count the workers that it ever started."""
        return sum("Booting worker" in line for line in self.said)

    def worker_of(self, port: int) -> int | None:
        """Find the worker that is connected with the client at a port; None when there is none."""
        sockets = set(self._connections(port))
        return next((pid for pid in self.workers() if sockets & _opened(pid)), None)

    def _connections(self, port: int) -> Iterator[str]:
        for line in Path("/proc/net/tcp").read_text(encoding="ascii").splitlines()[1:]:
            fields = line.split()
            local, remote = (int(address.partition(":")[2], 16) for address in fields[1:3])
            if (local, remote, fields[3]) == (self.port, port, _ESTABLISHED):
                yield f"socket:[{fields[9]}]"


def _opened(pid: int) -> set[str]:
    """Name what a process has open; nothing of one that has ended."""
    found = set()
    with suppress(OSError):
        for file in Path(f"/proc/{pid}/fd").iterdir():
            found.add(str(file.readlink()))
    return found


@contextmanager
def serving(url: str, *, workers: int) -> Iterator[Server]:
    """Serve a database until the context ends.

    It listens when the context begins: requests wait for the first worker that is ready.
    """
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with mdm(url, "serve", "--port", str(port), "--workers", str(workers)) as master:
        said: list[str] = []
        for line in master.stdout:
            said.append(line)
            if "Listening at" in line:
                break
        else:
            pytest.fail("".join(said))
        listener = Thread(target=said.extend, args=(master.stdout,))
        listener.start()
        try:
            yield Server(master.pid, port, said)
        finally:
            _end(master)
            listener.join()
            print("".join(said))
    assert master.returncode == 0


def _end(master: subprocess.Popen[str]) -> None:
    master.terminate()
    try:
        master.wait(SECONDS_TO_END)
    except subprocess.TimeoutExpired:
        master.kill()


def mdm(url: str, *arguments: str) -> subprocess.Popen[str]:
    """Start the command over a database; what it says comes through one pipe."""
    settings = {**os.environ, "MDM_DATABASE_URL": url}
    settings.pop("MDM_RULES", None)
    return subprocess.Popen(
        [str(MDM), *arguments],
        env=settings,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
