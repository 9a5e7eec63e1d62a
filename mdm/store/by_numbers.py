"""Queries about a list of numbers or texts, however long, as one bound value."""

from collections.abc import Collection, Sequence

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
        if not numbers:
            return []
        listed = list(numbers)
        if is_sqlite(tx):
            return statements.rows(
                tx, self._on_sqlite, {"numbers": orjson.dumps(listed).decode(), **bound}
            )
        return statements.rows(tx, self._on_postgres, {"numbers": listed, **bound})


class ByTexts(ByNumbers):
    """The same of texts, `{numbers}` too."""

    _KIND = "text"
