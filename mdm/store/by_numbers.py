"""Queries about a list of numbers, however long, as one bound value."""

from collections.abc import Collection, Sequence
from typing import Any

import orjson
import sqlalchemy as sa

from mdm.store.bulk import is_sqlite
from mdm.store.store import Transaction


class ByNumbers:
    """A query about the numbers in one list, `{numbers}`, bound whole on either database."""

    def __init__(self, query: str) -> None:
        self._on_sqlite = sa.text(query.format(numbers="SELECT value FROM json_each(:numbers)"))
        self._on_postgres = sa.text(
            query.format(numbers="SELECT unnest(CAST(:numbers AS bigint[]))")
        )

    def rows(
        self, tx: Transaction, numbers: Collection[int], **bound: object
    ) -> Sequence[sa.Row[Any]]:
        """Read the rows for the numbers; without any, none."""
        if not numbers:
            return []
        listed = list(numbers)
        if is_sqlite(tx):
            found = tx.connection.execute(
                self._on_sqlite, {"numbers": orjson.dumps(listed).decode(), **bound}
            )
        else:
            found = tx.connection.execute(self._on_postgres, {"numbers": listed, **bound})
        return found.all()
