"""Exporting: each format gives back what the store has, and no file is ever half written."""

import csv

import orjson
import pyarrow.parquet as pq
import pytest
import sqlalchemy as sa

from mdm.model.errors import FileInvalid, NothingToDo
from mdm.resolution.export import export
from mdm.store import exporting
from mdm.store.codec import from_json
from tests import small_town, stores

MICRO = 1_000_000
SUFFIXES = (".csv", ".parquet", ".jsonl")
HOSTILE = ('=Ann+1"', "+Bob, 20", "@Cleo\nLee", "-Dan;2")
"""Names that a spreadsheet would take for a formula, with all that CSV must quote."""


@pytest.fixture
def town(store, tmp_path):
    return small_town.settle(store, tmp_path)


@pytest.fixture(scope="module")
def published(tmp_path_factory):
    """A town that is only read, on SQLite."""
    folder = tmp_path_factory.mktemp("town")
    with stores.fresh(stores.sqlite_url(folder)) as store:
        yield small_town.settle(store, folder)


@pytest.fixture
def hostile_town(town):
    for number, name in enumerate(HOSTILE):
        town.add(f"h{number}", name, f"{name} {name}", "1980-01-31", f"h{number}@example.org", name)
    town.take()
    town.resolve()
    return town


def query(town, sql: str):
    with town.store.read() as tx:
        return [tuple(row) for row in tx.connection.execute(sa.text(sql))]


def golden(town) -> list[dict[str, object]]:
    """The golden records as the store has them; what is missing is absent."""
    rows = query(
        town,
        """
        SELECT i.golden_id, g.version, g.created_at, g.updated_at, g.attributes
        FROM golden_record g
        JOIN golden_id i ON i.serial = g.serial
        ORDER BY g.serial
        """,
    )
    names = ("golden_id", "version", "created_at", "updated_at")
    return [{**dict(zip(names, own, strict=True)), **from_json(text)} for *own, text in rows]


def present(rows) -> list[dict[str, object]]:
    return [{name: value for name, value in row.items() if value is not None} for row in rows]


def read_csv(path) -> list[dict[str, object]]:
    """Read cells as they are; an empty one is missing."""
    with path.open(encoding="utf-8", newline="") as file:
        return [{k: v for k, v in row.items() if v != ""} for row in csv.DictReader(file)]


def test_golden_records_come_back_from_every_format(hostile_town, tmp_path):
    check_golden_in_parquet(hostile_town, tmp_path / "golden.parquet")
    check_golden_in_json_lines(hostile_town, tmp_path / "golden.jsonl")
    check_golden_in_csv(hostile_town, tmp_path / "golden.csv")


def check_golden_in_parquet(hostile_town, path):
    assert export(hostile_town.store, "golden", path) == len(golden(hostile_town))
    table = pq.read_table(path)
    assert present(table.to_pylist()) == golden(hostile_town)
    names = [attribute.name for attribute in small_town.rules().attributes]
    assert table.column_names[4:] == names
    assert str(table.schema.field("email").type).startswith("list")


def check_golden_in_json_lines(hostile_town, path):
    assert export(hostile_town.store, "golden", path) == len(golden(hostile_town))
    assert [orjson.loads(line) for line in path.read_bytes().splitlines()] == golden(hostile_town)


def check_golden_in_csv(hostile_town, path):
    """Also values that look like formulas come back as they are."""
    assert export(hostile_town.store, "golden", path) == len(golden(hostile_town))
    rows = read_csv(path)
    for row in rows:
        row["version"] = int(row["version"])
        row |= {"email": orjson.loads(row["email"])} if "email" in row else {}
    assert rows == golden(hostile_town)
    assert {row.get("given_name") for row in rows} >= set(HOSTILE)


def test_the_crosswalk_has_each_record_with_its_golden_id(town, tmp_path):
    held = query(
        town,
        """
        SELECT s.name, r.key, i.golden_id
        FROM crosswalk c
        JOIN record r ON r.record_id = c.record_id
        JOIN source s ON s.source_id = r.source_id
        JOIN golden_id i ON i.serial = c.serial
        ORDER BY c.record_id
        """,
    )
    for suffix in SUFFIXES:
        path = tmp_path / f"crosswalk{suffix}"
        assert export(town.store, "crosswalk", path) == len(town.truth) == len(held)
        assert [(row["source"], row["key"], row["golden_id"]) for row in read(path)] == held


