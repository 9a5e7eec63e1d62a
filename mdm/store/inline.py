"""Few rows beside a statement: bound values of it that stand where a temporary table would.

Making, filling and dropping a temporary table costs three statements, after which SQLite parses
all the others of its connection anew; a submission would do so twenty times.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import orjson
import pyarrow as pa
import sqlalchemy as sa

MOST_ROWS = 100
"""Up to here rows are bound.  SQLite reads JSON, PostgreSQL plans by the length of the arrays."""

Columns = tuple[tuple[str, str], ...]
"""The names of a table's columns, and their types in SQL."""


@dataclass(frozen=True)
class Inlined:
    """A table of few rows."""

    columns: Columns
    table: pa.Table

    def bound(self, name: str, *, sqlite: bool) -> dict[str, object]:
        """Make the values to bind, by the names that `reading` gives them."""
        lists = [column.to_pylist() for column in self.table.columns]
        if sqlite:
            rows = [list(row) for row in zip(*lists, strict=True)]
            return {name: orjson.dumps(rows).decode()}
        return {f"{name}_{at}": values for at, values in enumerate(lists)}


def can_be_inlined(table: pa.Table) -> bool:
    """Tell whether a table may be bound: few rows, and no floats, which JSON could change."""
    exact = not any(pa.types.is_floating(kind) for kind in table.schema.types)
    return exact and table.num_rows <= MOST_ROWS


@lru_cache(maxsize=512)
def names_in(statement: sa.TextClause, names: tuple[str, ...]) -> tuple[str, ...]:
    """Choose the tables that a statement reads."""
    return tuple(name for name in names if re.search(rf"\b{name}\b", statement.text))


@lru_cache(maxsize=512)
def reading(
    statement: sa.TextClause, tables: tuple[tuple[str, Columns], ...], *, sqlite: bool
) -> sa.TextClause:
    """Let a statement read tables that are bound to it.

    Their names and their columns' are the code's own words, never data.
    """
    write = _on_sqlite if sqlite else _on_postgres
    return sa.text(f"WITH {', '.join(write(*table) for table in tables)} {statement.text}")


def _on_sqlite(name: str, columns: Columns) -> str:
    names = ", ".join(f'"{column}"' for column, _ in columns)
    values = ", ".join(f"json_extract(value, '$[{at}]')" for at in range(len(columns)))
    return f"{name} ({names}) AS (SELECT {values} FROM json_each(:{name}))"


def _on_postgres(name: str, columns: Columns) -> str:
    names = ", ".join(f'"{column}"' for column, _ in columns)
    values = ", ".join(f"CAST(:{name}_{at} AS {kind}[])" for at, (_, kind) in enumerate(columns))
    return f"{name} ({names}) AS (SELECT * FROM unnest({values}))"


def values_of(tables: dict[str, Inlined], *, sqlite: bool) -> dict[str, Any]:
    """Make the values to bind of several tables."""
    return {
        key: value
        for name, table in tables.items()
        for key, value in table.bound(name, sqlite=sqlite).items()
    }
