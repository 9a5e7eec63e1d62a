"""Wrong keys: whose kept search and blocking keys are not those that the record should have.

Of millions of keys a digest for each record is held: their number, and all their hashes in one.
In: the store, and `record`, `record_raw`, `blocking_key` of a snapshot that was standardised anew.
Out: the table `wrong_key` (kind: search or blocking, record_id), also of records that should have
no key, retired or unknown.
"""

from collections.abc import Collection, Iterator, Mapping

import duckdb
import pyarrow as pa

from mdm.matching.keys import make_kept_keys
from mdm.model.progress import Advance, Progress
from mdm.model.rules.rules import Rules
from mdm.resolution.publishing import search_keys
from mdm.store import Transaction
from mdm.store.reads import verifying

_HASHED = {"search": "hash(kind, value)", "blocking": "hash(key_hash)"}
"""What is hashed of a key of each kind."""


def read_digests(
    tx: Transaction, connection: duckdb.DuckDBPyConnection, progress: Progress
) -> None:
    """Make `old_search_digest` and `old_blocking_digest` of the keys in the store."""
    readers = {"search": verifying.search_keys(tx), "blocking": verifying.blocking_keys(tx)}
    for kind, reader in readers.items():
        with progress.step(f"read {kind} keys", None) as advance:
            counted = pa.RecordBatchReader.from_batches(reader.schema, _counted(reader, advance))
            connection.register("reader", counted)
            connection.execute(_digests(f"old_{kind}_digest", kind, "reader"))
            connection.unregister("reader")


def _counted(reader: pa.RecordBatchReader, advance: Advance) -> Iterator[pa.RecordBatch]:
    for batch in reader:
        yield batch
        advance(len(batch))


def _digests(table: str, kind: str, keys: str) -> str:
    """Make a table (record_id, digest) of distinct keys."""
    return f"""
        create table {table} as
        select record_id, {{'keys': count(*), 'hashes': bit_xor({_HASHED[kind]})}} as digest
        from {keys}
        group by record_id
        """


def make_wrong_keys(
    connection: duckdb.DuckDBPyConnection, rules: Rules, skipped: Mapping[str, Collection[str]]
) -> None:
    """Make `wrong_key`, and have publishing write the keys of these records anew.

    Publishing replaces the keys of what is `restandardised`, and those of `retired_pending`, who
    get none.
    """
    make_kept_keys(connection, rules, skipped, of="record")
    connection.execute(_digests("new_search_digest", "search", f"({search_keys(rules)})"))
    connection.execute(_digests("new_blocking_digest", "blocking", "kept_key"))
    connection.execute(
        f"create table wrong_key as {_wrong('search')} union all {_wrong('blocking')}"
    )
    for kind in _HASHED:
        connection.execute(f"drop table old_{kind}_digest")
        connection.execute(f"drop table new_{kind}_digest")
    connection.execute(
        """
        update record_raw
        set restandardised = true
        where record_id in (select record_id from wrong_key)
        """
    )
    connection.execute(
        """
        insert into retired_pending
        select distinct record_id, null
        from wrong_key
        anti join record_raw using (record_id)
        anti join retired_pending using (record_id)
        """
    )


def _wrong(kind: str) -> str:
    return f"""
        select '{kind}' as kind, record_id
        from old_{kind}_digest as old
        full join new_{kind}_digest as new using (record_id)
        where old.digest is distinct from new.digest
        """
