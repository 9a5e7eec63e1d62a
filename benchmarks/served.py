"""A real `mdm serve` for a benchmark, and clients that ask it: each a process of its own."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import orjson

from benchmarks.client import HOST, Call, UnexpectedAnswer

ROOT = Path(__file__).parent.parent
WORKERS = os.cpu_count() or 1
BETWEEN_LOOKS = 0.1
SECONDS_TO_END = 60


@dataclass(frozen=True)
class Measured:
    """Calls that were made: seconds of each, of all together, and what the answers said."""

    seconds: Sequence[float]
    wall: float
    told: Sequence[str]

    @property
    def p50(self) -> float:
        """Milliseconds that half of the calls took at most."""
        return float(np.percentile(self.seconds, 50)) * 1_000

    @property
    def p99(self) -> float:
        """Milliseconds that 99 of 100 took at most."""
        return float(np.percentile(self.seconds, 99)) * 1_000

    @property
    def slowest(self) -> float:
        """Milliseconds that the slowest took."""
        return max(self.seconds) * 1_000

    @property
    def rate(self) -> float:
        """Calls a second, of all clients together."""
        return len(self.seconds) / self.wall


@dataclass(frozen=True)
class Server:
    """A server that runs: its process and its port on loopback."""

    pid: int
    port: int

    def ask(self, calls: Sequence[Call], *, clients: int = 1) -> Measured:
        """Make the calls with so many clients that begin together; each takes its share in turn.

        UnexpectedAnswer when an answer is not 2xx.
        """
        with TemporaryDirectory() as folder, ExitStack() as running:
            files = [Path(folder) / f"{number}.calls" for number in range(clients)]
            started = []
            for number, file in enumerate(files):
                file.write_bytes(b"\n".join(map(orjson.dumps, calls[number::clients])))
                started.append(running.enter_context(_client(self.port, file)))
            for client in started:
                next(iter(client.stdout or ()))  # it is ready
            for client in started:
                print("go", file=client.stdin, flush=True)
            for client in started:
                client.wait()
            return _together([orjson.loads(f.with_suffix(".measured").read_bytes()) for f in files])


def _together(each: list[dict[str, Any]]) -> Measured:
    for client in each:
        if client["failed"]:
            raise UnexpectedAnswer(client["failed"])
    return Measured(
        seconds=[took for client in each for took in client["seconds"]],
        wall=max(client["ended"] for client in each) - min(client["began"] for client in each),
        told=[word for client in each for word in client["told"]],
    )


@contextmanager
def _client(port: int, file: Path) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", "benchmarks.client", str(port), str(file)]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=ROOT, stdin=pipe, stdout=pipe, text=True) as client:  # noqa: S603
        try:
            yield client
        finally:
            client.kill()


@contextmanager
def serving(url: str, log: Path) -> Iterator[Server]:
    """Serve a database with a worker for each core until the context ends, errors too.

    Ready when `/readyz` says so; nothing is warmed up beside.  What it says goes to the file.
    """
    with socket.create_server((HOST, 0)) as free:
        port = free.getsockname()[1]
    mdm = Path(sys.executable).with_name("mdm")
    command = [str(mdm), "serve", "--port", str(port), "--workers", str(WORKERS)]
    settings = {**os.environ, "MDM_DATABASE_URL": url}
    settings.pop("MDM_RULES", None)
    with (
        log.open("wb") as said,
        subprocess.Popen(command, env=settings, stdout=said, stderr=said) as process,  # noqa: S603
    ):
        try:
            _wait_until_ready(process, port, log)
            yield Server(process.pid, port)
        finally:
            _end(process)


def _wait_until_ready(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    while not _is_ready(port):
        try:
            process.wait(BETWEEN_LOOKS)
        except subprocess.TimeoutExpired:
            continue
        raise ChildProcessError(f"the server ended: {log.read_text(encoding='utf-8')}")


def _is_ready(port: int) -> bool:
    connection = HTTPConnection(HOST, port, timeout=SECONDS_TO_END)
    try:
        connection.request("GET", "/readyz")
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(SECONDS_TO_END)
    except subprocess.TimeoutExpired:
        process.kill()
