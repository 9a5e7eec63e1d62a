"""Ingesting: what becomes of a source's rows, and that a source is taken whole or not at all."""

import sqlite3
from contextlib import contextmanager

import orjson
import pytest

from mdm.model.errors import NotFound
from mdm.model.records import RecordRef
from mdm.resolution.ingest import IngestFigures, ingest
from mdm.store import Store, quarantine
from tests import departments
from tests.stores import versions

HEADER = "id,first,last,changed\n"


def write(directory, *rows: str, name: str = "shop") -> None:
    (directory / f"{name}.csv").write_text(HEADER + "".join(f"{row}\n" for row in rows))


def entry(name: str = "shop") -> str:
    return departments.source_entry(name, f"{{csv: {name}.csv}}", more="modified_at: changed")


def take(store: Store, directory, *names: str) -> list[IngestFigures]:
    entries = [entry(name) for name in names or ("shop",)]
    return ingest(store, departments.sources(directory, *entries), departments.rules())


def faults(store: Store) -> list[tuple[str | None, str | None, str]]:
    with store.read() as tx:
        rejected = [kept.rejected for kept in quarantine.entries(tx)]
    return [(row.key, row.field, row.reason) for row in rejected]


def everything(store: Store) -> list[list[tuple[object, ...]]]:
    """All that is kept of records, and of the quarantine but for when it was last seen."""
    with store.read() as tx:
        return [
            [tuple(row) for row in tx.connection.exec_driver_sql(query)]
            for query in (
                "SELECT * FROM record ORDER BY record_id",
                "SELECT * FROM record_version ORDER BY record_id, version",
                "SELECT * FROM standardised ORDER BY record_id",
                "SELECT quarantine_id, first_seen_at FROM quarantine ORDER BY quarantine_id",
            )
        ]


def test_rows_are_kept_as_they_came_beside_their_attributes(store, tmp_path):
    write(tmp_path, "1, Ann ,LEE,2026-01-31 12:00:00+02:00")
    assert take(store, tmp_path) == [IngestFigures("shop", read=1, created=1)]
    (version,) = versions(store, RecordRef("shop", "1"))
    assert version.payload["first"] == " Ann "
    assert version.attributes == {"given_name": "Ann", "family_name": "LEE"}
    assert version.modified_at == "2026-01-31T10:00:00.000000Z"
    with store.read() as tx:
        standardised = tx.connection.exec_driver_sql("SELECT attributes FROM standardised").scalar()
    assert orjson.loads(standardised) == {"given_name": "ann", "family_name": "lee"}


def test_ingesting_again_changes_nothing(store, tmp_path):
    write(tmp_path, "1,Ann,Lee,", "2,Bob", "3,Cid,Lee,", "3,Cid,Lee,", "4,x,y,", "4,z,y,", ",n,m,")
    first = take(store, tmp_path)
    assert first == [IngestFigures("shop", read=7, created=3, unchanged=1, quarantined=3)]
    before = everything(store)
    assert take(store, tmp_path) == [IngestFigures("shop", read=7, unchanged=4, quarantined=3)]
    assert everything(store) == before


def test_a_changed_row_is_a_new_version_and_an_older_one_is_stale(store, tmp_path):
    write(tmp_path, "1,Ann,Lee,2026-01-02")
    take(store, tmp_path)
    write(tmp_path, "1,Ann,Ray,2026-01-03")
    assert take(store, tmp_path) == [IngestFigures("shop", read=1, changed=1)]
    write(tmp_path, "1,Ann,Old,2026-01-01")
    assert take(store, tmp_path) == [IngestFigures("shop", read=1, stale=1)]
    names = [
        version.attributes["family_name"] for version in versions(store, RecordRef("shop", "1"))
    ]
    assert names == ["Lee", "Ray"]


def test_of_two_rows_with_one_key_the_newest_is_taken_and_the_other_is_told(store, tmp_path):
    write(tmp_path, "1,New,Lee,2026-01-02", "1,Old,Lee,2026-01-01", "2,First,,", "2,Last,,")
    assert take(store, tmp_path) == [IngestFigures("shop", read=4, created=2, quarantined=2)]
    taken = [
        versions(store, RecordRef("shop", key))[-1].attributes["given_name"] for key in ("1", "2")
    ]
    assert taken == ["New", "Last"]
    assert [(key, field) for key, field, _ in faults(store)] == [("1", "id"), ("2", "id")]