def read(path) -> list[dict[str, object]]:
    if path.suffix == ".parquet":
        return present(pq.read_table(path).to_pylist())
    if path.suffix == ".csv":
        return read_csv(path)
    return [orjson.loads(line) for line in path.read_bytes().splitlines()]


def test_pairs_come_with_bits_decision_and_golden_ids(town, tmp_path):
    held = query(
        town,
        """
        SELECT l.key, r.key, p.weight
        FROM pair p
        JOIN record l ON l.record_id = p.record_l
        JOIN record r ON r.record_id = p.record_r
        ORDER BY p.record_l, p.record_r
        """,
    )
    homes = homes_of(town)
    for suffix in SUFFIXES:
        path = tmp_path / f"pairs{suffix}"
        assert export(town.store, "pairs", path) == len(held)
        rows = read(path)
        assert [
            (row["key_l"], row["key_r"], round(float(row["match_weight"]) * MICRO)) for row in rows
        ] == held
        for row in rows:
            check_pair(row, homes)


def homes_of(town) -> dict[str, str]:
    """Key -> golden ID."""
    return dict(
        query(
            town,
            """
            SELECT r.key, i.golden_id
            FROM crosswalk c
            JOIN record r ON r.record_id = c.record_id
            JOIN golden_id i ON i.serial = c.serial
            """,
        )
    )


def check_pair(row, homes):
    rules, bits = small_town.rules(), float(row["match_weight"])
    linked = "link" if bits >= rules.link_bits else "review"
    assert row["decision"] == (linked if bits >= rules.review_bits else "non-link")
    assert row["golden_id_l"] == homes[row["key_l"]]
    assert row["golden_id_r"] == homes[row["key_r"]]
    assert (row["source_l"], row["source_r"]) == ("town", "town")


def test_more_rows_than_one_batch_come_in_order(town, tmp_path, monkeypatch):
    whole, parts = tmp_path / "whole.csv", tmp_path / "parts.csv"
    export(town.store, "golden", whole)
    monkeypatch.setattr(exporting, "ROWS_AT_ONCE", 7)
    export(town.store, "golden", parts)
    assert parts.read_bytes() == whole.read_bytes()


@pytest.mark.parametrize("what", ["golden", "crosswalk", "pairs"])
def test_rows_come_in_large_batches_and_a_parquet_file_has_few_row_groups(town, tmp_path, what):
    to = tmp_path / "out.parquet"
    rows = export(town.store, what, to)
    assert rows > 10
    assert pq.ParquetFile(to).num_row_groups == 1


def test_the_same_state_gives_the_same_file(published, tmp_path):
    for path in (tmp_path / "one.parquet", tmp_path / "two.parquet"):
        export(published.store, "pairs", path)
    assert (tmp_path / "one.parquet").read_bytes() == (tmp_path / "two.parquet").read_bytes()


def test_an_export_replaces_the_file_that_was_there(published, tmp_path):
    path = tmp_path / "crosswalk.csv"
    path.write_text("yesterday's")
    export(published.store, "crosswalk", path)
    assert len(read_csv(path)) == len(published.truth)


def test_an_export_that_fails_leaves_nothing_behind(published, tmp_path):
    target = tmp_path / "golden.csv"
    target.mkdir()
    before = sorted(tmp_path.iterdir())
    with pytest.raises(FileInvalid, match="cannot be written"):
        export(published.store, "golden", target)
    assert sorted(tmp_path.iterdir()) == before


def test_a_folder_that_is_not_there_is_named(published, tmp_path):
    with pytest.raises(FileInvalid, match=r"absent/golden\.csv: .*No such file or directory"):
        export(published.store, "golden", tmp_path / "absent" / "golden.csv")


def test_the_suffix_must_be_one_of_the_formats(sqlite_store, tmp_path):
    with pytest.raises(FileInvalid, match=r"\.parquet, \.csv, \.jsonl"):
        export(sqlite_store, "golden", tmp_path / "golden.xlsx")


@pytest.mark.parametrize("what", ["golden", "crosswalk", "pairs"])
def test_before_the_first_resolve_there_is_nothing_to_export(sqlite_store, tmp_path, what):
    with pytest.raises(NothingToDo, match="mdm resolve"):
        export(sqlite_store, what, tmp_path / "out.csv")
    assert list(tmp_path.glob("*out*")) == []
