"""Finding by a department's own key."""

from typing import Any

import sqlalchemy as sa

from mdm.model.errors import NotFound
from mdm.model.records import RecordRef
from mdm.store.store import Transaction

_SOURCE = sa.text("SELECT source_id FROM source WHERE name = :source")

# `source_id IN`: so that the index of (source_id, key) answers, not a scan of all records.
_NAMED = sa.text("""
    SELECT s.name AS source, r.key
    FROM record r
    JOIN source s ON s.source_id = r.source_id
    WHERE r.source_id IN (SELECT source_id FROM source)
      AND r.key IN (:text, :key)
      AND (r.key = :text OR s.name = :source)
    ORDER BY s.name, r.key
""")


def refs_of(tx: Transaction, text: str) -> list[RecordRef]:
    """List the records that a text names: those with it as their key, and that of `source/key`."""
    source, _, key = text.partition("/")
    rows = tx.connection.execute(_NAMED, {"text": text, "source": source, "key": key})
    return [RecordRef(row.source, row.key) for row in rows]


def row_of(tx: Transaction, ref: RecordRef, query: sa.TextClause) -> sa.Row[Any]:
    """Read the one row that `query` gives for a record, by :source_id and :key.

    NotFound for an unknown source or key.
    """
    source_id = tx.connection.execute(_SOURCE, {"source": ref.source}).scalar()
    if source_id is None:
        raise NotFound("source", ref.source)
    bound = {"source_id": source_id, "key": ref.key}
    row = tx.connection.execute(query, bound).one_or_none()
    if row is None:
        raise NotFound(f"record of source {ref.source!r} with key", ref.key)
    return row
