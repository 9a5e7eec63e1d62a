"""Taking a batch of source records in: what is new, what changed, what stays as it is."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import pyarrow as pa
import sqlalchemy as sa

from mdm.model.records import IncomingRecord, Taken
from mdm.store import bulk
from mdm.store.bulk import execute, staged
from mdm.store.codec import to_json
from mdm.store.sources import source_id
from mdm.store.store import Transaction

Outcome = Literal["created", "changed", "unchanged", "stale"]

_ROWS_AT_ONCE = 20_000

# CROSS JOIN: or SQLite may read all records of the source for each that is given.
_KEPT = sa.text("""
    SELECT r.key, r.record_id, r.version, r.pending,
           r.content_hash, r.modified_at, r.arrived_at, r.retired_at
    FROM staged_key k
    CROSS JOIN record r
    WHERE r.source_id = :source_id AND r.key = k.key
""")

_KEEP_EARLIER = sa.text("""
    INSERT INTO record_version (record_id, version, content_hash, payload, attributes,
                                modified_at, arrived_at, retired_at)
    SELECT r.record_id, r.version, r.content_hash, r.payload, r.attributes,
           r.modified_at, r.arrived_at, r.retired_at
    FROM staged_record s
    CROSS JOIN record r
    WHERE r.source_id = :source_id AND r.key = s.key
""")

_WRITE = sa.text("""
    INSERT INTO record (source_id, key, version, content_hash, payload, attributes,
                        modified_at, arrived_at, pending)
    SELECT :source_id, key, 1, content_hash, payload, attributes,
           modified_at, :arrived_at, true
    FROM staged_record
    WHERE true
    ON CONFLICT (source_id, key) DO UPDATE
    SET version = record.version + 1,
        content_hash = excluded.content_hash,
        payload = excluded.payload,
        attributes = excluded.attributes,
        modified_at = excluded.modified_at,
        arrived_at = excluded.arrived_at,
        retired_at = NULL,
        pending = true
""")

_WRITE_STANDARDISED = sa.text("""
    INSERT INTO standardised (record_id, rules_hash, attributes)
    SELECT r.record_id, s.rules_hash, s.standardised
    FROM staged_record s
    CROSS JOIN record r
    WHERE r.source_id = :source_id AND r.key = s.key
    ON CONFLICT (record_id) DO UPDATE
    SET rules_hash = excluded.rules_hash, attributes = excluded.attributes
""")


@dataclass(frozen=True)
class TakenRecord:
    """What became of a record, and how it stands now.

    `unresolved`: what is published does not know it; `last_changed_at`: by its department's word,
    else when it arrived.
    """

    outcome: Outcome
    record_id: int
    version: int
    unresolved: bool
    last_changed_at: str


def take(
    tx: Transaction, source: str, batch: Sequence[IncomingRecord], *, arrived_at: str
) -> Taken:
    """Keep a batch of a source's records, and tell what became of them.

    A record whose content is as kept changes nothing at all; one whose modification time is older
    than the kept one's is stale and not taken (where one of the two has none, the arrival stands
    for it); any other becomes the current version, pending, and the version before it stays
    readable.  A retired record that is taken again comes back to life as a new version.  Of a key
    that occurs twice in the batch, the later row is the newer version.

    `arrived_at` is ISO 8601 UTC.  NotFound when the source was never declared.
    """
    number = source_id(tx, source)
    counts: Counter[Outcome] = Counter()
    for start in range(0, len(batch), _ROWS_AT_ONCE):
        for rows in _rounds(batch[start : start + _ROWS_AT_ONCE]):
            counts.update(_take_distinct(tx, number, rows, arrived_at))
    return Taken(counts["created"], counts["changed"], counts["unchanged"], counts["stale"])


def take_each(
    tx: Transaction, source: str, batch: Sequence[IncomingRecord], *, arrived_at: str
) -> list[TakenRecord]:
    """Keep records with distinct keys as `take` does, and tell what became of each."""
    number = source_id(tx, source)
    outcomes = _take_distinct(tx, number, batch, arrived_at)
    now_kept = _kept(tx, number, batch)
    return [
        _taken(outcome, now_kept[row.key]) for row, outcome in zip(batch, outcomes, strict=True)
    ]


def _taken(outcome: Outcome, kept: sa.Row[Any]) -> TakenRecord:
    return TakenRecord(
        outcome=outcome,
        record_id=kept.record_id,
        version=kept.version,
        unresolved=bool(kept.pending) and outcome != "stale",
        last_changed_at=kept.modified_at or kept.arrived_at,
    )


def _rounds(batch: Sequence[IncomingRecord]) -> list[list[IncomingRecord]]:
    """Split a batch so that no key occurs twice in a round: the n-th round has the n-th rows."""
    seen: Counter[str] = Counter()
    rounds: defaultdict[int, list[IncomingRecord]] = defaultdict(list)
    for row in batch:
        rounds[seen[row.key]].append(row)
        seen[row.key] += 1
    return list(rounds.values())


def _take_distinct(
    tx: Transaction, number: int, rows: Sequence[IncomingRecord], arrived_at: str
) -> list[Outcome]:
    kept = _kept(tx, number, rows)
    outcomes = [_outcome(kept.get(row.key), row, arrived_at) for row in rows]
    new = [
        row
        for row, outcome in zip(rows, outcomes, strict=True)
        if outcome in ("created", "changed")
    ]
    if new:
        _write(tx, number, new, arrived_at, earlier="changed" in outcomes)
    return outcomes


def _kept(
    tx: Transaction, number: int, rows: Sequence[IncomingRecord]
) -> dict[str, sa.Row[tuple[object, ...]]]:
    """Find what is kept under the rows' keys."""
    keys = pa.table({"key": pa.array((row.key for row in rows), pa.string())})
    with staged(tx, "staged_key", keys):
        found = bulk.rows(tx, _KEPT, source_id=number)
    return {row.key: row for row in found}


def _outcome(
    kept: sa.Row[tuple[object, ...]] | None, row: IncomingRecord, arrived_at: str
) -> Outcome:
    if kept is None:
        return "created"
    if kept.content_hash == row.content_hash and kept.retired_at is None:
        return "unchanged"
    timed = row.modified_at or kept.modified_at
    if timed and (row.modified_at or arrived_at) < (kept.modified_at or kept.arrived_at):
        return "stale"
    return "changed"


def _write(
    tx: Transaction,
    number: int,
    rows: Sequence[IncomingRecord],
    arrived_at: str,
    *,
    earlier: bool,
) -> None:
    """Write what is new or changed; `earlier`: some of it has an earlier version."""
    with staged(tx, "staged_record", _as_table(rows)):
        if earlier:
            execute(tx, _KEEP_EARLIER, source_id=number)
        execute(tx, _WRITE, source_id=number, arrived_at=arrived_at)
        execute(tx, _WRITE_STANDARDISED, source_id=number)


def _as_table(rows: Sequence[IncomingRecord]) -> pa.Table:
    columns = {
        "key": (row.key for row in rows),
        "content_hash": (row.content_hash for row in rows),
        "payload": (row.payload for row in rows),
        "attributes": (to_json(row.attributes) for row in rows),
        "modified_at": (row.modified_at for row in rows),
        "standardised": (to_json(row.standardised) for row in rows),
        "rules_hash": (row.rules_hash for row in rows),
    }
    return pa.table({name: pa.array(values, pa.string()) for name, values in columns.items()})
