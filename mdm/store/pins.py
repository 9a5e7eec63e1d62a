"""Stewards' pins; none is ever deleted, it can only be removed from its golden record."""

from collections.abc import Collection, Mapping
from typing import Any

import sqlalchemy as sa

from mdm.model.errors import NotFound, PinRemoved
from mdm.model.pins import Pin
from mdm.model.records import RecordRef
from mdm.store.bulk import execute
from mdm.store.by_numbers import ByNumbers
from mdm.store.codec import attributes_from_json, to_json
from mdm.store.pin_schema import pin as table
from mdm.store.statements import Row, rows, scalar
from mdm.store.store import Transaction

_PINS = """
    SELECT p.pin_id, p.serial, p.pinned, p.actor, p.made_at, p.reason, i.follows,
           s.name AS source, r.key
    FROM pin p
    JOIN golden_id i ON i.serial = p.serial
    LEFT JOIN record r ON r.record_id = p.record_id
    LEFT JOIN source s ON s.source_id = r.source_id
    WHERE p.removed_at IS NULL
"""
_STANDING = sa.text(f"{_PINS} ORDER BY p.pin_id")
_OF_IDS = ByNumbers(f"{_PINS} AND p.serial IN ({{numbers}}) ORDER BY p.pin_id")
_FOLLOWING = ByNumbers("SELECT serial FROM golden_id WHERE follows IN ({numbers})")
_OWNERS = ByNumbers("""
    SELECT record_id, own_serial, retired_at
    FROM record
    WHERE own_serial IN (SELECT own_serial FROM record WHERE record_id IN ({numbers}))
""")
_ANY = sa.text("SELECT 1 FROM pin WHERE removed_at IS NULL LIMIT 1")

_HOMES = sa.text("""
    SELECT c.serial
    FROM record r
    JOIN crosswalk c ON c.record_id = r.record_id
    WHERE r.own_serial = :serial
    UNION
    SELECT c.serial
    FROM golden_id i
    JOIN crosswalk c ON c.record_id = i.follows
    WHERE i.serial = :serial
""")

_REMOVE = sa.text("""
    UPDATE pin
    SET removed_at = :at, removed_by = :actor, removed_because = :reason
    WHERE pin_id = :pin_id
""")


def add(tx: Transaction, made: Pin, record_id: int | None) -> int:
    """Keep a pin; its number is given here.  `record_id`: of the record of its values, if any."""
    insert = sa.insert(table).values(
        serial=made.serial,
        pinned=to_json(made.values),
        record_id=record_id,
        actor=made.actor,
        made_at=made.made_at,
        reason=made.reason,
    )
    number: int = tx.connection.execute(insert.returning(table.c.pin_id)).scalar_one()
    return number


def remove(tx: Transaction, pin_id: int, *, actor: str, reason: str, at: str) -> int:
    """Take a pin off; the result is the serial of its golden ID.

    NotFound when there is none of that number; PinRemoved when it was taken off already.
    """
    query = sa.select(table.c.serial, table.c.removed_at).where(table.c.pin_id == pin_id)
    row = tx.connection.execute(query).one_or_none()
    if row is None:
        raise NotFound("pin", str(pin_id))
    if row.removed_at is not None:
        raise PinRemoved(pin_id, row.removed_at)
    execute(tx, _REMOVE, pin_id=pin_id, actor=actor, reason=reason, at=at)
    return int(row.serial)


def standing(tx: Transaction) -> list[Pin]:
    """List the pins that were not removed, oldest first."""
    return [_pin(row) for row in rows(tx, _STANDING, {})]


def any_standing(tx: Transaction) -> bool:
    """Tell whether there is any pin."""
    return scalar(tx, _ANY) is not None


def touching(tx: Transaction, serials: Collection[int], record_ids: Collection[int]) -> list[Pin]:
    """List the pins of golden IDs, and of those that follow one of the records, oldest first."""
    following = {row.serial for row in _FOLLOWING.rows(tx, record_ids)}
    return [_pin(row) for row in _OF_IDS.rows(tx, following.union(serials))]


def following(tx: Transaction, own: Mapping[int, int | None]) -> dict[int, int | None]:
    """Tell of golden IDs (serials) what they follow once records get these own IDs.

    As `records.set_own` has it: those whose records all get another ID follow the last of them.
    None: only retired records are left of it.
    """
    found: dict[int, list[Row]] = {}
    for row in _OWNERS.rows(tx, list(own)):
        found.setdefault(row.own_serial, []).append(row)
    place = {record: at for at, record in enumerate(own)}
    told: dict[int, int | None] = {}
    for serial, owners in found.items():
        left = [each for each in owners if own.get(each.record_id) in (None, serial)]
        if not left:
            told[serial] = max((each.record_id for each in owners), key=place.__getitem__)
        elif all(each.retired_at is not None and each.record_id not in own for each in left):
            told[serial] = None
    return told


def homes(tx: Transaction, serial: int) -> set[int]:
    """Find the golden records that hold what a golden ID stands for, by their serials."""
    return {row.serial for row in rows(tx, _HOMES, {"serial": serial})}


def _pin(row: Any) -> Pin:  # noqa: ANN401 - a row
    return Pin(
        pin_id=row.pin_id,
        serial=row.serial,
        values=attributes_from_json(row.pinned),
        ref=None if row.key is None else RecordRef(row.source, row.key),
        actor=row.actor,
        made_at=row.made_at,
        reason=row.reason,
        follows=row.follows,
    )
