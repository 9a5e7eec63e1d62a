"""The log of ingestions: when each source was read, and what became of its rows."""

from collections.abc import Mapping

import sqlalchemy as sa

from mdm.model.errors import NotFound
from mdm.store.schema import ingestion
from mdm.store.sources import source_id
from mdm.store.store import Transaction

FIGURES = ("read", "created", "changed", "unchanged", "stale", "quarantined")


def begin(tx: Transaction, source: str, at: str) -> int:
    """Note that reading a source starts; the result is the ingestion's number."""
    insert = sa.insert(ingestion).values(source_id=source_id(tx, source), started_at=at)
    return int(tx.connection.execute(insert.returning(ingestion.c.ingestion_id)).scalar_one())


def finish(tx: Transaction, ingestion_id: int, figures: Mapping[str, int], at: str) -> None:
    """Note that it ended, with the rows counted under the names in FIGURES (absent: 0).

    NotFound when there is no such ingestion.
    """
    counts = {name: figures.get(name, 0) for name in FIGURES}
    update = sa.update(ingestion).where(ingestion.c.ingestion_id == ingestion_id)
    if tx.connection.execute(update.values(finished_at=at, **counts)).rowcount == 0:
        raise NotFound("ingestion", str(ingestion_id))
