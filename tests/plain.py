"""Requests as bytes over a plain socket: what a client library would not send."""

import json
import socket
from collections.abc import Iterator
from http.client import HTTPResponse
from pathlib import Path

from tests import stores
from tests.resolving import ANN, Office
from tests.served import Server, serving

RECORD = "/v1/sources/bank/records/7"
BODY = b'{"attributes": {"given_name": "Hildegard"}}'


def served_office(folder: Path) -> Iterator[Server]:
    """Serve a resolved store in a folder."""
    url = stores.sqlite_url(folder)
    with stores.fresh(url) as store:
        office = Office(store)
        office.begin(bank_1=ANN)
        with serving(url, workers=1) as server:
            yield server


def sent(port: int, request: bytes, *, ended: bool = False) -> tuple[HTTPResponse, bytes]:
    """Send bytes as they are, the last ones that there will be if `ended`; gives the answer."""
    with socket.create_connection(("127.0.0.1", port), timeout=30) as connection:
        connection.sendall(request)
        if ended:
            connection.shutdown(socket.SHUT_WR)
        answer = HTTPResponse(connection)
        answer.begin()
        return answer, answer.read()


def asked(method: str, path: str, *headers: str, body: bytes = b"") -> bytes:
    """Write a request; the headers that are no others are the caller's."""
    lines = [f"{method} {path} HTTP/1.1", "Host: x", "Content-Type: application/json", *headers]
    return "\r\n".join([*lines, "", ""]).encode() + body


def problem(answer: tuple[HTTPResponse, bytes], status: int) -> dict:
    """Read a problem document, and hold its status against the expected one."""
    response, body = answer
    assert response.headers["Content-Type"] == "application/problem+json", body
    found = json.loads(body)
    assert response.status == found["status"] == status, found
    return found
