"""Queries about a list of numbers or texts, however long, as one bound value."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import orjson
import sqlalchemy as sa

from mdm.store import statements
from mdm.store.bulk import is_sqlite
from mdm.store.statements import Row
from mdm.store.store import Transaction


class ByNumbers:
    """A query about the numbers in one list, `{numbers}`, bound whole on either database."""

    _KIND = "bigint"

    def __init__(self, query: str) -> None:
        self._on_sqlite = sa.text(query.format(numbers="SELECT value FROM json_each(:numbers)"))
        self._on_postgres = sa.text(
            query.format(numbers=f"SELECT unnest(CAST(:numbers AS {self._KIND}[]))")
        )

    def rows(
        self, tx: Transaction, numbers: Collection[int | str], **bound: object
    ) -> Sequence[Row]:
        """Read the rows for what is listed; for nothing, none."""
        return statements.rows(tx, *self._bound(tx, numbers, bound)) if numbers else []

    def tuples(
        self, tx: Transaction, numbers: Collection[int | str], **bound: object
    ) -> list[tuple[Any, ...]]:
        """Read the same as plain tuples: for rows by the thousand."""
        return statements.tuples(tx, *self._bound(tx, numbers, bound)) if numbers else []

    def _bound(
        self, tx: Transaction, numbers: Collection[int | str], bound: Mapping[str, object]
    ) -> tuple[sa.TextClause, Mapping[str, object]]:
        listed = list(numbers)
        if is_sqlite(tx):
            return self._on_sqlite, {"numbers": orjson.dumps(listed).decode(), **bound}
        return self._on_postgres, {"numbers": listed, **bound}


class ByTexts(ByNumbers):
    """The same of texts, `{numbers}` too."""

    _KIND = "text"
