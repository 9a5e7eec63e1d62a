"""What an export writes: whole tables as rows of plain values, in bounded memory.

Each function gives rows in batches, inside the transaction that it was given.
"""

from collections.abc import Iterator, Sequence

import sqlalchemy as sa

from mdm.store.store import Transaction

ROWS_AT_ONCE = 20_000

_GOLDEN = sa.text("""
    SELECT i.golden_id, g.version, g.created_at, g.updated_at, g.attributes
    FROM golden_record g
    JOIN golden_id i ON i.serial = g.serial
    ORDER BY g.serial
""")

_CROSSWALK = sa.text("""
    SELECT s.name, r.key, i.golden_id
    FROM crosswalk c
    JOIN record r ON r.record_id = c.record_id
    JOIN source s ON s.source_id = r.source_id
    JOIN golden_id i ON i.serial = c.serial
    ORDER BY c.record_id
""")

_PAIRS = sa.text("""
    SELECT sl.name, l.key, sr.name, r.key, p.weight, il.golden_id, ir.golden_id
    FROM pair p
    JOIN record l ON l.record_id = p.record_l
    JOIN source sl ON sl.source_id = l.source_id
    JOIN record r ON r.record_id = p.record_r
    JOIN source sr ON sr.source_id = r.source_id
    LEFT JOIN crosswalk cl ON cl.record_id = p.record_l
    LEFT JOIN golden_id il ON il.serial = cl.serial
    LEFT JOIN crosswalk cr ON cr.record_id = p.record_r
    LEFT JOIN golden_id ir ON ir.serial = cr.serial
    ORDER BY p.record_l, p.record_r
""")

Rows = Iterator[Sequence[sa.Row[tuple[object, ...]]]]


def golden(tx: Transaction) -> Rows:
    """Give golden_id, version, created_at, updated_at, attributes (JSON); oldest ID first."""
    return _stream(tx, _GOLDEN)


def crosswalk(tx: Transaction) -> Rows:
    """Give source, key, golden_id of each record of a golden record; in order of arrival."""
    return _stream(tx, _CROSSWALK)


def pairs(tx: Transaction) -> Rows:
    """Give source, key, source, key, weight in micro-bits, golden ID left, golden ID right.

    A golden ID is null where the record is in no golden record.
    """
    return _stream(tx, _PAIRS)


def _stream(tx: Transaction, query: sa.TextClause) -> Rows:
    """Read through the driver's own cursor, on PostgreSQL a server-side one."""
    # sqlite3 does not take the size of a batch from `yield_per`, and gives single rows without it
    options = {"yield_per": ROWS_AT_ONCE}
    return tx.connection.execute(query, execution_options=options).partitions(ROWS_AT_ONCE)
