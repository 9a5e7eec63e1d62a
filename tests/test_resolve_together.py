"""Resolving beside others, and resolving that is broken off: the old state or the new, whole."""

import signal
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import replace

import pytest
import sqlalchemy as sa

from mdm.hub import Hub
from mdm.model.judgements import Proposal, Shown
from mdm.model.submissions import Submission
from mdm.resolution.rebuild import rebuild
from mdm.resolution.resolve import resolve
from mdm.store.resolutions import sources_changed
from mdm.store.schema import metadata
from mdm.store.sources import declare_sources
from tests import stores
from tests.resolving import ANN, BOB, CID, RULES, SOURCES, STRICT, Meanwhile, Office, ref

TABLES = [table.name for table in metadata.sorted_tables]

_RESOLVE = """
import sys
from mdm.resolution.resolve import resolve
from mdm.store import Store
resolve(Store(sys.argv[1]))
"""
_RESOLVE_UNTIL_KILLED = """
import os, signal, sys
import sqlalchemy as sa
from mdm.resolution.resolve import resolve
from mdm.store import Store

@sa.event.listens_for(sa.Engine, "before_cursor_execute")
def kill(connection, cursor, statement, *_):
    if sys.argv[2] in statement:
        os.kill(os.getpid(), signal.SIGKILL)

resolve(Store(sys.argv[1]))
"""


@pytest.fixture
def office(store) -> Office:
    """Ann twice and Bob, resolved; Bob has changed to Ann since, and Cid is new."""
    office = Office(store)
    office.take(bank_1=ANN, shop_1=ANN, bank_2=BOB)
    office.train()
    office.resolve()
    office.take(bank_2=ANN, bank_3=CID)
    return office


def meanwhile(office: Office, act, stage: str = "survive") -> int:
    """Resolve while something happens between the snapshot and the publication; count attempts."""
    progress = Meanwhile(stage, act)
    resolve(office.store, progress=progress)
    return progress.begun


@contextmanager
def refusing(office: Office, table: str, act: str):
    """Let the database refuse to write a table."""
    make, drop = _TRIGGERS[dialect(office)]
    _run(office, *(statement.format(table=table, act=act) for statement in make))
    try:
        yield
    finally:
        _run(office, *(statement.format(table=table) for statement in drop))


_TRIGGERS = {
    "sqlite": (
        ["CREATE TRIGGER refuse BEFORE {act} ON {table} BEGIN SELECT RAISE(ABORT, 'no room'); END"],
        ["DROP TRIGGER refuse"],
    ),
    "postgresql": (
        [
            "CREATE FUNCTION refuse() RETURNS trigger AS "
            "$$ BEGIN RAISE EXCEPTION 'no room'; END $$ LANGUAGE plpgsql",
            "CREATE TRIGGER refuse BEFORE {act} ON {table} EXECUTE FUNCTION refuse()",
        ],
        ["DROP TRIGGER refuse ON {table}", "DROP FUNCTION refuse"],
    ),
}


def dialect(office: Office) -> str:
    with office.store.read() as tx:
        return tx.connection.dialect.name


def _run(office: Office, *statements: str) -> None:
    with office.store.write() as tx:
        for statement in statements:
            tx.connection.exec_driver_sql(statement)
        tx.commit()


@pytest.mark.parametrize(
    ("table", "act"),
    [
        ("golden_id", "INSERT"),
        ("pair", "INSERT"),
        ("golden_record", "DELETE"),
        ("search_key", "INSERT"),
        ("blocking_key", "INSERT"),
        ("record", "UPDATE"),
        ("resolution", "INSERT"),
    ],
)
def test_a_failure_at_any_stage_of_publishing_leaves_the_old_state(office, table, act):
    before = office.rows(TABLES)
    with refusing(office, table, act):
        with pytest.raises(sa.exc.DBAPIError, match="no room"):
            office.resolve()
        assert office.rows(TABLES) == before
    office.resolve()
    assert office.pending() == set()


@pytest.mark.parametrize("written", ["INTO golden_record", "INTO search_key", "INTO resolution"])
def test_a_resolve_that_is_killed_while_publishing_leaves_the_old_state(office, store_url, written):
    before = office.rows(TABLES)
    arguments = [sys.executable, "-c", _RESOLVE_UNTIL_KILLED, store_url, written]
    assert subprocess.run(arguments, check=False).returncode == -signal.SIGKILL
    assert office.rows(TABLES) == before
    office.resolve()
    assert office.pending() == set()


