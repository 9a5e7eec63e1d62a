"""Rows that could not be taken: kept with the reason until they are, or are gone from the source.

One entry is one field of one row; the same row seen again with the same fault is the same entry.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import blake2b

import pyarrow as pa
import sqlalchemy as sa

from mdm.model.records import Rejected
from mdm.store.bulk import count, execute, staged
from mdm.store.sources import source_id
from mdm.store.store import Transaction


@dataclass(frozen=True)
class QuarantineEntry:
    """A rejected row as it is kept; `last_ingestion_id` is the ingestion that last met it."""

    quarantine_id: int
    source: str
    rejected: Rejected
    first_seen_at: str
    last_ingestion_id: int


_ADD = sa.text("""
    INSERT INTO quarantine (source_id, line, key, field, value, reason, "row", row_hash,
                            first_seen_at, last_ingestion_id)
    SELECT i.source_id, s.line, s.key, s.field, s.value, s.reason, s."row", s.row_hash,
           i.started_at, i.ingestion_id
    FROM staged_rejected s
    JOIN ingestion i ON i.ingestion_id = :ingestion_id
    WHERE i.source_id = :source_id
    ON CONFLICT (source_id, row_hash, field) DO UPDATE
    SET line = excluded.line,
        key = excluded.key,
        value = excluded.value,
        reason = excluded.reason,
        last_ingestion_id = excluded.last_ingestion_id
""")

_CLOSE_UNSEEN = sa.text("""
    DELETE FROM quarantine
    WHERE source_id = :source_id
      AND last_ingestion_id <> :ingestion_id
""")

_ENTRIES = sa.text("""
    SELECT q.*, s.name AS source
    FROM quarantine q
    JOIN source s ON s.source_id = q.source_id
    WHERE s.name = coalesce(:source, s.name)
    ORDER BY s.name, q.quarantine_id
""")

_REMOVE = sa.text("""
    DELETE FROM quarantine
    WHERE quarantine_id IN (SELECT quarantine_id FROM staged_quarantine_id)
""")


def add(tx: Transaction, source: str, ingestion_id: int, rejected: Sequence[Rejected]) -> None:
    """Keep rows that an ingestion of the source could not take; known faults are seen again."""
    distinct = {(_row_hash(fault), fault.field): fault for fault in rejected}
    columns = {
        "line": pa.array((fault.line for fault in distinct.values()), pa.int64()),
        "key": _texts(fault.key for fault in distinct.values()),
        "field": _texts(fault.field or "" for fault in distinct.values()),
        "value": _texts(fault.value for fault in distinct.values()),
        "reason": _texts(fault.reason for fault in distinct.values()),
        "row": _texts(fault.row for fault in distinct.values()),
        "row_hash": _texts(row_hash for row_hash, _ in distinct),
    }
    number = source_id(tx, source)
    with staged(tx, "staged_rejected", pa.table(columns)):
        execute(tx, _ADD, source_id=number, ingestion_id=ingestion_id)


def close_unseen(tx: Transaction, source: str, ingestion_id: int) -> int:
    """Drop the source's entries that its latest, complete ingestion did not meet; count them."""
    return count(tx, _CLOSE_UNSEEN, source_id=source_id(tx, source), ingestion_id=ingestion_id)


def entries(tx: Transaction, source: str | None = None) -> list[QuarantineEntry]:
    """List the entries of one source or of all, by source and in the order of their coming."""
    if source is not None:
        source_id(tx, source)
    return [_entry(row) for row in tx.connection.execute(_ENTRIES, {"source": source})]


def remove(tx: Transaction, ids: Iterable[int]) -> int:
    """Drop entries by their numbers, because their rows were taken after all; count them."""
    table = pa.table({"quarantine_id": pa.array(list(ids), pa.int64())})
    with staged(tx, "staged_quarantine_id", table):
        return count(tx, _REMOVE)


def _row_hash(rejected: Rejected) -> str:
    return blake2b(rejected.row.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def _texts(values: Iterable[str | None]) -> "pa.Array[pa.StringScalar]":
    return pa.array(list(values), pa.string())


def _entry(row: sa.Row[tuple[object, ...]]) -> QuarantineEntry:
    rejected = Rejected(
        line=row.line,
        key=row.key,
        field=row.field or None,
        value=row.value,
        reason=row.reason,
        row=row.row,
    )
    return QuarantineEntry(
        row.quarantine_id, row.source, rejected, row.first_seen_at, row.last_ingestion_id
    )