def test_a_bad_row_stays_one_entry_and_leaves_when_it_is_good_or_gone(store, tmp_path):
    write(tmp_path, "1,Ann,Lee,yesterday", "2,short", ",Bob,Ray,")
    take(store, tmp_path)
    take(store, tmp_path)
    broken, no_key, no_time = sorted(reason for _, _, reason in faults(store))
    assert (broken, no_key) == ("broken line: 2 fields instead of 4", "no key")
    assert no_time.startswith("not a time of the form 2026-01-31, 2026-01-31T12:00:00Z or ")
    write(tmp_path, "1,Ann,Lee,2026-01-01", ",Bob,Ray,")
    assert take(store, tmp_path) == [IngestFigures("shop", read=2, created=1, quarantined=1)]
    assert [reason for _, _, reason in faults(store)] == ["no key"]


def test_a_row_with_two_bad_fields_has_an_entry_for_each(store, tmp_path):
    write(tmp_path, ",Ann,Lee,yesterday")
    assert take(store, tmp_path)[0].quarantined == 1
    assert sorted(str(field) for _, field, _ in faults(store)) == ["changed", "id"]


def test_a_source_that_cannot_be_read_stops_alone(store, tmp_path):
    write(tmp_path, "1,Ann,Lee,", name="good")
    gone, good = take(store, tmp_path, "gone", "good")
    assert (gone.read, gone.created) == (0, 0)
    assert gone.error is not None
    assert "gone.csv cannot be read" in gone.error
    assert good == IngestFigures("good", read=1, created=1)


def test_a_failure_in_the_middle_of_reading_leaves_the_source_as_it_was(store, tmp_path):
    content = "id,first,last,changed\n" + "".join(f"{n},a,b,\n" for n in range(15_000))
    path = tmp_path / "shop.csv"
    utf16 = departments.source_entry("shop", "{csv: shop.csv, encoding: utf-16}")
    config = departments.sources(tmp_path, utf16)
    path.write_bytes(content.encode("utf-16"))
    assert ingest(store, config, departments.rules())[0].created == 15_000
    before = everything(store)
    # The last byte of the file is missing, which shows when nearly all was read.
    path.write_bytes(content.replace("a,b", "c,d").encode("utf-16")[:-1] + b"\xd8\x00\x00")
    (figures,) = ingest(store, config, departments.rules())
    assert figures.error is not None
    assert everything(store) == before


def test_only_the_sources_named_are_taken(store, tmp_path):
    for name in ("a", "b"):
        write(tmp_path, "1,Ann,Lee,", name=name)
    config = departments.sources(tmp_path, entry("a"), entry("b"))
    assert [f.source for f in ingest(store, config, departments.rules(), names=["b"])] == ["b"]
    with pytest.raises(NotFound):
        ingest(store, config, departments.rules(), names=["c"])


def test_a_source_without_rows_is_taken(store, tmp_path):
    write(tmp_path)
    assert take(store, tmp_path) == [IngestFigures("shop")]


def test_each_ingestion_is_logged_with_its_figures(store, tmp_path):
    write(tmp_path, "1,Ann,Lee,", ",x,y,")
    take(store, tmp_path)
    with store.read() as tx:
        query = "SELECT read, created, quarantined, finished_at >= started_at FROM ingestion"
        assert [tuple(row) for row in tx.connection.exec_driver_sql(query)] == [(2, 1, 1, True)]


def test_the_write_lock_is_free_while_a_source_is_read(sqlite_store, tmp_path):
    write(tmp_path, "1,Ann,Lee,")
    other = sqlite3.connect(next(tmp_path.glob("**/*.db")), timeout=0, isolation_level=None)
    locked: list[str] = []

    class Watch:
        @contextmanager
        def step(self, name, _total):
            if name == "read shop":
                other.execute("BEGIN IMMEDIATE")
                other.execute("ROLLBACK")
                locked.append(name)
            yield lambda _units: None

    config = departments.sources(tmp_path, entry())
    ingest(sqlite_store, config, departments.rules(), progress=Watch())
    other.close()
    assert locked == ["read shop"]
