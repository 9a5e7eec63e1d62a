"""A client in a process of its own: `python -m benchmarks.client PORT FILE`.

Reads calls from the file (a JSON object a line), says `ready`, waits for a line on its standard
input, makes the calls one after the other over one connection that is kept alive, and writes what
it measured to `FILE.measured`.  It stops at the first answer that is not 2xx.
"""

import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from time import perf_counter
from typing import Any

import orjson

HOST = "127.0.0.1"
TIMEOUT = 3_600
"""Seconds; the large body takes minutes."""
LINES = "application/x-ndjson"


class UnexpectedAnswer(Exception):
    """An answer was not 2xx; the message names the method, the status and the problem."""


@dataclass(frozen=True)
class Call:
    """One request."""

    method: str
    path: str
    body: str | None = None
    content_type: str = "application/json"


@dataclass
class Client:
    """What one client measured: seconds of each call, and a word that each answer says.

    `began` and `ended` are of the clock that all processes of a machine share.
    """

    seconds: list[float] = field(default_factory=list)
    told: list[str] = field(default_factory=list)
    began: float = 0.0
    ended: float = 0.0
    failed: str | None = None

    def run(self, port: int, calls: list[Call]) -> None:
        """Make the calls; UnexpectedAnswer at the first that fails."""
        connection = HTTPConnection(HOST, port, timeout=TIMEOUT)
        connection.connect()
        self.began = perf_counter()
        for call in calls:
            started = perf_counter()
            headers = {} if call.body is None else {"Content-Type": call.content_type}
            body = None if call.body is None else call.body.encode()
            connection.request(call.method, call.path, body, headers)
            answer = connection.getresponse()
            content = answer.read()
            self.seconds.append(perf_counter() - started)
            self.told.append(_told(call, answer, content))
        self.ended = perf_counter()
        connection.close()


def _told(call: Call, answer: HTTPResponse, content: bytes) -> str:
    """Check an answer, or each line of one, and say its outcome or golden ID, or how many lines."""
    if call.content_type != LINES or answer.status != 200:
        found = orjson.loads(content)
        _check(call, answer.status, found)
        (first,) = found.get("items", [])[:1] or [found]
        return str(first.get("outcome") or first.get("golden_id"))
    lines = [orjson.loads(line) for line in content.splitlines()]
    for line in lines:
        _check(call, line["status"], line)
    return str(len(lines))


def _check(call: Call, status: int, found: dict[str, Any]) -> None:
    if not 200 <= status < 300:
        raise UnexpectedAnswer(f"{call.method} was answered {status}: {found.get('title')}")


def read_calls(file: Path) -> Iterator[Call]:
    """Read the calls of a file."""
    for line in file.read_bytes().splitlines():
        yield Call(**orjson.loads(line))


def main(port: int, file: Path) -> int:
    """Be one client; exit status 1 when an answer was not 2xx."""
    calls, client = list(read_calls(file)), Client()
    print("ready", flush=True)
    sys.stdin.readline()
    try:
        client.run(port, calls)
    except UnexpectedAnswer as error:
        client.failed = str(error)
    file.with_suffix(".measured").write_bytes(orjson.dumps(client))
    return client.failed is not None


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), Path(sys.argv[2])))
