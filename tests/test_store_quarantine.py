"""Ingestions are logged, and the rows that they could not take are kept with the reason."""

from dataclasses import replace

import pytest

from mdm.model.errors import NotFound
from mdm.model.records import Rejected, Source
from mdm.store import ingestions, quarantine, records
from mdm.store.schema import ingestion
from tests.stores import ARRIVED

LATER = "2026-02-28T12:00:00.000000Z"
BAD_DATE = Rejected(7, "k1", "born", "31.31.1999", "not a date", '{"born":"31.31.1999"}')
NO_KEY = Rejected(9, None, None, None, "no key", '{"name":"Ann"}')


@pytest.fixture
def known(store):
    """A store that knows the sources crm and shop."""
    with store.write() as tx:
        records.declare_sources(
            tx, [Source("crm", "operational", 0.9), Source("shop", "marketing", 0.4)]
        )
        tx.commit()
    return store


def ingest(store, *rejected, source="crm", at=ARRIVED):
    """One complete ingestion that could not take these rows."""
    with store.write() as tx:
        number = ingestions.begin(tx, source, at)
        quarantine.add(tx, source, number, rejected)
        closed = quarantine.close_unseen(tx, source, number)
        ingestions.finish(tx, number, {"read": 10, "quarantined": len(rejected)}, at)
        tx.commit()
    return number, closed


def entries(store, source=None):
    with store.read() as tx:
        return quarantine.entries(tx, source)


def test_rejected_rows_are_listed_as_they_were(known):
    number, _ = ingest(known, BAD_DATE, NO_KEY)
    listed = entries(known)
    assert [entry.rejected for entry in listed] == [BAD_DATE, NO_KEY]
    assert {(e.source, e.first_seen_at, e.last_ingestion_id) for e in listed} == {
        ("crm", ARRIVED, number)
    }


def test_the_same_fault_met_again_is_one_entry_on_its_new_line(known):
    ingest(known, BAD_DATE, BAD_DATE)
    number, closed = ingest(known, replace(BAD_DATE, line=8), at=LATER)
    [entry] = entries(known)
    assert (entry.rejected.line, entry.first_seen_at) == (8, ARRIVED)
    assert (entry.last_ingestion_id, closed) == (number, 0)


def test_a_fault_that_the_next_ingestion_does_not_meet_is_closed(known):
    ingest(known, NO_KEY, source="shop")
    ingest(known, BAD_DATE, NO_KEY)
    assert ingest(known, NO_KEY)[1] == 1
    assert [entry.rejected for entry in entries(known, "crm")] == [NO_KEY]
    assert [entry.rejected for entry in entries(known, "shop")] == [NO_KEY]


def test_two_faulty_fields_of_one_row_are_two_entries(known):
    ingest(known, BAD_DATE, replace(BAD_DATE, field="joined"))
    assert [entry.rejected.field for entry in entries(known)] == ["born", "joined"]


def test_entries_are_removed_by_number(known):
    ingest(known, BAD_DATE, NO_KEY)
    first, _ = entries(known)
    with known.write() as tx:
        assert quarantine.remove(tx, [first.quarantine_id, 999]) == 1
        tx.commit()
    assert [entry.rejected for entry in entries(known)] == [NO_KEY]


def test_an_ingestion_is_logged_with_its_figures(known):
    ingest(known, NO_KEY)
    with known.read() as tx:
        row = tx.connection.execute(ingestion.select()).one()
    assert (row.started_at, row.finished_at) == (ARRIVED, ARRIVED)
    assert (row.read, row.created, row.quarantined) == (10, 0, 1)


def test_unknown_sources_and_ingestions_are_refused(known):
    with known.write() as tx:
        with pytest.raises(NotFound, match="source 'nobody'"):
            ingestions.begin(tx, "nobody", ARRIVED)
        with pytest.raises(NotFound, match="source 'nobody'"):
            quarantine.entries(tx, "nobody")
        with pytest.raises(NotFound, match="ingestion '77'"):
            ingestions.finish(tx, 77, {}, ARRIVED)
