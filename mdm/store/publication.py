"""Publishing what a resolution found: only what differs, in the caller's transaction."""

import secrets
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import sqlalchemy as sa

from mdm.store import changes
from mdm.store.bulk import execute, merge, staged
from mdm.store.keys import replace_keys
from mdm.store.statements import scalar
from mdm.store.store import Transaction

_ID: pa.DataType = pa.int64()
_TEXT: pa.DataType = pa.string()
_PAIR_KEY = pa.schema({"record_l": _ID, "record_r": _ID})
_PAIR = pa.schema({"record_l": _ID, "record_r": _ID, "weight": _ID, "inside_only": pa.bool_()})
_RECORD = pa.schema({"record_id": _ID})
_HOME = pa.schema({"record_id": _ID, "serial": _ID})
_SERIAL = pa.schema({"serial": _ID})
_GOLDEN = pa.schema({"serial": _ID, "attributes": _TEXT, "provenance": _TEXT})
_SEARCH_KEY = pa.schema({"kind": _TEXT, "value": _TEXT, "record_id": _ID})
_BLOCKING_KEY = pa.schema({"key_hash": _ID, "record_id": _ID})
_STANDARDISED = pa.schema(
    {"record_id": _ID, "content_hash": _TEXT, "rules_hash": _TEXT, "attributes": _TEXT}
)
_SETTLED = pa.schema({"record_id": _ID, "content_hash": _TEXT, "own_serial": _ID})


@dataclass(frozen=True)
class Publication:
    """The difference between what is published and what a resolution found; every part is a table.

    pairs_gone (record_l, record_r) leave; pairs (record_l, record_r, weight in micro-bits,
    inside_only: kept only because it lies inside a component) come or change.
    crosswalk_gone (record_id) leave; crosswalk (record_id, serial) come or move; touched (serial)
    are the golden records that a record leaves or comes to.
    golden_gone (serial) leave; golden (serial, attributes, provenance: JSON) come or change.
    keys_of (record_id) lose their keys before search_keys (kind, value, record_id) and
    blocking_keys (key_hash, record_id) come; with every_blocking_key, blocking_keys are those of
    all records, and no other is left.  standardised (record_id, content_hash, rules_hash,
    attributes: JSON) are the values that were standardised anew.  records (record_id, content_hash,
    own_serial: null where it stays) are those that were pending or get another own ID.  A
    content_hash tells which content the resolution saw; what has changed since is neither
    standardised nor settled.  Rows that stand in the order of their keys are written faster.
    """

    pairs_gone: pa.Table = field(default_factory=_PAIR_KEY.empty_table)
    pairs: pa.Table = field(default_factory=_PAIR.empty_table)
    crosswalk_gone: pa.Table = field(default_factory=_RECORD.empty_table)
    crosswalk: pa.Table = field(default_factory=_HOME.empty_table)
    touched: pa.Table = field(default_factory=_SERIAL.empty_table)
    golden_gone: pa.Table = field(default_factory=_SERIAL.empty_table)
    golden: pa.Table = field(default_factory=_GOLDEN.empty_table)
    keys_of: pa.Table = field(default_factory=_RECORD.empty_table)
    search_keys: pa.Table = field(default_factory=_SEARCH_KEY.empty_table)
    blocking_keys: pa.Table = field(default_factory=_BLOCKING_KEY.empty_table)
    every_blocking_key: bool = False
    standardised: pa.Table = field(default_factory=_STANDARDISED.empty_table)
    records: pa.Table = field(default_factory=_SETTLED.empty_table)


_LAST_SERIAL = sa.text("SELECT coalesce(max(serial), 0) FROM golden_id")

_MINT = sa.text("""
    INSERT INTO golden_id (serial, golden_id, minted_at)
    SELECT serial, golden_id, :at
    FROM staged_golden_id
""")

_DROP_PAIRS = sa.text("""
    DELETE FROM pair
    WHERE (record_l, record_r) IN (SELECT record_l, record_r FROM staged_pair_gone)
""")

_WRITE_PAIRS = sa.text("""
    INSERT INTO pair (record_l, record_r, weight, inside_only)
    SELECT record_l, record_r, weight, inside_only
    FROM staged_pair
    WHERE true
    ON CONFLICT (record_l, record_r) DO UPDATE
    SET weight = excluded.weight, inside_only = excluded.inside_only
    WHERE pair.weight <> excluded.weight OR pair.inside_only <> excluded.inside_only
""")

_DROP_CROSSWALK = sa.text("""
    DELETE FROM crosswalk
    WHERE record_id IN (SELECT record_id FROM staged_crosswalk_gone)
""")

_WRITE_CROSSWALK = sa.text("""
    INSERT INTO crosswalk (record_id, serial)
    SELECT record_id, serial
    FROM staged_crosswalk
    WHERE true
    ON CONFLICT (record_id) DO UPDATE
    SET serial = excluded.serial
    WHERE crosswalk.serial <> excluded.serial
""")

_DROP_GOLDEN = sa.text("""
    DELETE FROM golden_record
    WHERE serial IN (SELECT serial FROM staged_golden_gone)
""")

