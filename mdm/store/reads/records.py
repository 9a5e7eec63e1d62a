"""Source records as their departments gave them: by golden record, by source and key."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from mdm.model.explanation import MatchingRecord
from mdm.model.records import RecordRef
from mdm.model.views import ResolvedRecord, SourceRecord, SourceVersion
from mdm.store.codec import attributes_from_json, from_json
from mdm.store.reads.refs import row_of
from mdm.store.store import Transaction

_OF_GOLDEN_RECORD = sa.text("""
    SELECT r.*, s.name AS source, f.attributes AS standardised
    FROM crosswalk c
    JOIN record r ON r.record_id = c.record_id
    JOIN source s ON s.source_id = r.source_id
    LEFT JOIN standardised f ON f.record_id = r.record_id
    WHERE c.serial = :serial AND c.record_id > :after
    ORDER BY c.record_id
    LIMIT :rows
""")

_BY_REF = sa.text("""
    SELECT r.*, s.name AS source, f.attributes AS standardised, i.golden_id
    FROM record r
    JOIN source s ON s.source_id = r.source_id
    LEFT JOIN standardised f ON f.record_id = r.record_id
    LEFT JOIN crosswalk c ON c.record_id = r.record_id AND r.retired_at IS NULL
    LEFT JOIN golden_id i ON i.serial = c.serial
    WHERE r.source_id = :source_id AND r.key = :key
""")

_VERSIONS = sa.text("""
    SELECT version, payload, attributes, modified_at, arrived_at, retired_at
    FROM record_version
    WHERE record_id = :record_id AND version > :after
    UNION ALL
    SELECT version, payload, attributes, modified_at, arrived_at, retired_at
    FROM record
    WHERE record_id = :record_id AND version > :after
    ORDER BY version
    LIMIT :rows
""")

_STANDARDISED = sa.text("""
    SELECT record_id, attributes
    FROM standardised
    WHERE record_id IN :record_ids
    ORDER BY record_id
""").bindparams(sa.bindparam("record_ids", expanding=True))


def records_of(
    tx: Transaction, serial: int, *, after: int, limit: int
) -> list[tuple[int, SourceRecord]]:
    """Read at most `limit` records of a golden record with a number above `after`.

    Result: (record ID, record) in the order in which they first arrived.
    """
    bound = {"serial": serial, "after": after, "rows": limit}
    rows = tx.connection.execute(_OF_GOLDEN_RECORD, bound)
    return [(row.record_id, _source_record(row)) for row in rows]


def record_of(tx: Transaction, ref: RecordRef) -> ResolvedRecord:
    """Read a source record, live or retired; NotFound for an unknown source or key."""
    row = row_of(tx, ref, _BY_REF)
    return ResolvedRecord(**_as_it_came(row), golden_id=row.golden_id)


def versions_of(tx: Transaction, ref: RecordRef, *, after: int, limit: int) -> list[SourceVersion]:
    """Read at most `limit` versions of a record above `after`, oldest first; NotFound as above."""
    bound = {"record_id": row_of(tx, ref, _BY_REF).record_id, "after": after, "rows": limit}
    return [
        SourceVersion(
            version=row.version,
            payload=from_json(row.payload),
            attributes=attributes_from_json(row.attributes),
            modified_at=row.modified_at,
            arrived_at=row.arrived_at,
            retired_at=row.retired_at,
        )
        for row in tx.connection.execute(_VERSIONS, bound)
    ]


def _source_record(row: sa.Row[Any]) -> SourceRecord:
    return SourceRecord(**_as_it_came(row))


def _as_it_came(row: sa.Row[Any]) -> dict[str, Any]:
    return {
        "ref": RecordRef(row.source, row.key),
        "version": row.version,
        "payload": from_json(row.payload),
        "attributes": attributes_from_json(row.attributes),
        "standardised": attributes_from_json(row.standardised or "{}"),
        "modified_at": row.modified_at,
        "arrived_at": row.arrived_at,
        "retired_at": row.retired_at,
        "pending": bool(row.pending),
    }


def matching_records(tx: Transaction, record_ids: Sequence[int]) -> list[MatchingRecord]:
    """Read what the model sees of records, by ascending number."""
    return [
        MatchingRecord(row.record_id, attributes_from_json(row.attributes))
        for row in tx.connection.execute(_STANDARDISED, {"record_ids": record_ids})
    ]
