"""Rows in, a department's file out; rows that are text already are written as they are."""

import csv
import json
import sqlite3
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from anyascii import anyascii

Rows = Sequence[Mapping[str, Any] | str]


def write_sqlite(path: Path, table: str, rows: Rows) -> None:
    """Write a table of text columns, those of the first row."""
    names = _names(rows)
    columns = ", ".join(f'"{name}" TEXT' for name in names)
    places = ", ".join("?" for _ in names)
    connection = sqlite3.connect(path)
    with connection:
        connection.execute(f'CREATE TABLE "{table}" ({columns})')
        connection.executemany(f'INSERT INTO "{table}" VALUES ({places})', _values(rows, names))
    connection.close()


def write_parquet(path: Path, rows: Rows) -> None:
    """Write typed columns: dates, times and numbers as they come."""
    pq.write_table(pa.Table.from_pylist([dict(row) for row in _mappings(rows)]), path)


def write_json_lines(path: Path, rows: Rows) -> None:
    """Write one JSON object a line, with letters of every script as they are."""
    lines = (row if isinstance(row, str) else json.dumps(row, ensure_ascii=False) for row in rows)
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


def write_csv(path: Path, rows: Rows, *, delimiter: str, encoding: str) -> None:
    """Write a header and the rows; what the encoding lacks becomes plain Latin."""
    names = _names(rows)
    with path.open("w", encoding=encoding, newline="") as file:
        writer = csv.writer(file, delimiter=delimiter)
        writer.writerow(names)
        for values in _values(rows, names):
            writer.writerow([_encodable(value, encoding) for value in values])


def _encodable(value: object, encoding: str) -> object:
    if not isinstance(value, str):
        return value
    try:
        value.encode(encoding)
    except UnicodeEncodeError:
        return anyascii(value)
    return value


def _mappings(rows: Rows) -> list[Mapping[str, Any]]:
    return [row for row in rows if not isinstance(row, str)]


def _names(rows: Rows) -> list[str]:
    return list(_mappings(rows)[0])


def _values(rows: Rows, names: list[str]) -> list[list[Any]]:
    return [[row.get(name) for name in names] for row in _mappings(rows)]
