"""Retrying the quarantine: rows that are good by the present mapping are taken, others stay."""

import sqlite3

from mdm.model.records import RecordRef
from mdm.resolution.ingest import IngestFigures, ingest
from mdm.resolution.retry import retry
from mdm.store import quarantine
from tests import departments
from tests.stores import versions


def config(directory, form: str):
    attributes = f"{{given_name: first, date_of_birth: {{column: born, {form}, strict: true}}}}"
    entry = departments.source_entry("shop", "{csv: shop.csv}", attributes=attributes)
    return departments.sources(directory, entry)


def fill(store, directory, *rows: str) -> None:
    (directory / "shop.csv").write_text("id,first,born\n" + "".join(f"{row}\n" for row in rows))
    ingest(store, config(directory, 'format: "%d/%m/%Y"'), departments.rules())


def waiting(store) -> int:
    with store.read() as tx:
        return len(quarantine.entries(tx))


def test_a_row_that_the_new_mapping_understands_is_taken(store, tmp_path):
    fill(store, tmp_path, "1,Ann,1.2.1980", "2,Bob,soon", "3,Cid,03/04/1990")
    changed = config(tmp_path, 'format: "%d.%m.%Y"')
    figures = retry(store, changed, departments.rules())
    assert figures == [IngestFigures("shop", read=2, created=1, quarantined=1)]
    assert waiting(store) == 1
    (version,) = versions(store, RecordRef("shop", "1"))
    assert version.attributes == {"given_name": "Ann", "date_of_birth": "1980-02-01"}


def test_a_retried_row_is_the_same_record_as_an_ingested_one(store, tmp_path):
    fill(store, tmp_path, "1,Ann,1.2.1980")
    changed = config(tmp_path, 'format: "%d.%m.%Y"')
    retry(store, changed, departments.rules())
    assert ingest(store, changed, departments.rules()) == [
        IngestFigures("shop", read=1, unchanged=1)
    ]


def test_a_retry_that_helps_nobody_changes_nothing(store, tmp_path):
    fill(store, tmp_path, "1,Ann,soon", "2,short", ",Bob,01/02/1980")
    same = config(tmp_path, 'format: "%d/%m/%Y"')
    figures = retry(store, same, departments.rules())
    assert figures == [IngestFigures("shop", read=3, quarantined=3)]
    assert waiting(store) == 3


def test_a_row_whose_key_another_one_has_is_not_taken_by_a_retry(store, tmp_path):
    fill(store, tmp_path, "1,Old,01/02/1980", "1,New,01/02/1980")
    same = config(tmp_path, 'format: "%d/%m/%Y"')
    assert retry(store, same, departments.rules())[0].quarantined == 1
    (version,) = versions(store, RecordRef("shop", "1"))
    assert version.attributes["given_name"] == "New"


def test_a_value_that_is_no_text_is_not_taken_as_it_is_shown(sqlite_store, tmp_path):
    (tmp_path / "shop.csv").write_bytes(b"id,first,born\n1,J\xf6rg,01/02/1980\n")
    latin = config(tmp_path, 'format: "%d/%m/%Y"')
    assert ingest(sqlite_store, latin, departments.rules())[0].quarantined == 1
    assert retry(sqlite_store, latin, departments.rules())[0].quarantined == 1
    assert waiting(sqlite_store) == 1


def test_bytes_of_a_database_are_not_taken_as_they_are_shown(sqlite_store, tmp_path):
    query = "SELECT 1 AS id, x'4a' AS first, '1980-02-01' AS born"
    sqlite3.connect(tmp_path / "a.db").close()
    place = f'{{url: "sqlite:///a.db", query: "{query}"}}'
    entry = departments.source_entry("shop", place, attributes="{given_name: first}")
    sources = departments.sources(tmp_path, entry)
    assert ingest(sqlite_store, sources, departments.rules())[0].quarantined == 1
    assert retry(sqlite_store, sources, departments.rules())[0].quarantined == 1
