"""Resolving beside others, and resolving that is broken off: the old state or the new, whole."""

import signal
import sqlite3
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import replace

import psycopg
import pytest
import sqlalchemy as sa

from mdm.store.resolutions import sources_changed
from mdm.store.schema import metadata
from mdm.store.sources import declare_sources
from tests.resolving import ANN, BOB, CID, RULES, SOURCES, STRICT, Office, meanwhile

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
from mdm.store import Store, statements

run = statements.run

def run_or_die(tx, statement, values):
    die(statement.text)
    return run(tx, statement, values)

statements.run = run_or_die

@sa.event.listens_for(sa.Engine, "before_cursor_execute")
def before(connection, cursor, statement, *_):
    die(statement)

def die(statement):
    if sys.argv[2] in statement:
        os.kill(os.getpid(), signal.SIGKILL)

resolve(Store(sys.argv[1]))
"""


@pytest.fixture
def office(store) -> Office:
    """Ann twice and Bob, resolved; Bob has changed to Ann since, and Cid is new."""
    office = Office(store)
    office.begin(bank_1=ANN, shop_1=ANN, bank_2=BOB)
    office.take(bank_2=ANN, bank_3=CID)
    return office


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
        with pytest.raises((sa.exc.DBAPIError, sqlite3.Error, psycopg.Error), match="no room"):
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
