"""The bank: six departments' files that can be read as they say, and the truth about them."""

import csv
import json
import sqlite3
from collections import Counter
from datetime import date, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import yaml

from demo.bank import TRUTH_FILE, write_bank
from demo.bank.bank import DEPARTMENTS
from demo.population import Population, records

SOURCES_FILE = Path(__file__).parent.parent / "demo" / "sources.yaml"
PEOPLE = 2_000


@pytest.fixture(scope="module")
def bank(tmp_path_factory) -> Path:
    directory = tmp_path_factory.mktemp("bank")
    write_bank(directory, people=PEOPLE)
    return directory


@pytest.fixture(scope="module")
def truth(bank) -> pa.Table:
    return pq.read_table(bank / TRUTH_FILE)


def rows_of(path: Path, said: dict) -> list[dict]:
    """Read a file with the plainest reader that there is for what its location says."""
    if "parquet" in said:
        return pq.read_table(path).to_pylist()
    if "json_lines" in said:
        whole = (line for line in path.read_text("utf-8").splitlines() if line[-1] == "}")
        return [json.loads(line) for line in whole]
    if "csv" in said:
        text = path.read_text(said.get("encoding", "utf-8"))
        return list(csv.DictReader(text.splitlines(), delimiter=said.get("delimiter", ",")))
    connection = sqlite3.connect(path)
    connection.row_factory = sqlite3.Row
    query = said.get("query") or f'SELECT * FROM "{said["table"]}"'
    return [dict(row) for row in connection.execute(query)]


def read_sources(bank: Path) -> dict[str, tuple[dict, list[dict]]]:
    """For each source of the sources file: what the file says, and the rows as they stand."""
    said = yaml.safe_load(SOURCES_FILE.read_text("utf-8"))["sources"]
    files = {department.name: bank / department.file for department in DEPARTMENTS}
    return {name: (said[name], rows_of(files[name], said[name]["from"])) for name in said}


def columns_of(attributes: dict) -> set[str]:
    columns: set[str] = set()
    for how in attributes.values():
        named = how if not isinstance(how, dict) else how.get("join") or how["column"]
        columns |= set(named) if isinstance(named, list) else {named}
    return columns


def test_the_same_seed_writes_the_same_files(bank, tmp_path):
    write_bank(tmp_path, people=PEOPLE)
    for name in ("cards.parquet", "shop.jsonl", "support.csv", "agency.csv", TRUTH_FILE):
        assert (tmp_path / name).read_bytes() == (bank / name).read_bytes()
    for name in ("core.db", "marketing.db"):
        dumps = [list(sqlite3.connect(place / name).iterdump()) for place in (tmp_path, bank)]
        assert dumps[0] == dumps[1]


def test_writing_again_replaces_what_was_there(tmp_path):
    write_bank(tmp_path, people=300, seed=1)
    counts = write_bank(tmp_path, people=300, seed=2)
    core = sqlite3.connect(tmp_path / "core.db").execute("SELECT count(*) FROM customer").fetchone()
    assert core[0] == counts["core_banking"] + 2


def test_the_whole_bank_has_about_20_000_records_of_8_000_people(tmp_path):
    counts = write_bank(tmp_path)
    truth = pq.read_table(tmp_path / TRUTH_FILE)
    assert 19_500 < sum(counts.values()) == truth.num_rows < 20_500
    assert len(truth["entity"].unique()) == 8_000


def test_the_sources_file_names_the_six_departments_and_where_they_are_written():
    said = yaml.safe_load(SOURCES_FILE.read_text("utf-8"))["sources"]
    assert list(said) == [department.name for department in DEPARTMENTS]
    for department in DEPARTMENTS:
        place = said[department.name]["from"]
        path = place[next(iter(place.keys() & {"csv", "json_lines", "parquet", "url"}))]
        assert path.removeprefix("sqlite:///") == f"data/{department.file}"


