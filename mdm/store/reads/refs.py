"""Finding by a department's own key."""

from typing import Any

import sqlalchemy as sa

from mdm.model.errors import NotFound
from mdm.model.records import RecordRef
from mdm.store.store import Transaction

_SOURCE = sa.text("SELECT source_id FROM source WHERE name = :source")


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
