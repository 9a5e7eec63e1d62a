"""Golden records: which one an ID, a department's key or a value stands for, and what it says."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence

import sqlalchemy as sa

from mdm.model.errors import NotFound, Pending, RecordRetired, ResolvedElsewhere, Retired
from mdm.model.records import Attributes, RecordRef
from mdm.model.search import SearchKey
from mdm.model.views import CrosswalkEntry, GoldenRecord
from mdm.store.codec import attributes_from_json, from_json
from mdm.store.reads.refs import row_of
from mdm.store.store import Transaction

_BY_ID = sa.text("""
    SELECT i.serial, g.serial IS NOT NULL AS carried
    FROM golden_id i
    LEFT JOIN golden_record g ON g.serial = i.serial
    WHERE i.golden_id = :golden_id
""")

_RESOLVES_TO = sa.text("""
    SELECT i.golden_id
    FROM record r
    JOIN crosswalk c ON c.record_id = r.record_id
    JOIN golden_id i ON i.serial = c.serial
    WHERE r.record_id IN (
        SELECT record_id FROM record WHERE own_serial = :serial
        UNION ALL
        SELECT follows FROM golden_id WHERE serial = :serial
    )
    GROUP BY i.golden_id
    ORDER BY count(*) DESC, min(r.record_id)
    LIMIT 1
""")

_LIVES = sa.text("""
    SELECT count(*)
    FROM record
    WHERE retired_at IS NULL
      AND record_id IN (
          SELECT record_id FROM record WHERE own_serial = :serial
          UNION ALL
          SELECT follows FROM golden_id WHERE serial = :serial
      )
""")

_BY_KEY = sa.text("""
    SELECT r.retired_at, c.serial
    FROM record r
    LEFT JOIN crosswalk c ON c.record_id = r.record_id
    WHERE r.source_id = :source_id AND r.key = :key
""")

_BY_VALUE = sa.text("""
    SELECT DISTINCT c.serial
    FROM search_key k
    JOIN crosswalk c ON c.record_id = k.record_id
    WHERE (k.kind, k.value) IN :keys
      AND c.serial > :after
    ORDER BY c.serial
    LIMIT :rows
""").bindparams(sa.bindparam("keys", expanding=True))

_GOLDEN = sa.text("""
    SELECT g.*, i.golden_id
    FROM golden_record g
    JOIN golden_id i ON i.serial = g.serial
    WHERE g.serial IN :serials
    ORDER BY g.serial
""").bindparams(sa.bindparam("serials", expanding=True))

_CONTENTS = sa.text("""
    SELECT i.golden_id, g.attributes
    FROM golden_id i
    JOIN golden_record g ON g.serial = i.serial
    WHERE i.golden_id IN :golden_ids
""").bindparams(sa.bindparam("golden_ids", expanding=True))

_CROSSWALK = sa.text("""
    SELECT c.serial, s.name AS source, r.key, r.pending, i.golden_id AS own_id
    FROM crosswalk c
    JOIN record r ON r.record_id = c.record_id
    JOIN source s ON s.source_id = r.source_id
    LEFT JOIN golden_id i ON i.serial = r.own_serial
    WHERE c.serial IN :serials
    ORDER BY s.name, r.key
""").bindparams(sa.bindparam("serials", expanding=True))


def serial_of(tx: Transaction, asked: str) -> int:
    """Find the serial of the golden record that carries the golden ID `asked`.

    An ID that no golden record carries resolves to the one with most of the live records that the
    ID first belonged to (of equals, with the earliest-arrived of them), or with the record that it
    follows since a steward gave that one another ID: ResolvedElsewhere names it.  Raises NotFound
    for an ID that was never issued, Retired when all of its records are, Pending when one of them
    came back and waits for the next resolve.
    """
    found = tx.connection.execute(_BY_ID, {"golden_id": asked}).one_or_none()
    if found is None:
        raise NotFound("golden ID", asked)
    if found.carried:
        return int(found.serial)
    raise _whereabouts(tx, asked, found.serial)


def _whereabouts(tx: Transaction, asked: str, serial: int) -> ResolvedElsewhere | Pending | Retired:
    """Tell what became of an ID that no golden record carries."""
    survivor = tx.connection.execute(_RESOLVES_TO, {"serial": serial}).scalar()
    if survivor is not None:
        return ResolvedElsewhere(asked, survivor)
    if tx.connection.execute(_LIVES, {"serial": serial}).scalar_one():
        return Pending("golden record until the next resolve for golden ID", asked)
    return Retired(asked)


def serial_of_record(tx: Transaction, ref: RecordRef) -> int:
    """Find the serial of the golden record that a source record belongs to.

    Raises NotFound for an unknown source or key, RecordRetired when its department retired it,
    Pending before its first resolve.
    """
    found = row_of(tx, ref, _BY_KEY)
    if found.retired_at is not None:
        raise RecordRetired(ref.source, ref.key)
    if found.serial is None:
        raise Pending(f"golden record yet for the record of {ref.source!r} with key", ref.key)
    return int(found.serial)


def serials_by_key(
    tx: Transaction, keys: Sequence[SearchKey], *, after: int, limit: int
) -> list[int]:
    """Find the golden records that have a record with any of `keys`, by ascending serial.

    At most `limit` of them, all with a serial above `after`.
    """
    if not keys:
        return []
    pairs = [(key.kind, key.value) for key in keys]
    bound = {"keys": pairs, "after": after, "rows": limit}
    return list(tx.connection.execute(_BY_VALUE, bound).scalars())


def golden_records(tx: Transaction, serials: Sequence[int]) -> list[GoldenRecord]:
    """Read the golden records of these serials; the result is by ascending serial."""
    entries = _crosswalk_of(tx, serials)
    return [
        GoldenRecord(
            golden_id=row.golden_id,
            version=row.version,
            created_at=row.created_at,
            updated_at=row.updated_at,
            attributes=attributes_from_json(row.attributes),
            provenance=from_json(row.provenance),
            crosswalk=entries[row.serial],
        )
        for row in tx.connection.execute(_GOLDEN, {"serials": serials})
    ]


def contents(tx: Transaction, golden_ids: Collection[str]) -> dict[str, Attributes]:
    """Read what golden records say, by their IDs; those that are no more are absent."""
    if not golden_ids:
        return {}
    rows = tx.connection.execute(_CONTENTS, {"golden_ids": sorted(golden_ids)})
    return {row.golden_id: attributes_from_json(row.attributes) for row in rows}


def _crosswalk_of(
    tx: Transaction, serials: Sequence[int]
) -> Mapping[int, Sequence[CrosswalkEntry]]:
    """Read which source records golden records are made of, by (source, key)."""
    entries: dict[int, list[CrosswalkEntry]] = defaultdict(list)
    for row in tx.connection.execute(_CROSSWALK, {"serials": serials}):
        entry = CrosswalkEntry(RecordRef(row.source, row.key), row.own_id, bool(row.pending))
        entries[row.serial].append(entry)
    return entries
