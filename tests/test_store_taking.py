"""Taking records in: what becomes of each, and that nothing of the past is lost."""

from secrets import token_hex

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mdm.model.errors import NotFound
from mdm.model.records import RecordRef, Source, Taken
from mdm.store import records
from tests.stores import ARRIVED, incoming, take, versions

LATER = "2026-02-28T12:00:00.000000Z"
ANN = RecordRef("crm", "1")

on_one_store = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def current(store, ref):
    with store.read() as tx:
        return records.record_by_ref(tx, ref)


def test_a_new_record_is_kept_as_it_came_and_is_pending(store):
    row = incoming("1", "Ann", modified_at="2025-01-01T00:00:00.000000Z")
    assert take(store, row) == Taken(created=1)
    kept = current(store, ANN)
    assert (kept.pending, kept.own_serial, kept.current.version) == (True, None, 1)
    assert kept.current.payload == row.payload
    assert kept.current.attributes == row.attributes
    assert kept.current.modified_at == row.modified_at
    assert (kept.current.arrived_at, kept.current.retired_at) == (ARRIVED, None)


def test_the_same_content_again_changes_nothing(store):
    take(store, incoming("1"))
    before = current(store, ANN)
    assert take(store, incoming("1"), at=LATER) == Taken(unchanged=1)
    assert current(store, ANN) == before


def test_new_content_becomes_the_next_version_and_the_old_one_stays_readable(store):
    take(store, incoming("1", "Ann"))
    assert take(store, incoming("1", "Anna"), at=LATER) == Taken(changed=1)
    first, second = versions(store, ANN)
    assert (first.version, first.attributes["given_name"], first.arrived_at) == (1, "Ann", ARRIVED)
    assert (second.version, second.attributes["given_name"], second.arrived_at) == (
        2,
        "Anna",
        LATER,
    )


def test_content_older_than_what_is_kept_is_stale_and_not_taken(store):
    take(store, incoming("1", "Ann", modified_at="2025-02-01T00:00:00.000000Z"))
    older = incoming("1", "Old", modified_at="2025-01-01T00:00:00.000000Z")
    assert take(store, older) == Taken(stale=1)
    assert [version.attributes["given_name"] for version in versions(store, ANN)] == ["Ann"]


def test_content_of_unknown_age_is_taken(store):
    take(store, incoming("1", "Ann", modified_at="2025-02-01T00:00:00.000000Z"))
    assert take(store, incoming("1", "Anna")) == Taken(changed=1)


def test_of_a_key_twice_in_a_batch_the_later_row_is_the_newer_version(store):
    taken = take(store, incoming("1", "A"), incoming("2", "X"), incoming("1", "B"))
    assert taken == Taken(created=2, changed=1)
    assert [version.attributes["given_name"] for version in versions(store, ANN)] == ["A", "B"]


def test_a_retired_record_comes_back_to_life_as_a_new_version(store):
    take(store, incoming("1"))
    with store.write() as tx:
        assert records.retire(tx, [ANN, RecordRef("crm", "unknown")], at=LATER) == 1
        assert records.retire(tx, [ANN], at=LATER) == 0
        tx.commit()
    assert current(store, ANN).current.retired_at == LATER
    assert take(store, incoming("1")) == Taken(changed=1)
    retired, alive = versions(store, ANN)
    assert (retired.retired_at, alive.retired_at, alive.version) == (LATER, None, 2)


def test_the_same_key_in_two_sources_is_two_records(store):
    take(store, incoming("1", "Ann"))
    assert take(store, incoming("1", "Bob"), source="shop") == Taken(created=1)
    assert current(store, ANN).current.attributes["given_name"] == "Ann"


def test_taking_from_a_source_that_was_never_declared_is_refused(store):
    with store.write() as tx, pytest.raises(NotFound, match="source 'nobody'"):
        records.take(tx, "nobody", [incoming("1")], arrived_at=ARRIVED)


def test_declaring_a_source_again_takes_its_new_kind_and_trust(store):
    take(store, incoming("1"))
    with store.write() as tx:
        records.declare_sources(tx, [Source("crm", "marketing", 0.2)])
        tx.commit()
    with store.read() as tx:
        rows = tx.connection.exec_driver_sql("SELECT name, kind, trust FROM source").all()
    assert [tuple(row) for row in rows] == [("crm", "marketing", 0.2)]


def test_a_batch_larger_than_a_statement_is_taken_whole(store):
    rows = [incoming(str(number)) for number in range(45_000)]
    assert take(store, *rows) == Taken(created=45_000)
    assert take(store, *rows) == Taken(unchanged=45_000)
    with store.read() as tx:
        assert records.pending_count(tx) == 45_000


rows = st.builds(
    incoming,
    key=st.sampled_from(["1", "2", "3"]),
    name=st.sampled_from(["Ann", "Bob", "Zoë"]),
)


@on_one_store
@given(batches=st.lists(st.lists(rows, max_size=6), max_size=4))
def test_any_batches_leave_the_newest_content_and_every_earlier_version(store, batches):
    source = f"source-{token_hex(8)}"
    for batch in batches:
        take(store, *batch, source=source)
    for key in ("1", "2", "3"):
        came = [row for batch in batches for row in batch if row.key == key]
        expected = [
            orjson.loads(row.payload)
            for i, row in enumerate(came)
            if i == 0 or came[i - 1].content_hash != row.content_hash
        ]
        kept = versions(store, RecordRef(source, key))
        assert [version.payload for version in kept] == expected
        assert [version.version for version in kept] == list(range(1, len(expected) + 1))


@on_one_store
@given(batch=st.lists(rows, unique_by=lambda row: row.key))
def test_running_twice_changes_nothing(store, batch):
    source = f"source-{token_hex(8)}"
    take(store, *batch, source=source)
    refs = [RecordRef(source, row.key) for row in batch]
    before = [current(store, ref) for ref in refs]
    assert take(store, *batch, source=source, at=LATER) == Taken(unchanged=len(batch))
    assert [current(store, ref) for ref in refs] == before