_BUMP_GOLDEN = sa.text("""
    UPDATE golden_record
    SET version = version + 1, updated_at = :at
    WHERE serial IN (SELECT serial FROM staged_touched)
      AND serial NOT IN (SELECT serial FROM staged_golden)
""")

_WRITE_GOLDEN = sa.text("""
    INSERT INTO golden_record (serial, version, created_at, updated_at, attributes, provenance)
    SELECT serial, 1, :at, :at, attributes, provenance
    FROM staged_golden
    WHERE true
    ON CONFLICT (serial) DO UPDATE
    SET version = golden_record.version + 1,
        updated_at = excluded.updated_at,
        attributes = excluded.attributes,
        provenance = excluded.provenance
    WHERE golden_record.attributes <> excluded.attributes
       OR golden_record.provenance <> excluded.provenance
       OR golden_record.serial IN (SELECT serial FROM staged_touched)
""")

_WRITE_STANDARDISED = sa.text("""
    INSERT INTO standardised (record_id, rules_hash, attributes)
    SELECT s.record_id, s.rules_hash, s.attributes
    FROM staged_standardised s
    JOIN record r ON r.record_id = s.record_id AND r.content_hash = s.content_hash
    WHERE true
    ON CONFLICT (record_id) DO UPDATE
    SET rules_hash = excluded.rules_hash, attributes = excluded.attributes
""")

# Published is: a live record has a home in the crosswalk, a retired one has none.
_SETTLE = sa.text("""
    UPDATE record
    SET own_serial = coalesce(s.own_serial, record.own_serial),
        pending = record.pending AND NOT (
            record.content_hash = s.content_hash
            AND (record.retired_at IS NULL) = (c.record_id IS NOT NULL)
        ),
        settled_in = :publication
    FROM staged_record s
    LEFT JOIN crosswalk c ON c.record_id = s.record_id
    WHERE record.record_id = s.record_id
""")


def mint(tx: Transaction, count: int, at: str) -> range:
    """Issue new golden IDs; the result is their serials."""
    serials = next_serials(tx, count)
    issue(tx, serials, at)
    return serials


def next_serials(tx: Transaction, count: int) -> range:
    """Tell the serials of the golden IDs that are issued next; nothing is issued here.

    Serials count up without end: golden IDs are never deleted, so none is issued twice.
    """
    if not count:
        return range(0)
    first = int(scalar(tx, _LAST_SERIAL)) + 1
    return range(first, first + count)


def issue(tx: Transaction, serials: range, at: str) -> None:
    """Issue golden IDs (`g` and 20 hexadecimal digits) of the serials that are next."""
    names = (f"g{secrets.token_hex(10)}" for _ in serials)
    table = pa.table({"serial": pa.array(serials, _ID), "golden_id": pa.array(names, _TEXT)})
    merge(tx, "staged_golden_id", table, _MINT, at=at)


def publish(tx: Transaction, publication: Publication, *, at: str) -> None:
    """Bring the published state to what the resolution found.

    A golden record's version goes up by one if its values, their provenance or its members
    changed, and not otherwise.  A record is settled (no longer pending) if its content is still
    what the resolution saw, and if it is live exactly when it has a home; what changed meanwhile
    stays pending.  It is settled in the publication that the caller notes next
    (`mdm.store.changes`).  Nothing is committed here.
    """
    merge(tx, "staged_crosswalk_gone", publication.crosswalk_gone, _DROP_CROSSWALK)
    merge(tx, "staged_crosswalk", publication.crosswalk, _WRITE_CROSSWALK)
    _settle(tx, publication)
    _publish_golden(tx, publication, at)
    _publish_pairs(tx, publication)
    replace_keys(
        tx,
        publication.keys_of,
        publication.search_keys,
        publication.blocking_keys,
        every=publication.every_blocking_key,
    )


def _settle(tx: Transaction, publication: Publication) -> None:
    """Bring the records up to date, by the new crosswalk, before what is larger.

    SQLite looks for each page in all that the transaction has written: behind the other tables a
    million records took 7.6 s, before them 4.
    """
    merge(tx, "staged_standardised", publication.standardised, _WRITE_STANDARDISED)
    merge(tx, "staged_record", publication.records, _SETTLE, publication=changes.last(tx) + 1)


def _publish_pairs(tx: Transaction, publication: Publication) -> None:
    merge(tx, "staged_pair_gone", publication.pairs_gone, _DROP_PAIRS)
    merge(tx, "staged_pair", publication.pairs, _WRITE_PAIRS)


def _publish_golden(tx: Transaction, publication: Publication, at: str) -> None:
    merge(tx, "staged_golden_gone", publication.golden_gone, _DROP_GOLDEN)
    with (
        staged(tx, "staged_touched", publication.touched),
        staged(tx, "staged_golden", publication.golden),
    ):
        if len(np.setdiff1d(publication.touched["serial"], publication.golden["serial"])):
            execute(tx, _BUMP_GOLDEN, at=at)
        execute(tx, _WRITE_GOLDEN, at=at)
