"""A steward at work without a browser, over one connection that is kept: what a benchmark times."""

import re
from collections.abc import Mapping
from html import unescape
from http.client import HTTPConnection
from time import perf_counter
from urllib.parse import urlencode

from benchmarks.client import HOST, UnexpectedAnswer

SECONDS_TO_ANSWER = 60
_FIELD = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)">')
_FORM = "application/x-www-form-urlencoded"


class SteadyDesk:
    """A session; `seconds` holds, by what was done, how long each answer took."""

    def __init__(self, port: int, name: str, password: str) -> None:
        self._connection = HTTPConnection(HOST, port, timeout=SECONDS_TO_ANSWER)
        self._cookie = ""
        self.seconds: dict[str, list[float]] = {}
        form = {**_fields(self.get("/steward/login")), "name": name, "password": password}
        self._send("POST", "/steward/login", form)

    def get(self, path: str, named: str | None = None) -> str:
        """Read a page, and note the time under a name."""
        began = perf_counter()
        page = self._send("GET", path)[0]
        self._note(named, began)
        return page

    def post(self, path: str, page: str, named: str, **entered: str) -> tuple[str, str]:
        """Send a form of a page and read the page that it leads to; gives its path and itself.

        The time is that of both.
        """
        records = [text for name, text in _hidden(page) if name == "record"]
        form: dict[str, object] = {**_fields(page), "record": records, **entered}
        began = perf_counter()
        _, location = self._send("POST", path, form)
        if location is None:
            raise UnexpectedAnswer(f"POST {path} leads nowhere")
        found = self._send("GET", location)[0]
        self._note(named, began)
        return location, found

    def _note(self, named: str | None, began: float) -> None:
        if named is not None:
            self.seconds.setdefault(named, []).append(perf_counter() - began)

    def _send(
        self, method: str, path: str, form: Mapping[str, object] | None = None
    ) -> tuple[str, str | None]:
        headers = {"Cookie": self._cookie}
        body = None
        if form is not None:
            body, headers["Content-Type"] = urlencode(form, doseq=True), _FORM
        self._connection.request(method, path, body, headers)
        answer = self._connection.getresponse()
        text = answer.read().decode()
        if answer.status not in (200, 303):
            raise UnexpectedAnswer(f"{method} {path}: {answer.status}")
        cookie = answer.headers["Set-Cookie"]
        if cookie:
            self._cookie = cookie.partition(";")[0]
        return text, answer.headers["Location"]


def _hidden(page: str) -> list[tuple[str, str]]:
    return [(name, unescape(text)) for name, text in _FIELD.findall(page)]


def _fields(page: str) -> dict[str, str]:
    return {name: text for name, text in _hidden(page) if name != "record"}
