"""Reading pins: those of a golden record, one by its number, and the records that disagree."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from mdm.model.errors import NotFound
from mdm.model.pins import KeptPin
from mdm.model.records import Attributes, RecordRef
from mdm.store.by_numbers import ByNumbers
from mdm.store.codec import attributes_from_json
from mdm.store.store import Transaction

_PINS = """
    SELECT p.*, i.golden_id, s.name AS source, r.key
    FROM pin p
    JOIN golden_id i ON i.serial = p.serial
    LEFT JOIN record r ON r.record_id = p.record_id
    LEFT JOIN source s ON s.source_id = r.source_id
"""
_ONE = sa.text(f"{_PINS} WHERE p.pin_id = :pin_id")

# The golden IDs that lead to it are those of its records, and those that follow one of them.
_OF_GOLDEN_RECORD = sa.text(f"""
    {_PINS}
    WHERE p.removed_at IS NULL
      AND p.serial IN (
          SELECT r.own_serial
          FROM crosswalk c
          JOIN record r ON r.record_id = c.record_id
          WHERE c.serial = :serial
          UNION
          SELECT i.serial
          FROM crosswalk c
          JOIN golden_id i ON i.follows = c.record_id
          WHERE c.serial = :serial
      )
    ORDER BY p.pin_id DESC
""")

_MEMBERS = sa.text("""
    SELECT r.record_id, s.name AS source, r.key, r.version, r.attributes, r.arrived_at, r.pending
    FROM crosswalk c
    JOIN record r ON r.record_id = c.record_id
    JOIN source s ON s.source_id = r.source_id
    WHERE c.serial = :serial
    ORDER BY s.name, r.key
""")

_EARLIER = ByNumbers("""
    SELECT v.record_id, v.attributes
    FROM record_version v
    WHERE v.record_id IN ({numbers})
      AND v.version = (
          SELECT max(version)
          FROM record_version
          WHERE record_id = v.record_id AND arrived_at <= :at
      )
""")


@dataclass(frozen=True)
class MemberSaying:
    """What a source record of a golden record says, and when this version of it arrived.

    `pending`: it waits for a resolve.
    """

    record_id: int
    ref: RecordRef
    version: int
    attributes: Attributes
    arrived_at: str
    pending: bool


def pin(tx: Transaction, pin_id: int) -> KeptPin:
    """Read a pin, be it removed; NotFound when there is none of that number."""
    row = tx.connection.execute(_ONE, {"pin_id": pin_id}).one_or_none()
    if row is None:
        raise NotFound("pin", str(pin_id))
    return _kept(row)


def pins_of(tx: Transaction, serial: int) -> list[KeptPin]:
    """Read the pins of all golden IDs that lead to a golden record, latest first."""
    return [_kept(row) for row in tx.connection.execute(_OF_GOLDEN_RECORD, {"serial": serial})]


def members(tx: Transaction, serial: int) -> list[MemberSaying]:
    """Read what the source records of a golden record say, by source and key."""
    return [
        MemberSaying(
            record_id=row.record_id,
            ref=RecordRef(row.source, row.key),
            version=row.version,
            attributes=attributes_from_json(row.attributes),
            arrived_at=row.arrived_at,
            pending=bool(row.pending),
        )
        for row in tx.connection.execute(_MEMBERS, {"serial": serial})
    ]


def said_at(tx: Transaction, record_ids: Sequence[int], at: str) -> Mapping[int, Attributes]:
    """Read what records that changed since a moment said then; those that were there."""
    rows = _EARLIER.rows(tx, record_ids, at=at)
    return {row.record_id: attributes_from_json(row.attributes) for row in rows}


def _kept(row: sa.Row[Any]) -> KeptPin:
    return KeptPin(
        pin_id=row.pin_id,
        golden_id=row.golden_id,
        values=attributes_from_json(row.pinned),
        ref=None if row.key is None else RecordRef(row.source, row.key),
        actor=row.actor,
        made_at=row.made_at,
        reason=row.reason,
        removed_at=row.removed_at,
        removed_by=row.removed_by,
        removed_because=row.removed_because,
    )
