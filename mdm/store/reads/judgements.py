"""Judgements as stewards and auditors read them: the ones that count, and the ones that did."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from mdm.model.errors import NotFound
from mdm.model.records import RecordRef
from mdm.model.views import KeptJudgement
from mdm.store.by_numbers import ByNumbers
from mdm.store.reads.refs import row_of
from mdm.store.store import Transaction

_NUMBERS = sa.text("""
    SELECT judgement_id
    FROM judgement
    WHERE judgement_id > :after
    ORDER BY judgement_id
    LIMIT :rows
""")

_NUMBERS_OF = sa.text("""
    SELECT judgement_id
    FROM judgement_member
    WHERE record_id = :record_id AND judgement_id > :after
    ORDER BY judgement_id
    LIMIT :rows
""")

_RECORD = sa.text("SELECT record_id FROM record WHERE source_id = :source_id AND key = :key")

_JUDGEMENTS = ByNumbers("""
    SELECT *
    FROM judgement
    WHERE judgement_id IN ({numbers})
    ORDER BY judgement_id
""")

_MEMBERS = ByNumbers("""
    SELECT m.judgement_id, m.part, s.name AS source, r.key
    FROM judgement_member m
    JOIN record r ON r.record_id = m.record_id
    JOIN source s ON s.source_id = r.source_id
    WHERE m.judgement_id IN ({numbers})
    ORDER BY m.judgement_id, m.part, s.name, r.key
""")


def judgement(tx: Transaction, judgement_id: int) -> KeptJudgement:
    """Read a judgement; NotFound when there is none of that number."""
    found = _read(tx, [judgement_id])
    if not found:
        raise NotFound("judgement", str(judgement_id))
    return found[0]


def judgements(
    tx: Transaction, ref: RecordRef | None, *, after: int, limit: int
) -> list[KeptJudgement]:
    """Read at most `limit` judgements with a number above `after`, oldest first.

    Those on a record, when one is given; NotFound for an unknown one.
    """
    bound = {"after": after, "rows": limit}
    if ref is None:
        numbers = tx.connection.execute(_NUMBERS, bound).scalars().all()
    else:
        record_id = row_of(tx, ref, _RECORD).record_id
        numbers = (
            tx.connection.execute(_NUMBERS_OF, bound | {"record_id": record_id}).scalars().all()
        )
    return _read(tx, numbers)


def _read(tx: Transaction, numbers: Sequence[int]) -> list[KeptJudgement]:
    parts: dict[int, dict[int, list[RecordRef]]] = defaultdict(lambda: defaultdict(list))
    for member in _MEMBERS.rows(tx, numbers):
        parts[member.judgement_id][member.part].append(RecordRef(member.source, member.key))
    return [_kept(row, parts[row.judgement_id]) for row in _JUDGEMENTS.rows(tx, numbers)]


def _kept(row: sa.Row[Any], parts: dict[int, list[RecordRef]]) -> KeptJudgement:
    return KeptJudgement(
        judgement_id=row.judgement_id,
        kind=row.kind,
        actor=row.actor,
        made_at=row.made_at,
        reason=row.reason,
        parts=tuple(parts.values()),
        keeps_part=row.keeps_part,
        superseded_by=row.superseded_by,
        withdrawn_at=row.withdrawn_at,
        withdrawn_by=row.withdrawn_by,
        withdrawn_reason=row.withdrawn_reason,
    )
