"""Asking a real server: over one connection that is kept, and may break."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, IncompleteRead

SECONDS_TO_ANSWER = 120


@dataclass(frozen=True)
class Answer:
    """An answer as far as it came; `broken` when the connection broke before its end."""

    status: int | None = None
    body: bytes = b""
    broken: bool = False
    retry_after: str | None = None

    @property
    def json(self) -> dict:
        return json.loads(self.body)

    def lines(self) -> Iterator[dict]:
        """Read the lines that came whole."""
        for line in self.body.splitlines(keepends=True):
            if line.endswith(b"\n"):
                yield json.loads(line)


class Asking:
    """Asks one thing after the other; `seen` counts answers of 503 and broken connections.

    `port` is the client's own, at which the last answer came.
    """

    def __init__(self, port: int, seen: Counter[str]) -> None:
        self._connection = HTTPConnection("127.0.0.1", port, timeout=SECONDS_TO_ANSWER)
        self._seen = seen
        self.port = 0

    def close(self) -> None:
        self._connection.close()

    def ask(self, method: str, path: str, body: object = None, **headers: str) -> Answer:
        """Ask until the answer is another one than 503 `busy`, or the connection breaks.

        A list is sent as JSON Lines.
        """
        written = None if body is None else _written(body)
        kind = "application/x-ndjson" if isinstance(body, list) else "application/json"
        while True:
            answer = self._send(method, path, written, {"Content-Type": kind, **headers})
            if answer.status != 503:
                return answer
            assert answer.retry_after is not None
            self.was_busy(answer.json)

    def was_busy(self, problem: Mapping) -> None:
        """Note that nothing was taken, for want of time."""
        assert problem["type"] == "/problems/busy", problem
        self._seen["busy"] += 1

    def read(self, path: str) -> Answer:
        """Read, whichever worker answers in the end."""
        while (answer := self.ask("GET", path)).broken:
            pass
        return answer

    def _send(self, method: str, path: str, body: str | None, headers: dict[str, str]) -> Answer:
        answer = None
        try:
            self._connection.request(method, path, body, headers)
            self.port = self._connection.sock.getsockname()[1]
            answer = self._connection.getresponse()
            said = Answer(answer.status, answer.read(), retry_after=answer.headers["Retry-After"])
        except (TimeoutError, ConnectionRefusedError):
            raise  # it hangs, or is gone
        except IncompleteRead as error:
            said = Answer(answer.status, error.partial, broken=True)
        except (HTTPException, OSError):
            said = Answer(broken=True)
        if said.broken:
            self._connection.close()
            self._seen["broken"] += 1
        return said


def _written(body: object) -> str:
    if isinstance(body, list):
        return "\n".join(map(json.dumps, body))
    return json.dumps(body)