def test_a_reader_sees_the_old_or_the_new_state_and_no_mixture(office):
    before = office.derived()

    def seen(tx):
        return {
            name: sorted(
                (tuple(row) for row in tx.connection.execute(sa.text(f"SELECT * FROM {name}"))),
                key=repr,
            )
            for name in before
        }

    with office.store.read() as tx:
        office.resolve()
        assert seen(tx) == before
    with office.store.read() as tx:
        assert seen(tx) == office.derived() != before


def test_readers_during_a_publication_see_the_old_state(office):
    before, seen = office.derived(), []
    assert meanwhile(office, lambda: seen.append(office.derived()), stage="publish") == 1
    assert seen == [before]
    assert office.derived() != before


def test_two_resolves_at_once_end_as_one_does(office, store_url):
    arguments = [sys.executable, "-c", _RESOLVE, store_url]
    running = [subprocess.Popen(arguments) for _ in range(2)]
    assert [process.wait() for process in running] == [0, 0]
    found = office.derived()
    assert office.pending() == set()
    assert office.resolve().summary.unchanged == 2
    assert office.derived() == found


def test_a_resolve_takes_in_what_another_one_published_meanwhile(office):
    assert meanwhile(office, office.resolve) == 1
    assert office.query("SELECT count(*) FROM golden_id") == [(3,)]


@pytest.mark.parametrize("stage", ["block", "cluster", "survive"])
def test_a_judgement_made_during_a_resolve_is_honoured(office, stage):
    attempts = meanwhile(office, lambda: office.judge(["bank/1"], ["bank/2"]), stage)
    assert attempts == 1
    homes = office.homes()
    assert homes["bank/1"] != homes["bank/2"]


def test_a_trust_that_changes_during_a_resolve_makes_it_begin_again(office):
    def distrust() -> None:
        with office.store.write() as tx:
            declare_sources(tx, [replace(SOURCES[0], trust=0.1)])
            tx.commit()

    assert meanwhile(office, distrust) == 2
    with office.store.read() as tx:
        assert not sources_changed(tx)


def test_a_judgement_withdrawn_during_a_resolve_counts_no_more(office):
    number = office.judge(["bank/1"], ["bank/2"])
    assert meanwhile(office, lambda: office.withdraw(number)) == 1
    homes = office.homes()
    assert homes["bank/1"] == homes["bank/2"]


def test_what_changes_during_a_resolve_stays_pending_and_as_it_was_seen(office):
    def change() -> None:
        office.take(shop_1=CID, shop_9=CID)
        office.retire("bank/3")

    assert meanwhile(office, change) == 1
    assert office.pending() == {"shop/1", "shop/9", "bank/3"}
    homes = office.homes()
    assert homes["shop/1"] == homes["bank/1"]
    assert "shop/9" not in homes
    office.resolve()
    homes = office.homes()
    assert homes["shop/1"] == homes["shop/9"] != homes["bank/1"]
    assert "bank/3" not in homes


def test_a_record_that_changes_while_it_is_standardised_anew_keeps_its_new_values(
    office, sqlite_store
):
    office.train(STRICT)
    # the department's process already has the rules that the resolve is about to bring
    assert meanwhile(office, lambda: office.take(STRICT, shop_1=CID)) == 1
    office.resolve()
    homes = office.homes()
    assert homes["shop/1"] == homes["bank/3"] != homes["bank/1"]
    if dialect(office) != "sqlite":
        assert office.rebuilt(sqlite_store).meaning() == office.meaning()


def test_a_record_that_is_retired_and_returns_during_a_resolve_is_settled(office):
    def leave_and_return() -> None:
        office.retire("bank/3")
        office.take(RULES, bank_3=CID)

    assert meanwhile(office, leave_and_return) == 1
    assert office.pending() == set()
    assert "bank/3" in office.homes()


def said(key: str, person) -> Submission:
    return Submission(key, {**person, "email": list(person["email"])})


def events(office: Office, after: int) -> list[tuple[object, ...]]:
    return office.query(
        f"SELECT publication_id, kind, serial, record_id FROM change WHERE change_id > {after}"
    )


def versions(office: Office) -> dict[object, object]:
    return dict(office.query("SELECT serial, version FROM golden_record"))


