"""Population in, the data of six departments and the truth about it out."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from demo.bank import departments
from demo.bank.writers import write_csv, write_json_lines, write_parquet, write_sqlite
from demo.population import Population, Rates, records

PEOPLE = 8_000
TRUTH_FILE = "truth.parquet"
Row = Mapping[str, Any]


@dataclass(frozen=True)
class Department:
    """A source: the share of all people that it knows, its key, how it writes a record down.

    `spoilt` are rows, or text lines, that nobody can take; they are no part of the truth.
    """

    name: str
    coverage: float
    key_prefix: str
    row: Callable[[departments.Record], Row]
    write: Callable[[Path, list[Row | str]], None]
    file: str
    spoilt: tuple[Row | str, ...]


def _table(name: str) -> Callable[[Path, list[Row | str]], None]:
    return lambda path, rows: write_sqlite(path, name, rows)


def _csv(delimiter: str, encoding: str) -> Callable[[Path, list[Row | str]], None]:
    return lambda path, rows: write_csv(path, rows, delimiter=delimiter, encoding=encoding)


DEPARTMENTS = (
    Department(
        "core_banking", 0.72, "", departments.core_banking, _table("customer"), "core.db",
        (
            departments.core_banking({"given_name": "Nobody", "family_name": "Keyless"}),
            {"customer_no": "900000000001", "first_name": "Dora", "birth": "1985-02-31"},
        ),
    ),
    Department(
        "cards", 0.42, "C-", departments.cards, write_parquet, "cards.parquet",
        (departments.cards({"given_name": "Nobody", "family_name": "Keyless"}),),
    ),
    Department(
        "web_shop", 0.50, "u", departments.web_shop, write_json_lines, "shop.jsonl",
        (
            '{"user_id": "u900000000002", "name": {"first": "Broken", "last": "Li',
            {"user_id": "u900000000003", "name": {"first": ["Two", "Names"], "last": "List"}},
        ),
    ),
    Department(
        "support", 0.30, "S", departments.support, _csv(";", "latin-1"), "support.csv",
        (departments.support({"given_name": "Nobody", "family_name": "Keyless"}),),
    ),
    Department(
        "prospects", 0.28, "MK", departments.prospects, _table("PROSPECT"), "marketing.db", (),
    ),
    Department(
        "agency", 0.20, "X/", departments.agency, _csv(",", "utf-8"), "agency.csv",
        ({"ref": "X/900000000004", "name": "MISTAKEN, Mona", "dob": "13/45/1980"},),
    ),
)  # fmt: skip
"""In the order of the population's coverage."""


def write_bank(
    directory: Path, *, people: int = PEOPLE, seed: int = 1, rates: Rates | None = None
) -> dict[str, int]:
    """Write the six departments' data and TRUTH_FILE (source, key, entity) into a directory.

    The directory is made, files in it are replaced.  Returns how many good records each source has.
    """
    directory.mkdir(parents=True, exist_ok=True)
    population = Population(
        seed=seed,
        rates=rates or Rates(),
        coverage=tuple(department.coverage for department in DEPARTMENTS),
    )
    everything = records(population, people=people).sort_by("key")
    truths = [
        _write_department(directory, department, everything.filter(pc.field("source") == position))
        for position, department in enumerate(DEPARTMENTS)
    ]
    pq.write_table(pa.concat_tables(truths), directory / TRUTH_FILE)
    return {d.name: t.num_rows for d, t in zip(DEPARTMENTS, truths, strict=True)}


def _write_department(directory: Path, department: Department, table: pa.Table) -> pa.Table:
    """Write one department's file; return its part of the truth."""
    kept = [{n: v for n, v in row.items() if v is not None} for row in table.to_pylist()]
    for record in kept:
        record["key"] = department.key_prefix + record["key"]
    rows: list[Row | str] = [department.row(record) for record in kept]
    middle = len(rows) // 2
    rows[middle:middle] = department.spoilt
    path = directory / department.file
    path.unlink(missing_ok=True)
    department.write(path, rows)
    return pa.table(
        {
            "source": pa.array([department.name] * len(kept)),
            "key": pa.array([record["key"] for record in kept], pa.string()),
            "entity": table["entity"].combine_chunks(),
        }
    )
