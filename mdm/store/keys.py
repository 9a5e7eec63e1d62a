"""The keys of records: those they are searched by, and those that blocking finds them by."""

import pyarrow as pa
import sqlalchemy as sa

from mdm.store.bulk import execute, indexed_after, is_sqlite, merge
from mdm.store.inline import can_be_inlined
from mdm.store.schema import blocking_key, search_key
from mdm.store.store import Transaction

_DROP_SEARCH_KEYS = sa.text("""
    DELETE FROM search_key
    WHERE record_id IN (SELECT record_id FROM staged_keys_of)
""")

_DROP_BLOCKING_KEYS = sa.text("""
    DELETE FROM blocking_key
    WHERE record_id IN (SELECT record_id FROM staged_keys_of)
""")

_DROP_EVERY_BLOCKING_KEY = sa.text("DELETE FROM blocking_key")

_COUNT_ANEW = sa.text("ANALYZE blocking_key, record, crosswalk, standardised")

_WRITE_BLOCKING_KEYS = sa.text("""
    INSERT INTO blocking_key (key_hash, record_id)
    SELECT key_hash, record_id
    FROM staged_blocking_key
    WHERE true
    ON CONFLICT (key_hash, record_id) DO NOTHING
""")

_WRITE_SEARCH_KEYS = sa.text("""
    INSERT INTO search_key (kind, value, record_id)
    SELECT kind, value, record_id
    FROM staged_search_key
    WHERE true
    ON CONFLICT (kind, value, record_id) DO NOTHING
""")


def replace_keys(
    tx: Transaction,
    keys_of: pa.Table,
    search_keys: pa.Table,
    blocking_keys: pa.Table,
    *,
    every: bool = False,
) -> None:
    """Replace the keys of some records, as `Publication` has them.

    With `every`, the blocking keys are those of all records, and no other is left.
    """
    if every:
        execute(tx, _DROP_EVERY_BLOCKING_KEY)
    merge(tx, "staged_keys_of", keys_of, _DROP_SEARCH_KEYS, _DROP_BLOCKING_KEYS)
    _write(tx, search_key, "staged_search_key", search_keys, _WRITE_SEARCH_KEYS)
    _write(tx, blocking_key, "staged_blocking_key", blocking_keys, _WRITE_BLOCKING_KEYS)
    if every and not is_sqlite(tx):
        # else PostgreSQL reads all records to find those of twenty keys, until autovacuum comes by
        execute(tx, _COUNT_ANEW)


def _write(
    tx: Transaction, into: sa.Table, name: str, table: pa.Table, statement: sa.TextClause
) -> None:
    """Write many keys as fast as few."""
    if can_be_inlined(table):
        merge(tx, name, table, statement)
    else:
        with indexed_after(tx, into):
            merge(tx, name, table, statement)
