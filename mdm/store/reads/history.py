"""The history of a golden ID: what publications changed about it, and what people did.

Read by index, newest first, whatever became of the ID.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from heapq import merge
from itertools import islice
from typing import Any, cast

import sqlalchemy as sa

from mdm.identity.components import MICRO
from mdm.identity.crosswalk_diff import EventKind
from mdm.model.changes import ChangeKind
from mdm.model.errors import NotFound
from mdm.model.history import (
    MOST_CONCERNED,
    Concerned,
    Happened,
    Judged,
    PastAct,
    PastChange,
    PinnedThen,
    Weighed,
)
from mdm.model.records import RecordRef
from mdm.model.views import Position
from mdm.store.by_numbers import ByNumbers
from mdm.store.codec import attributes_from_json, from_json
from mdm.store.store import Transaction

NOW: Position = (2**63 - 1, 0)
"""The position before the newest entry: (a change's number, and an act's that stands behind it)."""

_SERIAL = sa.text("SELECT serial FROM golden_id WHERE golden_id = :golden_id")

# Two lists, each by its index, and what they have in front.  `+ 0`: ordered by the key itself,
# PostgreSQL would walk the whole log backwards until it has found enough.
_CHANGES = sa.text("""
    WITH
    about AS (
        SELECT change_id
        FROM change
        WHERE serial = :serial AND change_id <= :last
        ORDER BY change_id + 0 DESC
        LIMIT :rows
    ),
    beside AS (
        SELECT change_id
        FROM change
        WHERE other = :serial AND change_id <= :last
        ORDER BY change_id + 0 DESC
        LIMIT :rows
    ),
    page AS (
        SELECT change_id FROM about
        UNION ALL
        SELECT change_id FROM beside
    )
    SELECT c.change_id, c.kind, c.attributes, p.published_at, i.golden_id,
           o.golden_id AS other, s.name AS source, r.key
    FROM page
    JOIN change c ON c.change_id = page.change_id
    JOIN publication p ON p.publication_id = c.publication_id
    JOIN golden_id i ON i.serial = c.serial
    LEFT JOIN golden_id o ON o.serial = c.other
    LEFT JOIN record r ON r.record_id = c.record_id
    LEFT JOIN source s ON s.source_id = r.source_id
    ORDER BY c.change_id DESC
    LIMIT :rows
""")

_ACTS = sa.text("""
    SELECT a.*, j.kind AS judged,
           j.superseded_by IS NULL AND j.withdrawn_at IS NULL AS in_force,
           p.pinned, s.name AS source, r.key
    FROM act_golden_record g
    JOIN act a ON a.act_id = g.act_id
    LEFT JOIN judgement j ON j.judgement_id = a.judgement_id
    LEFT JOIN pin p ON p.pin_id = a.pin_id
    LEFT JOIN record r ON r.record_id = p.record_id
    LEFT JOIN source s ON s.source_id = r.source_id
    WHERE g.serial = :serial
      AND (a.change_id, a.act_id) < (:change_id, :act_id)
    ORDER BY g.act_id DESC
    LIMIT :rows
""")

_PARTS = ByNumbers("""
    SELECT judgement_id, count(*) AS records
    FROM judgement_member
    WHERE judgement_id IN ({numbers})
    GROUP BY judgement_id, part
    ORDER BY judgement_id, part
""")

# Those that got or lost records stand before the others, the one asked about before all.
_CONCERNED = ByNumbers("""
    WITH ranked AS (
        SELECT act_id, serial, records_before, records_after,
               count(*) OVER (PARTITION BY act_id) AS golden_records,
               row_number() OVER (
                   PARTITION BY act_id
                   ORDER BY serial <> :serial, records_before = records_after, serial
               ) AS place
        FROM act_golden_record
        WHERE act_id IN ({numbers})
    )
    SELECT ranked.*, i.golden_id
    FROM ranked
    JOIN golden_id i ON i.serial = ranked.serial
    WHERE place <= :most
    ORDER BY act_id, place
""")

_WEIGHED = ByNumbers("""
    SELECT p.act_id, p.weight, ls.name AS source_l, l.key AS key_l, rs.name AS source_r,
           r.key AS key_r
    FROM act_pair p
    JOIN record l ON l.record_id = p.record_l
    JOIN record r ON r.record_id = p.record_r
    JOIN source ls ON ls.source_id = l.source_id
    JOIN source rs ON rs.source_id = r.source_id
    WHERE p.act_id IN ({numbers})
    ORDER BY p.act_id, p.place
