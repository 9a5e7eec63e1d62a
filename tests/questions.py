"""An office with questions to stewards, and a steward who answers them without a browser.

`prepared`, `office`, `hub` and `ann` are fixtures, to be imported.
"""

import re
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from html import unescape
from pathlib import Path
from zlib import crc32

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from mdm.hub import Hub
from mdm.model.errors import MdmError
from mdm.model.judgements import Proposal, Shown
from mdm.model.reviews import ReviewFilter, ReviewSummary
from mdm.model.submissions import Submission
from mdm.store import Store
from tests.browsing import PASSWORD
from tests.done_once import do_once
from tests.resolving import ANN, BOB, CID, RULES, Office
from tests.steward_client import logged_in
from tests.stores import fresh, sqlite_url

DAN = {"given_name": "Dan", "date_of_birth": "1955-05-05", "email": ("ann@lee.example",)}
"""Shares Ann's e-mail: worth a review and no more."""
BOO = {"given_name": "Boo", "date_of_birth": "1951-01-01", "email": ("bob@ray.example",)}
"""Shares Bob's."""
FAY = {"given_name": "Fay", "date_of_birth": "1960-06-06", "email": ("fay@elm.example",)}
BY_DATE = {"date_of_birth": "1960-06-06"}
BY_EMAIL = {"email": ("fay@elm.example",)}
"""Fay alone holds this one and the one by date together."""
FIELD = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)">')


def asking(office: Office, *stewards: str) -> Hub:
    """Fill an office so that two questions are open: Ann and Dan, Bob and Boo."""
    hub, names = Hub(office.store, RULES), stewards or ("ann", "bob")

    def fill() -> None:
        office.begin(bank_1=ANN, shop_1=ANN, bank_2=BOB, bank_3=CID, shop_5=DAN, shop_6=BOO)
        for name in names:
            hub.users.add(name, PASSWORD)

    do_once(office.store, ("asking", names), fill)
    return hub


def take_cluster(office: Office) -> None:
    """Take three records of which one alone holds the others together."""
    office.take(bank_7=FAY, bank_8=BY_DATE, shop_9=BY_EMAIL)
    office.resolve()


def open_reviews(hub: Hub, **chosen: object) -> list[ReviewSummary]:
    """List what is asked, that of most worth first."""
    found = hub.reviews.listing(ReviewFilter(**chosen), after=None, limit=50)
    return list(found.items)


@pytest.fixture(scope="module")
def prepared(tmp_path_factory) -> Path:
    """A database with two open questions, which each test copies."""
    folder = tmp_path_factory.mktemp("asking")
    with fresh(sqlite_url(folder)) as store:
        asking(Office(store))
    (file,) = folder.glob("*.db")
    return file


@pytest.fixture
def office(prepared, tmp_path) -> Iterator[Office]:
    shutil.copy(prepared, tmp_path)
    store = Store(sqlite_url(tmp_path))
    yield Office(store)
    store.close()


@pytest.fixture
def hub(office) -> Hub:
    return Hub(office.store, RULES)


@dataclass(frozen=True)
class Steward:
    """A steward's session over HTTP, without a browser."""

    client: FlaskClient

    @classmethod
    def of(cls, hub: Hub, name: str = "ann") -> "Steward":
        return cls(logged_in(hub, name))

    def see(self, review: ReviewSummary, status: int = 200) -> str:
        """Read the page of a review."""
        answer = self.client.get(path(review))
        assert answer.status_code == status
        return answer.text

    def send(self, review: ReviewSummary, act: str, page: str | None = None, **more: object):
        """Send a form of the page, as it was when it was seen, with what the steward enters."""
        form: dict[str, object] = dict(fields(page or self.see(review)))
        return self.client.post(f"{path(review)}/{act}", data=form | more)

    def decide(
        self, review: ReviewSummary, word: str, page: str | None = None, **more: object
    ) -> TestResponse:
        """Send a decision."""
        return self.send(review, "decision", page, decision=word, **more)

    def undo(self, page: str) -> TestResponse:
        """Take the last decision back."""
        return self.client.post("/steward/undo", data=fields(page))


@pytest.fixture
def ann(hub) -> Steward:
    return Steward.of(hub)


def path(review: ReviewSummary) -> str:
    return f"/steward/reviews/{review.review_id}"


def fields(page: str) -> Mapping[str, object]:
    """Read the hidden fields of a page's forms; one that comes several times as a list."""
    found: dict[str, list[str]] = {}
    for name, text in FIELD.findall(page):
        found.setdefault(name, []).append(unescape(text))
    records = found.pop("record", [])
    return {"record": records} | {name: texts[0] for name, texts in found.items()}


def ask(hub: Hub, name: str) -> ReviewSummary:
    """Submit two records, of one e-mail and of nothing else in common: one more question.

    `name` is the key of both, and the given name of the first.
    """
    number = crc32(name.encode())
    mail = f"m{number}@lee.example"
    first = date(1930, 1, 1) + timedelta(days=number % 20_000)
    born = {"bank": first.isoformat(), "shop": (first + timedelta(days=4_321)).isoformat()}
    for source, given in (("bank", name), ("shop", f"Not {name}")):
        values = {"given_name": given, "date_of_birth": born[source], "email": [mail]}
        (done,) = hub.submit(source, [Submission(name[:200], values)])
        if isinstance(done, MdmError):
            raise done
    return next(each for each in open_reviews(hub) if done.golden_id in each.golden_ids)


def answer_all(hub: Hub) -> None:
    """Answer every open question, so that a test has those that it asks itself."""
    for each in open_reviews(hub):
        found = hub.reviews.review(each.review_id)
        parts = [
            [Shown(entry.ref) for entry in record.crosswalk] for record in found.golden_records
        ]
        hub.judge(Proposal("partition", parts, "carol", "tidying up"))
