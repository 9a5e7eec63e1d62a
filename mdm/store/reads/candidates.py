"""Candidates: the golden records that share a blocking key with a record, and their records."""

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from mdm.model.records import Attributes, RecordRef
from mdm.store.codec import attributes_from_json
from mdm.store.store import Transaction

# What changed since the last publication takes no part: its keys are those of before.
_SHARING = sa.text("""
    SELECT DISTINCT c.serial
    FROM blocking_key b
    JOIN record r ON r.record_id = b.record_id
    JOIN crosswalk c ON c.record_id = b.record_id
    WHERE b.key_hash IN :keys AND NOT r.pending
""").bindparams(sa.bindparam("keys", expanding=True))

_MEMBERS = sa.text("""
    SELECT c.serial, r.record_id, s.name AS source, r.key, z.attributes
    FROM crosswalk c
    JOIN record r ON r.record_id = c.record_id
    JOIN source s ON s.source_id = r.source_id
    JOIN standardised z ON z.record_id = r.record_id
    WHERE c.serial IN :serials AND NOT r.pending
    ORDER BY c.serial, s.name, r.key
""").bindparams(sa.bindparam("serials", expanding=True))


@dataclass(frozen=True)
class Candidate:
    """A resolved record: its golden record (serial), and what the model sees of it."""

    serial: int
    record_id: int
    ref: RecordRef
    standardised: Attributes


def candidates(tx: Transaction, keys: Sequence[int]) -> list[Candidate]:
    """Read all records of the golden records of which one record has a key of `keys`.

    By golden record, source and key.  Records that wait for the next resolve are left out.
    """
    serials = tx.connection.execute(_SHARING, {"keys": keys}).scalars().all()
    return [
        Candidate(
            row.serial,
            row.record_id,
            RecordRef(row.source, row.key),
            attributes_from_json(row.attributes),
        )
        for row in tx.connection.execute(_MEMBERS, {"serials": serials})
    ]
