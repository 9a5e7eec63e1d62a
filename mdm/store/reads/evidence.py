"""What holds a golden record together: its scored pairs, and the judgements on its records."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter
from typing import Any

import sqlalchemy as sa

from mdm.model.records import RecordRef
from mdm.model.views import Opinion, Position
from mdm.store.store import Transaction

STRONGEST: Position = (2**63 - 1, 0, 0)
"""The position before the first pair."""

_PAIRS = """
    SELECT p.record_l, p.record_r, p.weight,
           ls.name AS source_l, l.key AS key_l,
           rs.name AS source_r, r.key AS key_r,
           l.pending OR r.pending AS pending
    FROM crosswalk lc
    JOIN pair p ON p.record_l = lc.record_id
    JOIN crosswalk rc ON rc.record_id = p.record_r
    JOIN record l ON l.record_id = p.record_l
    JOIN record r ON r.record_id = p.record_r
    JOIN source ls ON ls.source_id = l.source_id
    JOIN source rs ON rs.source_id = r.source_id
"""
_WITHIN = sa.text(f"""
    {_PAIRS}
    WHERE lc.serial = :serial
      AND rc.serial = :serial
      AND (-p.weight, p.record_l, p.record_r) > (:negated, :record_l, :record_r)
    ORDER BY p.weight DESC, p.record_l, p.record_r
    LIMIT :rows
""")
_BETWEEN = sa.text(f"""
    {_PAIRS}
    WHERE lc.serial IN (:one, :other)
      AND rc.serial IN (:one, :other)
      AND lc.serial <> rc.serial
    ORDER BY p.weight DESC, p.record_l, p.record_r
    LIMIT :rows
""")
_INSIDE = """
    FROM crosswalk lc
    JOIN pair p ON p.record_l = lc.record_id
    JOIN crosswalk rc ON rc.record_id = p.record_r
    WHERE lc.serial = :serial AND rc.serial = :serial
"""
_LINKING_COUNT = sa.text(f"""
    SELECT count(*) AS pairs, count(*) FILTER (WHERE p.weight >= :threshold) AS linking
    {_INSIDE}
""")
_LINKING = sa.text(f"""
    SELECT p.record_l, p.record_r
    {_INSIDE} AND p.weight >= :threshold
    ORDER BY p.record_l, p.record_r
""")
_COUNT = sa.text("""
    SELECT count(*)
    FROM crosswalk lc
    JOIN pair p ON p.record_l = lc.record_id
    JOIN crosswalk rc ON rc.record_id = p.record_r
    WHERE lc.serial IN (:one, :other)
      AND rc.serial IN (:one, :other)
      AND (lc.serial <> rc.serial) = (:one <> :other)
""")

_OPINIONS = sa.text("""
    SELECT j.*, m.part, s.name AS source, r.key
    FROM crosswalk c
    JOIN judgement_member m ON m.record_id = c.record_id
    JOIN judgement j ON j.judgement_id = m.judgement_id
    JOIN record r ON r.record_id = c.record_id
    JOIN source s ON s.source_id = r.source_id
    WHERE c.serial IN :serials
      AND j.superseded_by IS NULL
      AND j.withdrawn_at IS NULL
    ORDER BY j.judgement_id, m.part, s.name, r.key
""").bindparams(sa.bindparam("serials", expanding=True))


@dataclass(frozen=True)
class StoredPair:
    """A pair as it was scored: two records, the weight in micro-bits, whether one changed since."""

    record_l: int
    record_r: int
    left: RecordRef
    right: RecordRef
    weight: int
    pending: bool

    @property
    def position(self) -> Position:
        """Its place among the pairs of a golden record."""
        return (self.weight, self.record_l, self.record_r)


def pairs_within(tx: Transaction, serial: int, *, after: Position, limit: int) -> list[StoredPair]:
    """Read at most `limit` pairs of a golden record's records behind `after`, strongest first."""
    weight, record_l, record_r = after
    bound = {"serial": serial, "negated": -weight, "rows": limit}
    rows = tx.connection.execute(_WITHIN, bound | {"record_l": record_l, "record_r": record_r})
    return [_stored(row) for row in rows]


def pairs_between(tx: Transaction, one: int, other: int, *, limit: int) -> list[StoredPair]:
    """Read at most `limit` pairs with an end in either of two golden records, strongest first."""
    rows = tx.connection.execute(_BETWEEN, {"one": one, "other": other, "rows": limit})
    return [_stored(row) for row in rows]


def pair_count(tx: Transaction, one: int, other: int) -> int:
    """Count the kept pairs between two golden records, or within one (`other` is the same)."""
    return int(tx.connection.execute(_COUNT, {"one": one, "other": other}).scalar_one())


def counts_within(tx: Transaction, serial: int, threshold: int) -> tuple[int, int]:
    """Count the pairs of a golden record's records, and those of them that link.

    `threshold`: the weight in micro-bits from which on a pair links.
    """
    bound = {"serial": serial, "threshold": threshold}
    row = tx.connection.execute(_LINKING_COUNT, bound).one()
    return row.pairs, row.linking


def linking_within(tx: Transaction, serial: int, threshold: int) -> list[tuple[int, int]]:
    """Read which records of a golden record link; numbers alone, for there may be many."""
    bound = {"serial": serial, "threshold": threshold}
    return [(row[0], row[1]) for row in tx.connection.execute(_LINKING, bound)]


def _stored(row: sa.Row[Any]) -> StoredPair:
    return StoredPair(
        record_l=row.record_l,
        record_r=row.record_r,
        left=RecordRef(row.source_l, row.key_l),
        right=RecordRef(row.source_r, row.key_r),
        weight=row.weight,
        pending=bool(row.pending),
    )


def opinions_within(tx: Transaction, serials: Sequence[int]) -> list[Opinion]:
    """Read the judgements in force on two or more of the golden records' records, oldest first."""
    rows = tx.connection.execute(_OPINIONS, {"serials": serials})
    grouped = [list(group) for _, group in groupby(rows, attrgetter("judgement_id"))]
    return [_opinion(group) for group in grouped if len(group) > 1]


def _opinion(rows: list[sa.Row[tuple[object, ...]]]) -> Opinion:
    parts: dict[int, list[RecordRef]] = defaultdict(list)
    for row in rows:
        parts[row.part].append(RecordRef(row.source, row.key))
    first = rows[0]
    return Opinion(
        judgement_id=first.judgement_id,
        kind=first.kind,
        actor=first.actor,
        made_at=first.made_at,
        reason=first.reason,
        parts=tuple(parts.values()),
    )
