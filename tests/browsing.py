"""A real browser before a real server: stewards' desks, what they see, what breaks.

The browser is Debian's Chromium, or the one that MDM_CHROMIUM names.
"""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, sync_playwright

from mdm.hub import Hub
from mdm.store import Store
from tests import stores
from tests.served import Server, serving
from tests.world_tables import RULES

PASSWORD = "correct horse battery"
AXE = Path(__file__).parent / "vendor" / "axe-core-4.14.1" / "axe.min.js"
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
WIDE, NARROW = 1280, 400
HOW_TO_GET_ONE = (
    "there is no Chromium for tests: install it (on Debian: apt-get install chromium), "
    "or name one in MDM_CHROMIUM"
)
ALONE = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
"""Chromium as root, and asking nobody but the server."""


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One browser for all tests of this worker."""
    program = os.environ.get("MDM_CHROMIUM") or shutil.which("chromium")
    if program is None:
        stores.refuse_or_skip(HOW_TO_GET_ONE)
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=program, args=list(ALONE))
        yield started
        started.close()


@dataclass
class Desk:
    """A steward before a page.  `wrong` lists what no page may do: errors, requests elsewhere."""

    page: Page
    root: str
    wrong: list[str] = field(default_factory=list)
    expected: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        self.page.set_default_timeout(20_000)
        self.page.on("console", self._said)
        self.page.on("pageerror", lambda error: self.wrong.append(str(error)))
        self.page.on("request", self._asked)

    def expects(self, *statuses: int) -> None:
        """Take answers of these statuses for right from now on: Chromium logs them as errors."""
        self.expected = statuses

    def _said(self, message: ConsoleMessage) -> None:
        is_expected = any(f"status of {status}" in message.text for status in self.expected)
        if message.type in ("error", "warning") and not is_expected:
            self.wrong.append(message.text)

    def _asked(self, request: Request) -> None:
        if not request.url.startswith((self.root, "data:")):
            self.wrong.append(f"asks {request.url}")

    def open(self, path: str) -> None:
        """Go to a page of the service."""
        self.page.goto(self.root + path)

    def log_in(self, name: str, password: str = PASSWORD) -> None:
        """Log in on the page that asks for it."""
        if not self.page.url.startswith(f"{self.root}/steward/login"):
            self.open("/steward/login")
        self.page.get_by_label("Name").fill(name)
        self.page.get_by_label("Password").fill(password)
        with self.page.expect_navigation():
            self.page.get_by_role("button", name="Log in").click()

    def heading(self) -> str:
        """Read what the page is headed."""
        return self.page.locator("h1").inner_text()

    def violations(self) -> list[str]:
        """List where the page breaks WCAG 2.2 AA, by axe-core."""
        self.page.evaluate(_axe())
        asked = {"runOnly": {"type": "tag", "values": WCAG}}
        found = self.page.evaluate("asked => axe.run(document, asked)", asked)
        return [
            f"{rule['id']}: {node['target']} {node['failureSummary']}"
            for rule in found["violations"]
            for node in rule["nodes"]
        ]

    def too_wide(self) -> list[str]:
        """List the elements that stick out of the window, but for those that scroll by themselves.

        Nothing when the page fits.
        """
        found: list[str] = self.page.evaluate(_TOO_WIDE)
        return found


_TOO_WIDE = """() => {
  const width = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= width) return [];
  return [...document.querySelectorAll('body *')]
    .filter(each => each.getBoundingClientRect().right > width + 1 && !each.closest('.scroll'))
    .map(each => each.outerHTML.slice(0, 120));
}"""


@cache
def _axe() -> str:
    return AXE.read_text(encoding="utf-8")


@dataclass(frozen=True)
class Desks:
    """Gives desks before one server."""

    browser: Browser
    root: str
    server: Server

    @contextmanager
    def desk(
        self,
        name: str | None = "ann",
        *,
        scripts: bool = True,
        dark: bool = False,
        width: int = WIDE,
    ) -> Iterator[Desk]:
        """A desk of its own, where somebody has logged in (None: nobody); nothing may go wrong."""
        context = self.browser.new_context(
            java_script_enabled=scripts,
            color_scheme="dark" if dark else "light",
            viewport={"width": width, "height": 900},
        )
        try:
            desk = Desk(context.new_page(), self.root)
            if name is not None:
                desk.log_in(name)
            yield desk
        finally:
            context.close()
        assert desk.wrong == []


@contextmanager
def desks_at(browser: Browser, url: str) -> Iterator[Desks]:
    """Serve a database with one worker, for desks."""
    with serving(url, workers=1) as server:
        yield Desks(browser, f"http://127.0.0.1:{server.port}", server)


def with_stewards(store: Store, *names: str) -> Hub:
    """Open a store in which these stewards may log in."""
    hub = Hub(store, RULES)
    for name in names:
        hub.users.add(name, PASSWORD)
    return hub
