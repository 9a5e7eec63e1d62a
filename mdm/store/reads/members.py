"""The source records of a golden record without their values: how much each one counts."""

from collections.abc import Mapping

import sqlalchemy as sa

from mdm.model.inside import Member
from mdm.model.records import RecordRef
from mdm.store.store import Transaction

_MEMBERS = sa.text("""
    SELECT r.record_id, s.name AS source, s.kind, s.trust,
           r.key, r.version, r.modified_at, r.arrived_at, r.pending
    FROM crosswalk c
    JOIN record r ON r.record_id = c.record_id
    JOIN source s ON s.source_id = r.source_id
    WHERE c.serial = :serial
    ORDER BY s.name, r.key
""")


def members(tx: Transaction, serial: int) -> Mapping[int, Member]:
    """Read a golden record's records by their numbers, in the order of (source, key)."""
    return {
        row.record_id: Member(
            ref=RecordRef(row.source, row.key),
            kind=row.kind,
            trust=row.trust,
            version=row.version,
            modified_at=row.modified_at,
            arrived_at=row.arrived_at,
            pending=bool(row.pending),
        )
        for row in tx.connection.execute(_MEMBERS, {"serial": serial})
    }
