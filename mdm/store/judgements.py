"""Stewards' judgements; none is ever deleted, it can only go out of force."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from typing import Any

import sqlalchemy as sa

from mdm.model.errors import NotFound
from mdm.model.judgements import Judgement, JudgementMember
from mdm.store.by_numbers import ByNumbers
from mdm.store.schema import judgement, judgement_member
from mdm.store.statements import scalar
from mdm.store.store import Transaction

_FIELDS = ("kind", "actor", "made_at", "reason", "keeps_part")
_columns = judgement.c
_members = judgement_member.c
_TOUCHING_MEMBERS = ByNumbers("""
    SELECT m.*
    FROM judgement_member m
    JOIN judgement j ON j.judgement_id = m.judgement_id
    WHERE m.judgement_id IN (
        SELECT judgement_id FROM judgement_member WHERE record_id IN ({numbers})
    )
      AND j.superseded_by IS NULL
      AND j.withdrawn_at IS NULL
    ORDER BY m.judgement_id, m.record_id
""")
_TOUCHING = ByNumbers("""
    SELECT *
    FROM judgement
    WHERE judgement_id IN ({numbers})
    ORDER BY judgement_id
""")
_IN_FORCE = _columns.superseded_by.is_(None) & _columns.withdrawn_at.is_(None)


def add(tx: Transaction, made: Judgement) -> int:
    """Keep a judgement and its members; its number is given here, whatever it says itself."""
    values = {name: getattr(made, name) for name in _FIELDS}
    insert = sa.insert(judgement).values(values).returning(_columns.judgement_id)
    number = int(tx.connection.execute(insert).scalar_one())
    rows = [
        {
            "judgement_id": number,
            "record_id": member.record_id,
            "part": member.part,
            "content_hash": member.content_hash,
        }
        for member in made.members
    ]
    tx.connection.execute(sa.insert(judgement_member), rows)
    return number


def supersede(tx: Transaction, judgement_ids: Iterable[int], by: int) -> None:
    """Take judgements out of force in favour of a newer one; NotFound if one is not in force."""
    for number in judgement_ids:
        _take_out_of_force(tx, number, superseded_by=by)


def withdraw(tx: Transaction, judgement_id: int, *, actor: str, reason: str, at: str) -> None:
    """Take a judgement back; those that it superseded are in force again.

    NotFound if it is not in force.  Whether the ones that come back contradict others is for the
    caller to decide beforehand.
    """
    values = {"withdrawn_at": at, "withdrawn_by": actor, "withdrawn_reason": reason}
    _take_out_of_force(tx, judgement_id, **values)
    revived = sa.update(judgement).where(_columns.superseded_by == judgement_id)
    tx.connection.execute(revived.values(superseded_by=None))


def get(tx: Transaction, judgement_id: int) -> Judgement:
    """Read a judgement, whether it counts or not; NotFound when there is none of that number."""
    query = sa.select(judgement).where(_columns.judgement_id == judgement_id)
    row = tx.connection.execute(query).mappings().one_or_none()
    if row is None:
        raise NotFound("judgement", str(judgement_id))
    members = sa.select(judgement_member).where(_members.judgement_id == judgement_id)
    found = [JudgementMember(*each[1:]) for each in tx.connection.execute(members)]
    return _judgement(row, sorted(found, key=lambda member: member.record_id))


def in_force(tx: Transaction) -> list[Judgement]:
    """List the judgements that count, oldest first."""
    members = _members_in_force(tx)
    query = sa.select(judgement).where(_IN_FORCE).order_by(_columns.judgement_id)
    return [
        _judgement(row, members[row["judgement_id"]])
        for row in tx.connection.execute(query).mappings()
    ]


def superseded_by(tx: Transaction, judgement_id: int) -> list[Judgement]:
    """List the judgements that one superseded, oldest first."""
    query = sa.select(_columns.judgement_id).where(_columns.superseded_by == judgement_id)
    numbers = tx.connection.execute(query.order_by(_columns.judgement_id)).scalars().all()
    return [get(tx, number) for number in numbers]


_ANY_IN_FORCE = sa.text(
    "SELECT 1 FROM judgement WHERE superseded_by IS NULL AND withdrawn_at IS NULL LIMIT 1"
)


def any_in_force(tx: Transaction) -> bool:
    """Tell whether any judgement counts."""
    return scalar(tx, _ANY_IN_FORCE) is not None


def touching(tx: Transaction, record_ids: Collection[int]) -> list[Judgement]:
    """List the judgements that count and have a member among these records, oldest first."""
    members: defaultdict[int, list[JudgementMember]] = defaultdict(list)
    for row in _TOUCHING_MEMBERS.rows(tx, record_ids):
        member = JudgementMember(row.record_id, row.part, row.content_hash)
        members[row.judgement_id].append(member)
    return [
        _judgement(row._asdict(), members[row.judgement_id])
        for row in _TOUCHING.rows(tx, list(members))
    ]


def connected(tx: Transaction, record_ids: Collection[int]) -> list[Judgement]:
    """List the judgements that count and lead from one to the other from these records on.

    Two lead to each other when they have a member in common.  Oldest first.
    """
    found: dict[int, Judgement] = {}
    seen: set[int] = set()
    ahead = set(record_ids)
    while ahead:
        seen |= ahead
        new = {each.judgement_id: each for each in touching(tx, ahead)}
        found |= new
        ahead = {member.record_id for each in new.values() for member in each.members} - seen
    return [found[number] for number in sorted(found)]


def changes(tx: Transaction) -> int:
    """Count the acts on judgements so far; it grows with each one made and each one withdrawn."""
    query = sa.select(sa.func.count() + sa.func.count(_columns.withdrawn_at)).select_from(judgement)
    return int(tx.connection.execute(query).scalar_one())


def _take_out_of_force(tx: Transaction, number: int, **values: object) -> None:
    update = sa.update(judgement).where(_columns.judgement_id == number, _IN_FORCE)
    if tx.connection.execute(update.values(**values)).rowcount == 0:
        raise NotFound("judgement in force", str(number))


def _members_in_force(tx: Transaction) -> Mapping[int, list[JudgementMember]]:
    query = (
        sa.select(judgement_member)
        .join(judgement)
        .where(_IN_FORCE)
        .order_by(_members.judgement_id, _members.record_id)
    )
    found: defaultdict[int, list[JudgementMember]] = defaultdict(list)
    for number, *member in tx.connection.execute(query):
        found[number].append(JudgementMember(*member))
    return found


def _judgement(row: sa.RowMapping | dict[str, Any], members: list[JudgementMember]) -> Judgement:
    kept = {name: row[name] for name in (*_FIELDS, "judgement_id", "superseded_by", "withdrawn_at")}
    return Judgement(**kept, members=tuple(members))
