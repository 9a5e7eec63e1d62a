"""What a verification reads beside what a resolve reads: keys, golden IDs, retired records.

The first functions give Arrow batches of bounded size, as `mdm.store.matching_input` does.
"""

import pyarrow as pa
import sqlalchemy as sa

from mdm.store.matching_input import reader
from mdm.store.store import Transaction

_ID: pa.DataType = pa.int64()
_TEXT: pa.DataType = pa.string()
_TRUTH: pa.DataType = pa.bool_()

_SEARCH_KEYS = "SELECT kind, value, record_id FROM search_key"
_SEARCH_KEY = pa.schema({"kind": _TEXT, "value": _TEXT, "record_id": _ID})

_BLOCKING_KEYS = "SELECT key_hash, record_id FROM blocking_key"
_BLOCKING_KEY = pa.schema({"key_hash": _ID, "record_id": _ID})

_GOLDEN_IDS = "SELECT serial, golden_id, follows FROM golden_id ORDER BY serial"
_GOLDEN_ID = pa.schema({"serial": _ID, "golden_id": _TEXT, "follows": _ID})

_RETIRED = """
    SELECT r.record_id, s.name, r.key, r.own_serial, r.pending
    FROM record r
    JOIN source s ON s.source_id = r.source_id
    WHERE r.retired_at IS NOT NULL
    ORDER BY r.record_id
"""
_RETIRED_RECORD = pa.schema(
    {"record_id": _ID, "source": _TEXT, "key": _TEXT, "own_serial": _ID, "pending": _TRUTH}
)

_DECLARED_SINCE = sa.text("""
    SELECT name
    FROM source
    WHERE declared_at > (SELECT started_at FROM resolution ORDER BY resolution_id DESC LIMIT 1)
    ORDER BY name
""")


def search_keys(tx: Transaction) -> pa.RecordBatchReader:
    """Give the kept search keys: kind, value, record_id; in no order."""
    return reader(tx, _SEARCH_KEYS, _SEARCH_KEY)


def blocking_keys(tx: Transaction) -> pa.RecordBatchReader:
    """Give the kept blocking keys: key_hash, record_id; in no order."""
    return reader(tx, _BLOCKING_KEYS, _BLOCKING_KEY)


def golden_ids(tx: Transaction) -> pa.RecordBatchReader:
    """Give every golden ID that was ever issued: serial, golden_id, follows (a record)."""
    return reader(tx, _GOLDEN_IDS, _GOLDEN_ID)


def retired_records(tx: Transaction) -> pa.RecordBatchReader:
    """Give the records that are retired: record_id, source, key, own_serial, pending."""
    return reader(tx, _RETIRED, _RETIRED_RECORD)


def declared_since(tx: Transaction) -> list[str]:
    """Name the sources that came, or got another trust, since the last resolution began."""
    return list(tx.connection.execute(_DECLARED_SINCE).scalars())