@pytest.mark.parametrize("stage", ["block", "survive"])
def test_what_is_submitted_and_judged_during_a_resolve_is_taken_in(office, stage, tmp_path):
    hub = Hub(office.store, RULES)
    office.resolve()
    apart = office.judge(["bank/1"], ["shop/1"])
    office.resolve()
    told: list[str | None] = []

    def act() -> None:
        answers = hub.submit("shop", [said("2", CID), said("3", BOB)])
        hub.submitting.retire(ref("bank/2"))
        hub.judging.withdraw(apart, "steward")
        parts = [[Shown(ref("bank/3")), Shown(ref("shop/2"))], [Shown(ref("shop/3"))]]
        hub.judging.judge(Proposal("partition", parts, "steward", "called them"))
        told.extend(answer.golden_id for answer in answers)

    office.take(shop_9=ANN)
    assert meanwhile(office, act, stage) == 1

    homes = office.homes()
    assert homes["bank/1"] == homes["shop/1"] == homes["shop/9"]
    assert homes["bank/3"] == homes["shop/2"] == told[0] != homes["shop/3"] == told[1]
    assert "bank/2" not in homes
    assert office.pending() == set()
    assert hub.verify().findings == []
    folder = tmp_path / "batch"
    folder.mkdir()
    with stores.fresh(stores.sqlite_url(folder)) as fresh:
        assert office.rebuilt(fresh).meaning() == office.meaning()


def test_a_model_that_is_activated_during_a_resolve_makes_it_begin_again(office):
    hub = Hub(office.store, RULES)
    office.resolve()
    chosen = office.train(STRICT)

    def act() -> None:
        hub.submit("shop", [said("2", CID)])
        hub.resolve(version=office.train(RULES, seed=2))

    progress = Meanwhile("survive", act)
    assert resolve(office.store, version=chosen, progress=progress).model_version == chosen
    assert progress.begun == 2
    assert hub.active_model().number == chosen
    assert hub.verify().findings == []


def test_what_is_taken_in_is_one_publication_and_writes_nothing_twice(office):
    """The golden record of a record that goes and returns during a resolve stays as it is."""
    hub = Hub(office.store, RULES)
    office.resolve()
    hub.submit("shop", [said("2", CID)])
    before, ((last, number),) = versions(office), office.query(_LAST_CHANGE)

    def act() -> None:
        hub.submit("shop", [said("3", BOB)])
        hub.submitting.retire(ref("shop/2"))
        hub.submit("shop", [said("2", CID)])
        hub.submit("shop", [said("2", {**CID, "email": ("other@fox.example",)})])
        hub.submit("shop", [said("2", CID)])

    assert meanwhile(office, act) == 1
    ((_, then),) = office.query(_LAST_CHANGE)
    after = versions(office)
    untouched = {serial for serial in before if serial != serial_of(office, "shop/2")}
    assert {serial: after[serial] for serial in untouched} == {
        serial: before[serial] for serial in untouched
    }
    published = {publication for publication, *_ in events(office, last)}
    assert then == number + 5 + 1
    assert then not in published  # all that happened had been told


_LAST_CHANGE = """
    SELECT (SELECT max(change_id) FROM change), (SELECT max(publication_id) FROM publication)
"""


def serial_of(office: Office, name: str) -> object:
    source, key = name.split("/")
    ((serial,),) = office.query(
        f"""
        SELECT c.serial
        FROM crosswalk c
        JOIN record r ON r.record_id = c.record_id
        JOIN source s ON s.source_id = r.source_id
        WHERE s.name = '{source}' AND r.key = '{key}'
        """
    )
    return serial


def test_too_much_that_happens_during_a_resolve_makes_it_begin_again(office, monkeypatch):
    monkeypatch.setattr("mdm.resolution.resolve._MOST_CAUGHT_UP", 2)
    hub = Hub(office.store, RULES)
    office.resolve()
    assert meanwhile(office, lambda: submit(hub, "4", "5", "6")) == 2
    assert meanwhile(office, lambda: submit(hub, "7", "8")) == 1

    class Always(Meanwhile):
        """Three more records each time."""

        @contextmanager
        def step(self, name: str, total: int | None):
            with super().step(name, total) as advance:
                if name == self.stage:
                    submit(hub, *(f"{self.begun}-{at}" for at in range(3)))
                yield advance

    progress = Always("survive", lambda: None)
    resolve(office.store, progress=progress)
    assert progress.begun == 3
    assert hub.verify().findings == []


def submit(hub: Hub, *keys: str) -> None:
    hub.submit("shop", [said(key, ANN) for key in keys])


def test_a_rebuild_takes_in_what_is_submitted_meanwhile(office):
    hub = Hub(office.store, RULES)
    office.resolve()
    progress = Meanwhile("survive", lambda: submit(hub, "4", "5"))
    rebuild(office.store, progress=progress)
    assert progress.begun == 1
    homes = office.homes()
    assert homes["shop/4"] == homes["shop/5"] == homes["bank/1"]
    assert hub.verify().findings == []
