"""Each source's figures: how many records, how the last ingestion went, what waits."""

from collections.abc import Mapping

import sqlalchemy as sa

from mdm.model.records import Taken
from mdm.model.views import Ingestion, SourceSummary
from mdm.store.store import Transaction

Counts = Mapping[int, int]
"""Source ID -> how many; a source without any is absent."""

_SOURCES = sa.text("SELECT * FROM source ORDER BY name")
_NAMES = sa.text("SELECT name FROM source ORDER BY name")

# Written so that partial indexes answer the rare states, and the key's index the rest.
_RECORDS = sa.text("SELECT source_id, count(*) FROM record GROUP BY source_id")
_RETIRED = sa.text("""
    SELECT source_id, count(*)
    FROM record
    WHERE retired_at IS NOT NULL
    GROUP BY source_id
""")
_PENDING = sa.text("SELECT source_id, count(*) FROM record WHERE pending GROUP BY source_id")
_QUARANTINED = sa.text("""
    SELECT source_id, count(DISTINCT row_hash)
    FROM quarantine
    GROUP BY source_id
""")

_LAST_INGESTIONS = sa.text("""
    SELECT *
    FROM ingestion
    WHERE ingestion_id IN (SELECT max(ingestion_id) FROM ingestion GROUP BY source_id)
""")

_LAST_RESOLUTION = sa.text("SELECT max(resolution_id) FROM resolution")


def names(tx: Transaction) -> list[str]:
    """List the names of all sources."""
    return list(tx.connection.execute(_NAMES).scalars())


def summaries(tx: Transaction, duplicates: Counts) -> list[SourceSummary]:
    """Read every declared source's figures by name; `duplicates` by their numbers."""
    everything, retired = _counts(tx, _RECORDS), _counts(tx, _RETIRED)
    pending, quarantined = _counts(tx, _PENDING), _counts(tx, _QUARANTINED)
    last = _last_ingestions(tx)
    return [
        SourceSummary(
            name=row.name,
            kind=row.kind,
            trust=row.trust,
            live=everything.get(row.source_id, 0) - retired.get(row.source_id, 0),
            retired=retired.get(row.source_id, 0),
            pending=pending.get(row.source_id, 0),
            duplicates=duplicates.get(row.source_id, 0),
            quarantined=quarantined.get(row.source_id, 0),
            last_ingestion=last.get(row.source_id),
        )
        for row in tx.connection.execute(_SOURCES)
    ]


def last_resolution(tx: Transaction) -> int | None:
    """Tell the number of the last resolution, None before the first; it grows with each."""
    number: int | None = tx.connection.execute(_LAST_RESOLUTION).scalar()
    return number


def _counts(tx: Transaction, statement: sa.TextClause) -> Counts:
    return {row[0]: row[1] for row in tx.connection.execute(statement)}


def _last_ingestions(tx: Transaction) -> Mapping[int, Ingestion]:
    return {
        row.source_id: Ingestion(
            started_at=row.started_at,
            finished_at=row.finished_at,
            read=row.read,
            taken=Taken(row.created, row.changed, row.unchanged, row.stale),
            quarantined=row.quarantined,
        )
        for row in tx.connection.execute(_LAST_INGESTIONS)
    }
