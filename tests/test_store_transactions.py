"""What a transaction promises: one snapshot, one writer, nothing without a commit, nothing lost."""

import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import duckdb
import pytest
import sqlalchemy as sa

from mdm.model.errors import StoreBusy, StoreFailed
from mdm.model.records import Source
from mdm.store import Store, matching_input, models, publication, records
from tests import stores
from tests.stores import ARRIVED, incoming, take

_WRITES_UNTIL_KILLED = """
import itertools, sys
from mdm.store import Store
from tests.stores import incoming, take
store = Store(sys.argv[1])
for number in itertools.count():
    take(store, incoming(str(number)))
    print(number, flush=True)
"""


def pending(store):
    with store.read() as tx:
        return records.pending_count(tx)


def test_a_write_that_does_not_commit_leaves_nothing(store):
    with store.write() as tx:
        records.declare_sources(tx, [Source("crm", "operational", 0.5)])
        records.take(tx, "crm", [incoming("1")], arrived_at=ARRIVED)
        assert records.pending_count(tx) == 1
    assert pending(store) == 0


def test_an_error_in_a_write_leaves_nothing_and_frees_the_lock(store):
    def fail() -> None:
        with store.write() as tx:
            publication.mint(tx, 3, ARRIVED)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    with store.write() as tx:
        assert publication.mint(tx, 2, ARRIVED) == range(1, 3)


def test_a_writer_waits_for_the_one_before_it_as_long_as_its_patience_lasts(store, store_url):
    impatient = Store(store_url, patience=0.05)
    with store.write(), pytest.raises(StoreBusy, match="is locked by another process"):
        impatient.write().__enter__()
    with impatient.write() as tx:
        assert publication.mint(tx, 1, ARRIVED) == range(1, 2)
    impatient.close()


def test_what_a_writer_waited_for_others_of_its_process_counts(store_url, monkeypatch):
    patient = Store(store_url, patience=10.0)
    times = iter([100.0, 107.0])
    monkeypatch.setattr("mdm.store.store.monotonic", lambda: next(times))
    with patient.write() as tx:
        assert tx.connection.get_execution_options()["mdm_patience"] == 3.0
    patient.close()


def test_a_transaction_that_was_committed_refuses_more(store):
    with store.write() as tx:
        tx.commit()
        with pytest.raises(sa.exc.InvalidRequestError):
            publication.mint(tx, 1, ARRIVED)


def test_a_reader_sees_one_snapshot_whatever_is_committed_meanwhile(store):
    take(store, incoming("1"))
    with store.read() as tx:
        take(store, incoming("2"))
        assert records.pending_count(tx) == 1
    assert pending(store) == 2


def test_a_reading_transaction_refuses_to_write(store):
    with store.read() as tx, pytest.raises(sa.exc.DBAPIError, match=r"read-?only"):
        records.declare_sources(tx, [Source("crm", "operational", 0.5)])
    take(store, incoming("1"))
    assert pending(store) == 1


def test_writers_wait_for_one_another_and_never_mint_a_serial_twice(store):
    def mint(_: int) -> list[int]:
        with store.write() as tx:
            serials = publication.mint(tx, 3, ARRIVED)
            tx.commit()
        return list(serials)

    with ThreadPoolExecutor(8) as pool:
        minted = [serial for serials in pool.map(mint, range(40)) for serial in serials]
    assert sorted(minted) == list(range(1, 121))


def test_a_database_that_is_full_says_so_and_keeps_nothing_of_the_step(sqlite_store):
    many = [incoming(str(number)) for number in range(2000)]
    with pytest.raises(StoreFailed, match=r"store\.db failed: .* is full: .* run it again"):
        _take_into_few_pages(sqlite_store, many)
    assert pending(sqlite_store) == 0
    take(sqlite_store, incoming("1"))


def _take_into_few_pages(store, many):
    with store.write() as tx:
        tx.connection.exec_driver_sql("PRAGMA max_page_count = 60")
        try:
            records.declare_sources(tx, [Source("crm", "operational", 0.5)])
            records.take(tx, "crm", many, arrived_at=ARRIVED)
        finally:
            tx.connection.exec_driver_sql("PRAGMA max_page_count = 4294967294")


@pytest.mark.parametrize("mode", ["read", "write"])
@pytest.mark.parametrize("ask", [records.pending_count, models.matching_number])
def test_a_connection_that_is_lost_is_told_in_one_line_and_the_next_one_is_new(
    postgres_url, mode, ask
):
    with stores.fresh(postgres_url) as store, stores.fresh(postgres_url) as other:
        take(store, incoming("1"))
        with pytest.raises(StoreFailed, match=r"failed: .*terminat.*: a step that"):
            _lose_the_connection(getattr(store, mode), other, ask)
        assert pending(store) == 1


def _lose_the_connection(transaction, other, ask):
    end = sa.text("SELECT pg_terminate_backend(:number, 10000)")
    with transaction() as tx:
        number = tx.connection.exec_driver_sql("SELECT pg_backend_pid()").scalar_one()
        with other.read() as elsewhere:
            assert elsewhere.connection.execute(end, {"number": number}).scalar_one()
        ask(tx)


def test_a_connection_that_is_lost_in_a_bulk_read_is_told_too(postgres_url):
    with stores.fresh(postgres_url) as store, stores.fresh(postgres_url) as other:
        take(store, incoming("1"))
        with pytest.raises(StoreFailed, match=r"failed: .*: a step that"):
            _lose_the_connection_while_duckdb_reads(store, other)


def _lose_the_connection_while_duckdb_reads(store, other):
    end = sa.text("SELECT pg_terminate_backend(:number, 10000)")
    with store.read() as tx, duckdb.connect() as connection:
        number = tx.connection.exec_driver_sql("SELECT pg_backend_pid()").scalar_one()
        reader = matching_input.live_records(tx)
        with other.read() as elsewhere:
            assert elsewhere.connection.execute(end, {"number": number}).scalar_one()
        connection.execute("create table record as select * from reader")
        pytest.fail(f"{reader} was read")


def test_foreign_keys_are_enforced(store):
    homeless = "INSERT INTO crosswalk (record_id, serial) VALUES (7, 7)"
    with store.write() as tx, pytest.raises(sa.exc.IntegrityError):
        tx.connection.exec_driver_sql(homeless)


def test_sqlite_waits_keeps_a_wal_and_syncs_every_commit(sqlite_store):
    with sqlite_store.read() as tx:
        told = [
            tx.connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        ]
    assert told == ["wal", 2, 1, 600_000]


def test_acknowledged_writes_survive_kill_minus_nine(store, store_url):
    child = subprocess.Popen(
        [sys.executable, "-c", _WRITES_UNTIL_KILLED, store_url],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": "."},
    )
    acknowledged = [int(child.stdout.readline()) for _ in range(25)]
    child.send_signal(signal.SIGKILL)
    acknowledged += [int(line) for line in child.stdout if line.endswith("\n")]
    child.wait()
    child.stdout.close()
    assert acknowledged == list(range(len(acknowledged)))
    assert pending(store) in (len(acknowledged), len(acknowledged) + 1)