""")


def history(tx: Transaction, golden_id: str, *, after: Position, limit: int) -> list[Happened]:
    """Read at most `limit` entries of an ID's history behind a position, newest first.

    NotFound for an ID that was never issued; any other has a history, be it merged or retired.
    """
    serial = tx.connection.execute(_SERIAL, {"golden_id": golden_id}).scalar()
    if serial is None:
        raise NotFound("golden ID", golden_id)
    told = merge(
        _changes(tx, serial, after, limit),
        _acts(tx, serial, after, limit),
        key=lambda entry: entry.position,
        reverse=True,
    )
    return list(islice(told, limit))


def _changes(tx: Transaction, serial: int, after: Position, limit: int) -> list[Happened]:
    change_id, act_id = after
    # an act stands before the change that it has the number of
    last = change_id if act_id else change_id - 1
    bound = {"serial": serial, "last": last, "rows": limit}
    return [_change(row) for row in tx.connection.execute(_CHANGES, bound)]


def _change(row: sa.Row[Any]) -> Happened:
    return Happened(
        at=row.published_at,
        kind=cast(ChangeKind, EventKind(row.kind).name.lower()),
        position=(row.change_id, 0),
        change=PastChange(
            number=row.change_id,
            golden_id=row.golden_id,
            other=row.other,
            ref=None if row.key is None else RecordRef(row.source, row.key),
            attributes=None if row.attributes is None else from_json(row.attributes),
        ),
    )


def _acts(tx: Transaction, serial: int, after: Position, limit: int) -> list[Happened]:
    change_id, act_id = after
    bound = {"serial": serial, "change_id": change_id, "act_id": act_id, "rows": limit}
    rows = tx.connection.execute(_ACTS, bound).all()
    numbers = [row.act_id for row in rows]
    details = _Details(tx, serial, numbers, {row.judgement_id for row in rows} - {None})
    return [
        Happened(row.at, row.kind, (row.change_id, row.act_id), act=details.of(row)) for row in rows
    ]


class _Details:
    """What belongs to the acts of a page."""

    def __init__(
        self, tx: Transaction, serial: int, acts: Sequence[int], judged: Collection[int]
    ) -> None:
        self._parts: dict[int, list[int]] = defaultdict(list)
        for row in _PARTS.rows(tx, judged):
            self._parts[row.judgement_id].append(row.records)
        self._counts: dict[int, int] = {}
        self._concerned: dict[int, list[Concerned]] = defaultdict(list)
        for row in _CONCERNED.rows(tx, acts, serial=serial, most=MOST_CONCERNED):
            told = Concerned(row.golden_id, row.records_before, row.records_after)
            self._concerned[row.act_id].append(told)
            self._counts[row.act_id] = row.golden_records
        self._weighed: dict[int, list[Weighed]] = defaultdict(list)
        for row in _WEIGHED.rows(tx, acts):
            ends = RecordRef(row.source_l, row.key_l), RecordRef(row.source_r, row.key_r)
            self._weighed[row.act_id].append(Weighed(*ends, row.weight / MICRO))

    def of(self, row: sa.Row[Any]) -> PastAct:
        number = row.act_id
        return PastAct(
            actor=row.actor,
            reason=row.reason,
            model_version=row.model_version,
            judgement=self._judged(row),
            pin=_pin(row),
            golden_records=self._concerned[number],
            golden_record_count=self._counts[number],
            pairs=self._weighed[number],
            pair_count=row.pairs,
        )

    def _judged(self, row: sa.Row[Any]) -> Judged | None:
        if row.judgement_id is None:
            return None
        parts = self._parts[row.judgement_id]
        others = from_json(row.others)
        return Judged(row.judgement_id, row.judged, parts, others, bool(row.in_force))


def _pin(row: sa.Row[Any]) -> PinnedThen | None:
    if row.pin_id is None:
        return None
    ref = None if row.key is None else RecordRef(row.source, row.key)
    return PinnedThen(row.pin_id, attributes_from_json(row.pinned), ref)