def test_every_column_that_the_sources_file_names_is_in_the_data(bank):
    for name, (said, rows) in read_sources(bank).items():
        modified = said.get("modified_at", said["key"])
        modified = modified["column"] if isinstance(modified, dict) else modified
        needed = columns_of(said["attributes"]) | {said["key"], modified}
        assert {column.split(".")[0] for column in needed} <= set(rows[0]), name


def test_the_truth_knows_exactly_the_records_that_can_be_taken(bank, truth):
    known = set(zip(*(truth[column].to_pylist() for column in ("source", "key")), strict=True))
    assert len(known) == truth.num_rows
    written = Counter(
        (name, row[said["key"]])
        for name, (said, rows) in read_sources(bank).items()
        for row in rows
        if row[said["key"]] and "90000000000" not in row[said["key"]]
    )
    assert set(written) == known
    assert set(written.values()) == {1}


def test_the_truth_is_that_of_the_population(truth):
    coverage = tuple(department.coverage for department in DEPARTMENTS)
    made = records(Population(coverage=coverage), people=PEOPLE)
    by_key = dict(zip(made["key"].to_pylist(), made["entity"].to_pylist(), strict=True))
    for row in truth.to_pylist():
        assert by_key[row["key"][-12:]] == row["entity"]


def test_support_is_latin_1_and_nothing_else(bank):
    raw = (bank / "support.csv").read_bytes()
    assert "Straße" in raw.decode("latin-1")
    with pytest.raises(UnicodeDecodeError):
        raw.decode("utf-8")


def test_each_department_has_its_own_formats(bank):
    rows = {name: rows for name, (_, rows) in read_sources(bank).items()}
    assert any(str(row["phone"]).startswith("+44 ") for row in rows["core_banking"])
    assert all(isinstance(r["birth_date"], date | None) for r in rows["cards"])
    assert all(isinstance(r["updated"], datetime | None) for r in rows["cards"])
    assert any(len(row.get("emails", [])) == 2 for row in rows["web_shop"])
    days = [row["Geburtstag"] for row in rows["support"] if row["Geburtstag"]]
    assert all(datetime.strptime(day, "%d/%m/%Y") for day in days)
    assert 0.2 < len(days) / len(rows["support"]) < 0.35
    assert all(r["LNAME"] == (r["LNAME"] or "").upper() for r in rows["prospects"])
    phones = [row["TEL"] for row in rows["prospects"] if row["TEL"]]
    assert sum(phone.startswith("7") for phone in phones) / len(phones) > 0.8
    middles = [int(row["dob"].split("/")[1]) for row in rows["agency"] if row["dob"]]
    assert 13 < sum(middles) / len(middles) < 18
    assert all("," in row["name"] for row in rows["agency"])


def test_a_record_left_with_little_more_than_a_name_is_a_rarity(bank):
    telling = {"date_of_birth", "email", "phone", "national_id", "postal_code"}
    poor = total = 0
    for said, rows in read_sources(bank).values():
        for row in rows:
            values = [_value(row, said["attributes"].get(name)) for name in telling]
            poor += sum(map(bool, values)) < 2
            total += 1
    assert poor / total < 0.01


def _value(row: dict, how: object) -> object:
    value: object = row
    for part in (how["column"] if isinstance(how, dict) else how or "").split("."):
        value = value.get(part) if isinstance(value, dict) else None
    return value


def test_a_handful_of_rows_is_beyond_taking(bank):
    rows = {name: rows for name, (_, rows) in read_sources(bank).items()}
    assert sum(not row["customer_no"] for row in rows["core_banking"]) == 1
    assert sum(not row["account"] for row in rows["cards"]) == 1
    assert sum(not row["Kundennr"] for row in rows["support"]) == 1
    assert sum(row["dob"] == "13/45/1980" for row in rows["agency"]) == 1
    assert sum(row["birth"] == "1985-02-31" for row in rows["core_banking"]) == 1
    broken = [line for line in (bank / "shop.jsonl").read_text().splitlines() if line[-1] != "}"]
    assert len(broken) == 1
