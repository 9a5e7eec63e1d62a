"""What a resolve reads: everything of one snapshot, as Arrow batches of bounded size.

The rows come through the driver's own cursor (on PostgreSQL a server-side one), so memory stays
bounded however many there are.  Each iterator must be exhausted or closed inside its transaction.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from typing import Any, Protocol

import psycopg
import pyarrow as pa

from mdm.store.bulk import is_sqlite
from mdm.store.store import Transaction

_ROWS_AT_ONCE = 50_000


class _Cursor(Protocol):
    """What `sqlite3` and psycopg's cursors have in common here."""

    def execute(self, query: str) -> object: ...

    def fetchmany(self, size: int) -> list[tuple[Any, ...]]: ...

    def close(self) -> None: ...


_INTEGER: pa.DataType = pa.int64()
_NUMBER: pa.DataType = pa.float64()
_TEXT: pa.DataType = pa.string()
_TRUTH: pa.DataType = pa.bool_()

_LIVE = """
    SELECT r.record_id, s.name, s.trust, r.key, r.modified_at, r.content_hash,
           z.rules_hash, z.attributes, r.attributes, r.own_serial, r.pending
    FROM record r
    JOIN source s ON s.source_id = r.source_id
    LEFT JOIN standardised z ON z.record_id = r.record_id
    WHERE r.retired_at IS NULL
    ORDER BY r.record_id
"""
_LIVE_SCHEMA = pa.schema(
    {
        "record_id": _INTEGER,
        "source": _TEXT,
        "trust": _NUMBER,
        "key": _TEXT,
        "modified_at": _TEXT,
        "content_hash": _TEXT,
        "rules_hash": _TEXT,
        "standardised": _TEXT,
        "attributes": _TEXT,
        "own_serial": _INTEGER,
        "pending": _TRUTH,
    }
)

_RETIRED_PENDING = """
    SELECT record_id, content_hash
    FROM record
    WHERE pending AND retired_at IS NOT NULL
    ORDER BY record_id
"""
_RETIRED_PENDING_SCHEMA = pa.schema({"record_id": _INTEGER, "content_hash": _TEXT})

_STANDING = """
    SELECT record_id, content_hash, own_serial, retired_at IS NULL, pending
    FROM record
    ORDER BY record_id
"""
_STANDING_SCHEMA = pa.schema(
    {
        "record_id": _INTEGER,
        "content_hash": _TEXT,
        "own_serial": _INTEGER,
        "live": _TRUTH,
        "pending": _TRUTH,
    }
)

_PAIRS = """
    SELECT record_l, record_r, weight, inside_only
    FROM pair
    ORDER BY record_l, record_r
"""
_PAIRS_SCHEMA = pa.schema(
    {"record_l": _INTEGER, "record_r": _INTEGER, "weight": _INTEGER, "inside_only": _TRUTH}
)

_CROSSWALK = """
    SELECT record_id, serial
    FROM crosswalk
    ORDER BY record_id
"""
_CROSSWALK_SCHEMA = pa.schema({"record_id": _INTEGER, "serial": _INTEGER})

_GOLDEN = """
    SELECT serial, version, attributes, provenance
    FROM golden_record
    ORDER BY serial
"""
_GOLDEN_SCHEMA = pa.schema(
    {
        "serial": _INTEGER,
        "version": _INTEGER,
        "attributes": _TEXT,
        "provenance": _TEXT,
    }
)


def live_records(tx: Transaction) -> pa.RecordBatchReader:
    """Give the records that are not retired, by record ID.

    Columns: record_id, source, trust (0 to 1), key, modified_at (null: unknown), content_hash,
    rules_hash and standardised (JSON; both null before the first standardising), attributes
    (JSON), own_serial (null before the first publication), pending.
    """
    return reader(tx, _LIVE, _LIVE_SCHEMA)


def retired_pending(tx: Transaction) -> pa.RecordBatchReader:
    """Give record_id and content_hash of retired records that publication does not know of yet."""
    return reader(tx, _RETIRED_PENDING, _RETIRED_PENDING_SCHEMA)


def standing_records(tx: Transaction) -> pa.RecordBatchReader:
    """Give record_id, content_hash, own_serial, live and pending of all records."""
    return reader(tx, _STANDING, _STANDING_SCHEMA)


def old_pairs(tx: Transaction) -> pa.RecordBatchReader:
    """Give the published pairs in their order: record_l < record_r, weight, inside_only.

    Weights are micro-bits; `inside_only` pairs are kept only because they lie inside a component.
    """
    return reader(tx, _PAIRS, _PAIRS_SCHEMA)


def old_crosswalk(tx: Transaction) -> pa.RecordBatchReader:
    """Give the published crosswalk: record_id, serial of its golden ID; by record ID."""
    return reader(tx, _CROSSWALK, _CROSSWALK_SCHEMA)


def old_golden(tx: Transaction) -> pa.RecordBatchReader:
    """Give the published golden records: serial, version, attributes, provenance (JSON)."""
    return reader(tx, _GOLDEN, _GOLDEN_SCHEMA)


def reader(tx: Transaction, query: str, schema: pa.Schema) -> pa.RecordBatchReader:
    """Give the rows of a query, its columns as the schema says."""
    return pa.RecordBatchReader.from_batches(schema, _batches(tx, query, schema))


def _batches(tx: Transaction, query: str, schema: pa.Schema) -> Iterator[pa.RecordBatch]:
    try:
        with closing(_streaming_cursor(tx)) as cursor:
            cursor.execute(query)
            while rows := cursor.fetchmany(_ROWS_AT_ONCE):
                yield _as_batch(rows, schema)
    except (sqlite3.Error, psycopg.Error) as error:
        tx.failure = error
        raise


def _streaming_cursor(tx: Transaction) -> _Cursor:
    raw: Any = tx.connection.connection.driver_connection
    cursor: _Cursor = raw.cursor() if is_sqlite(tx) else raw.cursor("matching_input")
    return cursor


def _as_batch(rows: list[tuple[Any, ...]], schema: pa.Schema) -> pa.RecordBatch:
    columns = zip(*rows, strict=True)
    arrays = [_as_array(values, field.type) for values, field in zip(columns, schema, strict=True)]
    return pa.record_batch(arrays, schema=schema)


def _as_array(values: tuple[Any, ...], kind: pa.DataType) -> "pa.Array[Any]":
    """Make a column; SQLite gives booleans as 0 and 1."""
    if pa.types.is_boolean(kind):
        return pa.array([bool(value) for value in values], kind)
    return pa.array(values, kind)
