"""Take the pictures of the pages for docs/images, of the demo's bank: `screenshots.py`.

Each page light and wide, dark and wide, light and narrow.  `make demo SERVE=0` must have been run.
"""

import os
import shutil
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from mdm.cli.opening import open_hub
from tests.browsing import ALONE, PASSWORD, Desk
from tests.served import serving

ROOT = Path(__file__).parent.parent
IMAGES = ROOT / "docs" / "images"
BANK = ROOT / "demo" / "data" / "mdm.db"
LOOKS = {"light": (False, 1280), "dark": (True, 1280), "narrow": (False, 400)}
TALLEST = 1600
"""Pixels; the rest of a longer page is left out."""


def as_it_is(_: Page) -> None:
    """Stay at the queue, which the login leads to."""


def next_review(page: Page) -> None:
    """Go to the first review."""
    page.get_by_role("button", name="Review the next one").click()


def next_cluster(page: Page) -> None:
    """Go to the first review of one golden record."""
    _to(page, "/steward/queue?kind=cluster")
    next_review(page)


def golden_record(page: Page) -> None:
    """Go to the first golden record of the first review."""
    next_review(page)
    page.locator(".sides thead a").first.evaluate("link => link.click()")
    page.wait_for_url("**/golden-records/**")


def pins(page: Page) -> None:
    """Go to the pins of that golden record, and choose an attribute."""
    golden_record(page)
    page.goto(f"{page.url}/pins?attribute=postal_code")


def find(page: Page) -> None:
    """Look for somebody by a misspelt name and a birth year."""
    _to(page, "/steward/find?q=robbert+ellis+1959")


def overview(page: Page) -> None:
    """Go to the overview."""
    _to(page, "/steward/overview")


def bulk(page: Page) -> None:
    """Survey what could be accepted at once."""
    _to(page, "/steward/bulk?kind=match&min_weight=0")
    page.get_by_role("button", name="Count them").click()
    page.wait_for_url("**/bulk/*")


def _to(page: Page, path: str) -> None:
    page.goto(page.url.partition("/steward")[0] + path)


PAGES: dict[str, Callable[[Page], None]] = {
    "queue": as_it_is,
    "review": next_review,
    "cluster": next_cluster,
    "golden": golden_record,
    "pins": pins,
    "find": find,
    "overview": overview,
    "bulk": bulk,
}


def main() -> int:
    """Take all pictures anew."""
    if not BANK.exists():
        print("there is no bank yet: run `make demo SERVE=0`", file=sys.stderr)
        return 1
    IMAGES.mkdir(exist_ok=True)
    program = os.environ.get("MDM_CHROMIUM") or shutil.which("chromium")
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        url = f"sqlite:///{shutil.copy(BANK, folder)}"
        os.environ["MDM_DATABASE_URL"] = url
        hub = open_hub()
        hub.init()
        hub.users.add("ann", PASSWORD)
        browser = playwright.chromium.launch(executable_path=program, args=list(ALONE))
        with serving(url, workers=1) as server:
            for look, (dark, width) in LOOKS.items():
                for name, go in PAGES.items():
                    context = browser.new_context(
                        color_scheme="dark" if dark else "light",
                        viewport={"width": width, "height": 900},
                    )
                    desk = Desk(context.new_page(), f"http://127.0.0.1:{server.port}")
                    desk.log_in("ann")
                    go(desk.page)
                    _take(desk.page, IMAGES / f"{name}-{look}.png", width)
                    context.close()
        browser.close()
    return 0


def _take(page: Page, file: Path, width: int) -> None:
    page.wait_for_load_state("networkidle")
    tall = page.evaluate("document.documentElement.scrollHeight")
    page.set_viewport_size({"width": width, "height": min(tall, TALLEST)})
    page.screenshot(path=file)


if __name__ == "__main__":
    sys.exit(main())
