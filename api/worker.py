"""gunicorn's worker, which takes no more connections than others do, and answers with problems.

A request that cannot be read never reaches the application; gunicorn itself would answer with a
page of HTML and log the line, which may hold what somebody searched for.
"""

from contextlib import suppress
from http import HTTPStatus
from socket import socket
from typing import Any

from gunicorn.http.errors import (  # type: ignore[import-untyped]
    ConfigurationProblem,
    ExpectationFailed,
    ForbiddenProxyRequest,
    LimitRequestHeaders,
    LimitRequestLine,
    ParseException,
    UnsupportedTransferCoding,
)
from gunicorn.workers.gthread import ThreadWorker  # type: ignore[import-untyped]

from api.balance import Turn
from api.problems import answer_status
from api.security import HEADERS

_UNREADABLE = (HTTPStatus.BAD_REQUEST, "the request is no HTTP that can be read: correct it")
_REFUSED = {
    ConfigurationProblem: (
        HTTPStatus.BAD_REQUEST,
        "the address is outside of what is served here: begin it with the service's own path",
    ),
    LimitRequestLine: (
        HTTPStatus.REQUEST_URI_TOO_LONG,
        "the request line is too long: make the address shorter",
    ),
    LimitRequestHeaders: (
        HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE,
        "the headers are too many or too long: send fewer",
    ),
    ExpectationFailed: (
        HTTPStatus.EXPECTATION_FAILED,
        "nothing but `Expect: 100-continue` is understood: leave it out",
    ),
    ForbiddenProxyRequest: (
        HTTPStatus.FORBIDDEN,
        "this proxy may not send requests: send them from one that may",
    ),
    UnsupportedTransferCoding: (
        HTTPStatus.NOT_IMPLEMENTED,
        "no transfer coding but `chunked` is understood: send it plain",
    ),
}


class Worker(ThreadWorker):  # type: ignore[misc]
    """Takes connections in turn, and answers as the API does where a request is refused before it.

    `turn` is given to it before the fork; without one it takes whatever it is offered.
    """

    turn: Turn | None = None

    def accept(self, listener: socket) -> None:
        """Take a connection, unless another worker has fewer; it stays offered to both then."""
        if self.turn is None or self.turn.has_come(self.nr_conns):
            super().accept(listener)
            self._tell()

    def notify(self) -> None:
        """Say that it lives, as in each round of its loop, and how many connections it has."""
        super().notify()
        self._tell()

    def _tell(self) -> None:
        if self.turn is not None:
            self.turn.tell(self.nr_conns if self._accepting else None)

    def handle_error(self, req: Any, client: socket, addr: Any, exc: Exception) -> None:  # noqa: ANN401
        """Refuse an unreadable request; all other errors are gunicorn's own."""
        if not isinstance(exc, ParseException):
            super().handle_error(req, client, addr, exc)
            return
        status, detail = _REFUSED.get(type(exc), _UNREADABLE)
        self.log.warning("a request was refused: %s", type(exc).__name__)
        with suppress(OSError):  # who sent it may be gone
            client.sendall(_written(status, detail))


def _written(status: HTTPStatus, detail: str) -> bytes:
    """Write the whole answer, after which the connection is closed."""
    answer = answer_status(status, detail)
    body = answer.get_data()
    headers = {**dict(HEADERS), **dict(answer.headers), "Connection": "close"}
    lines = [f"HTTP/1.1 {status.value} {status.phrase}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode("ascii") + body
