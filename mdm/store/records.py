"""Source records as they are kept: taking them in, retiring them, finding them by their names.

A record's current version lives in `record`, the earlier ones in `record_version`.  A record that
was taken or retired since the last publication is pending.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

import pyarrow as pa
import sqlalchemy as sa

from mdm.model.records import RecordRef, RecordVersion
from mdm.store.bulk import count, execute, staged
from mdm.store.by_numbers import ByNumbers, ByTexts
from mdm.store.codec import attributes_from_json
from mdm.store.sources import declare_sources
from mdm.store.store import Transaction
from mdm.store.taking import take, take_each

__all__ = [
    "Standing",
    "StoredRecord",
    "declare_sources",
    "let_wait",
    "live_count",
    "pending",
    "pending_count",
    "record_by_ref",
    "retire",
    "set_own",
    "standing",
    "take",
    "take_each",
]


@dataclass(frozen=True)
class Standing:
    """How a record stands: its number and version, its content and times, whether it is pending."""

    record_id: int
    version: int
    content_hash: str
    modified_at: str | None
    arrived_at: str
    retired_at: str | None
    pending: bool


@dataclass(frozen=True)
class StoredRecord:
    """A source record as it stands: its number, its current version, where resolving left it.

    `own_serial` is the serial of the golden ID that it first belonged to, None before its first
    publication; `pending` says that what is published does not know this state yet.
    """

    record_id: int
    current: RecordVersion
    pending: bool
    own_serial: int | None


_RETIRE = sa.text("""
    UPDATE record
    SET retired_at = :at, pending = true
    FROM staged_ref
    JOIN source ON source.name = staged_ref.source
    WHERE record.source_id = source.source_id
      AND record.key = staged_ref.key
      AND record.retired_at IS NULL
""")

_BY_REF = sa.text("""
    SELECT r.*, s.name AS source
    FROM record r
    JOIN source s ON s.source_id = r.source_id
    WHERE s.name = :source AND r.key = :key
""")

_STANDING = ByTexts("""
    SELECT r.*
    FROM record r
    JOIN source s ON s.source_id = r.source_id
    WHERE s.name = :source AND r.key IN ({numbers})
""")

_SET_OWN = sa.text("UPDATE record SET own_serial = :serial WHERE record_id = :record_id")
_FOLLOW = sa.text("""
    UPDATE golden_id
    SET follows = :record_id
    WHERE serial = (SELECT own_serial FROM record WHERE record_id = :record_id)
      AND serial <> :serial
      AND NOT EXISTS (
          SELECT 1 FROM record WHERE own_serial = golden_id.serial AND record_id <> :record_id
      )
""")

_LET_WAIT = ByNumbers("""
    UPDATE record
    SET pending = true
    WHERE record_id IN ({numbers})
    RETURNING record_id
""")

_LIVE = sa.text("SELECT count(*) FROM record WHERE retired_at IS NULL")
_PENDING = sa.text("SELECT count(*) FROM record WHERE pending")
_SOME_PENDING = sa.text("SELECT record_id FROM record WHERE pending LIMIT :most")


def retire(tx: Transaction, refs: Iterable[RecordRef], *, at: str) -> int:
    """Take records out of service at a time; they are kept and can come back by being taken.

    Result: how many were live until now; unknown and already retired ones change nothing.
    """
    listed = set(refs)
    table = pa.table(
        {
            "source": pa.array((ref.source for ref in listed), pa.string()),
            "key": pa.array((ref.key for ref in listed), pa.string()),
        }
    )
    with staged(tx, "staged_ref", table):
        return count(tx, _RETIRE, at=at)


def record_by_ref(tx: Transaction, ref: RecordRef) -> StoredRecord | None:
    """Find a source record, live or retired, by its name; None when it was never taken."""
    row = tx.connection.execute(_BY_REF, {"source": ref.source, "key": ref.key}).one_or_none()
    if row is None:
        return None
    return StoredRecord(row.record_id, _version(ref, row), bool(row.pending), row.own_serial)


def standing(tx: Transaction, source: str, keys: Sequence[str]) -> dict[str, Standing]:
    """Tell how those of a source's records stand that there are, by key."""
    rows = _STANDING.rows(tx, keys, source=source)
    return {
        row.key: Standing(
            record_id=row.record_id,
            version=row.version,
            content_hash=row.content_hash,
            modified_at=row.modified_at,
            arrived_at=row.arrived_at,
            retired_at=row.retired_at,
            pending=bool(row.pending),
        )
        for row in rows
    }


def let_wait(tx: Transaction, record_ids: Collection[int]) -> None:
    """Let records wait to be resolved again."""
    _LET_WAIT.rows(tx, record_ids)


def set_own(tx: Transaction, record_id: int, serial: int | None) -> None:
    """Let a record have another own ID, or none, because a steward said so.

    The ID that it had, when no other record has it, follows the record from then on.
    """
    if serial is not None:
        execute(tx, _FOLLOW, record_id=record_id, serial=serial)
    execute(tx, _SET_OWN, record_id=record_id, serial=serial)


def live_count(tx: Transaction) -> int:
    """Count the records that are not retired."""
    return int(tx.connection.execute(_LIVE).scalar_one())


def pending(tx: Transaction, *, most: int) -> list[int]:
    """Name some of the records that wait for a resolve, live and retired."""
    return [*tx.connection.execute(_SOME_PENDING, {"most": most}).scalars()]


def pending_count(tx: Transaction) -> int:
    """Count the records that were taken or retired and not yet published."""
    return int(tx.connection.execute(_PENDING).scalar_one())


def _version(ref: RecordRef, row: sa.Row[tuple[object, ...]]) -> RecordVersion:
    return RecordVersion(
        ref=ref,
        version=row.version,
        payload=row.payload,
        attributes=attributes_from_json(row.attributes),
        content_hash=row.content_hash,
        modified_at=row.modified_at,
        arrived_at=row.arrived_at,
        retired_at=row.retired_at,
    )
