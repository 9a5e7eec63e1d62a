"""What a person or an application waits for reads by index, however many records there are.

Each act runs on a real SQLite database, which tells every statement as it runs; the plan of each is
read afterwards.
"""

import re
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
import sqlalchemy as sa
from sqlalchemy.pool import Pool

from mdm.model.errors import MdmError
from mdm.model.judgements import Proposal, Shown
from mdm.model.pins import Pinning
from mdm.model.records import RecordRef
from mdm.model.reviews import ReviewFilter, ReviewSummary
from mdm.model.submissions import Submission
from tests.questions import Steward, ann, hub, office, open_reviews, prepared
from tests.resolving import ANN
from tests.seeing import seen_ahead

__all__ = ["ann", "hub", "office", "prepared"]  # fixtures

SCAN = re.compile(r"SCAN (\w+)")
NAMED = re.compile(r"\b(?:FROM|JOIN|UPDATE)\s+(\w+)(?:\s+(?:AS\s+)?(\w+))?")
MANY = {
    "record",
    "record_version",
    "standardised",
    "blocking_key",
    "pair",
    "crosswalk",
    "golden_id",
    "golden_record",
    "search_key",
    "change",
    "act",
    "act_evidence",
    "review",
    "closed_review",
    "judgement",
    "judgement_member",
}
"""The tables that grow with the records, or with the time."""
BY_INDEX = ("INDEX review_", "record_pending_ix", "judgement_in_force_ix")
"""Those of the queue, which is read up to a limit and counted, of what waits, of what counts."""


@dataclass(frozen=True)
class Told:
    """The statements that ran, with their values."""

    statements: list[str]

    def scans(self, database: sqlite3.Connection) -> list[str]:
        """List the plans that read a whole table."""
        found = []
        for statement in dict.fromkeys(self.statements):
            if statement.split(maxsplit=1)[0] not in (
                "SELECT",
                "WITH",
                "INSERT",
                "UPDATE",
                "DELETE",
            ):
                continue
            if "staged_" in statement:
                continue
            many = {
                name
                for table, alias in NAMED.findall(statement)
                if table in MANY
                for name in (table, alias)
            }
            for *_, step in database.execute(f"EXPLAIN QUERY PLAN {statement}"):
                scan = SCAN.search(step)
                if scan and scan[1] in many and not any(name in step for name in BY_INDEX):
                    found.append(f"{step}: {' '.join(statement.split())[:300]}")
        return found


@pytest.fixture
def told() -> Iterator[Told]:
    told = Told([])

    def listen(connection: sqlite3.Connection, *_: object) -> None:
        connection.set_trace_callback(told.statements.append)

    sa.event.listen(Pool, "checkout", listen)
    yield told
    sa.event.remove(Pool, "checkout", listen)


def _question(hub) -> ReviewSummary:
    return open_reviews(hub, kind="match")[0]


def _proposal(hub, kind: str = "partition") -> Proposal:
    found = hub.reviews.review(_question(hub).review_id)
    shown = [Shown(each, member.version) for each, member in found.members.items()]
    return Proposal(kind, [[each] for each in shown] if kind == "unsure" else [shown], "ann", "")


def _submit(hub, key: str, **values: object):
    (done,) = hub.submit("shop", [Submission(key, ANN | {"email": ["ann@lee.example"]} | values)])
    assert not isinstance(done, MdmError)
    return done


def _submit_many(hub) -> None:
    """Submit a bulk after another record came since it looked."""
    given = [Submission(f"many-{at}", {"email": ["ann@lee.example"]}) for at in range(3)]
    with seen_ahead(hub.submitting, "shop", given):
        _submit(hub, "5", given_name="Anna")
        hub.submit("shop", given)


def _judge_and_withdraw(hub) -> None:
    done = hub.judge(_proposal(hub))
    hub.preview_withdrawal(done.judgement_id)
    hub.withdraw(done.judgement_id, "ann", "by mistake")


def _pin(hub) -> None:
    golden_id = _question(hub).golden_ids[0]
    pinning = Pinning(golden_id, "given_name", "ann", "she says so", value="Anne")
    hub.pinning.remove(hub.pinning.pin(pinning).pin_id, "ann")


def _pages(steward: Steward, hub) -> None:
    one = _question(hub)
    golden_id = one.golden_ids[0]
    for path in (
        "queue",
        "queue?kind=match",
        f"reviews/{one.review_id}",
        f"golden-records/{golden_id}",
        f"golden-records/{golden_id}/pins",
        "overview",
        "find?given_name=Ann&date_of_birth=1980-01-01",
    ):
        assert steward.client.get(f"/steward/{path}").status_code == 200


ACTS: dict[str, Callable] = {
    "submit": lambda hub, _: _submit(hub, "5", given_name="Anna"),
    "submit what merges": lambda hub, _: _submit(hub, "9"),
    "submit many": lambda hub, _: _submit_many(hub),
    "delete": lambda hub, _: hub.submitting.retire(RecordRef("shop", "1")),
    "preview": lambda hub, _: hub.preview(_proposal(hub)),
    "judge and withdraw": lambda hub, _: _judge_and_withdraw(hub),
    "unsure": lambda hub, _: hub.judge(_proposal(hub, "unsure")),
    "pin": lambda hub, _: _pin(hub),
    "next": lambda hub, _: hub.reviews.take_next("ann", ReviewFilter()),
    "record": lambda hub, _: hub.reading.record(RecordRef("shop", "1")),
    "history": lambda hub, _: hub.reading.history(
        _question(hub).golden_ids[0], after=None, limit=9
    ),
    "changes": lambda hub, _: hub.reading.changes(after=0, limit=9),
    "pages": lambda hub, steward: _pages(steward, hub),
}


@pytest.mark.parametrize("act", ACTS)
def test_no_act_that_somebody_waits_for_reads_a_whole_table(act, told, hub, ann, tmp_path):
    told.statements.clear()
    ACTS[act](hub, ann)
    assert told.statements
    (file,) = tmp_path.glob("*.db")
    database = sqlite3.connect(file)
    try:
        assert told.scans(database) == []
    finally:
        database.close()
