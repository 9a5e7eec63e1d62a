"""The questions of each acceptance, what became of them, and how far it has come."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import Any

import orjson
import sqlalchemy as sa

from mdm.identity.components import MICRO
from mdm.model.acceptances import Acceptance, Excepted, Surveyed
from mdm.model.errors import NotFound
from mdm.model.judgements import Shown
from mdm.model.records import RecordRef
from mdm.model.reviews import ReviewKind
from mdm.store.acceptance_schema import acceptance, acceptance_question
from mdm.store.by_numbers import ByNumbers
from mdm.store.statements import rows, scalar
from mdm.store.store import Transaction

_FREE = """
    FROM review v
    LEFT JOIN review_note n ON n.review_id = v.review_id
    WHERE v.kind = :kind
      AND v.weight >= :least
      AND (n.deferred_until IS NULL OR n.deferred_until <= :now)
      AND (n.lease_until IS NULL OR n.lease_until <= :now OR n.assignee = :actor)
"""
_COUNT = sa.text(f"SELECT count(*) {_FREE}")
_ASKED = sa.text(f"""
    SELECT v.review_id, v.weight, v.serial, v.other
    {_FREE}
    ORDER BY v.weight DESC, v.review_id
    LIMIT :most
""")
_RECORDS = ByNumbers("""
    SELECT c.serial, s.name, r.key, r.version
    FROM crosswalk c
    JOIN record r ON r.record_id = c.record_id
    JOIN source s ON s.source_id = r.source_id
    WHERE c.serial IN ({numbers})
    ORDER BY r.record_id
""")
_FIGURES = """
    SELECT a.*, count(q.place) AS questions, coalesce(sum(q.records), 0) AS records,
           min(q.weight) AS lowest, max(q.weight) AS highest,
           count(q.judgement_id) AS accepted, count(q.left_out) AS left_out,
           count(CASE WHEN q.withdrawn THEN 1 END) AS withdrawn, count(q.kept) AS kept
    FROM acceptance a
    LEFT JOIN acceptance_question q ON q.acceptance_id = a.acceptance_id
"""
_ONE = sa.text(f"{_FIGURES} WHERE a.acceptance_id = :number GROUP BY a.acceptance_id")
_LATEST = sa.text(f"""
    {_FIGURES}
    WHERE a.accepted_at IS NOT NULL
    GROUP BY a.acceptance_id
    ORDER BY a.acceptance_id DESC
    LIMIT :most
""")
_FORGET_QUESTIONS = sa.text("""
    DELETE FROM acceptance_question
    WHERE acceptance_id IN (
        SELECT acceptance_id FROM acceptance WHERE accepted_at IS NULL AND surveyed_by = :actor
    )
""")
_FORGET = sa.text("DELETE FROM acceptance WHERE accepted_at IS NULL AND surveyed_by = :actor")
_questions = acceptance_question.c
_ASKED_STILL = _questions.judgement_id.is_(None) & _questions.left_out.is_(None)
_STANDING = _questions.judgement_id.is_not(None) & ~_questions.withdrawn & _questions.kept.is_(None)


def count(tx: Transaction, kind: ReviewKind, least: int, *, actor: str, now: str) -> int:
    """Count the open questions of a kind from a weight (micro-bits) on that a steward may answer.

    Those are not put off, and nobody else has them.
    """
    bound = {"kind": kind, "least": least, "actor": actor, "now": now}
    return int(scalar(tx, _COUNT, **bound))


def survey(
    tx: Transaction, kind: ReviewKind, least: int, *, actor: str, now: str, most: int
) -> list[Surveyed]:
    """Read at most so many of them with their records, those of greatest weight first."""
    bound = {"kind": kind, "least": least, "actor": actor, "now": now, "most": most}
    found = rows(tx, _ASKED, bound)
    homes: defaultdict[int | None, list[Shown]] = defaultdict(list)
    serials = {serial for row in found for serial in (row.serial, row.other) if serial is not None}
    for row in _RECORDS.rows(tx, serials):
        homes[row.serial].append(Shown(RecordRef(row.name, row.key), row.version))
    return [
        Surveyed(row.review_id, row.weight, [*homes[row.serial], *homes[row.other]])
        for row in found
    ]


def add(
    tx: Transaction,
    values: Mapping[str, object],
    questions: Sequence[Surveyed],
    sampled: Collection[int],
) -> int:
    """Keep a survey in the place of the steward's former one; the result is its number.

    `values`: of its row; `sampled`: the places of the questions that the steward looks at.
    """
    for forget in (_FORGET_QUESTIONS, _FORGET):
        tx.connection.execute(forget, {"actor": values["surveyed_by"]})
    insert = sa.insert(acceptance).values(**values).returning(acceptance.c.acceptance_id)
    number = int(tx.connection.execute(insert).scalar_one())
    if questions:
        tx.connection.execute(
            sa.insert(acceptance_question),
            [
                {
                    "acceptance_id": number,
                    "place": place,
                    "review_id": each.review_id,
                    "weight": each.weight,
                    "shown": _written(each.shown),
                    "records": len(each.shown),
                    "sampled": place in sampled,
                }
                for place, each in enumerate(questions)
            ],
        )
    return number


def get(tx: Transaction, number: int) -> Acceptance:
    """Read how far an acceptance has come; NotFound when there is none of that number."""
    row = tx.connection.execute(_ONE, {"number": number}).mappings().one_or_none()
    if row is None:
        raise NotFound("acceptance", str(number))
    return _acceptance(row)


def latest(tx: Transaction, *, most: int) -> list[Acceptance]:
    """Read the newest acceptances that were more than surveyed."""
    return [_acceptance(row) for row in tx.connection.execute(_LATEST, {"most": most}).mappings()]


def sample(tx: Transaction, number: int) -> list[Surveyed]:
    """List the questions that were drawn for the steward to look at."""
    return [question for _, question in _surveyed(tx, number, _questions.sampled)]


def left_out(tx: Transaction, number: int, *, most: int) -> list[Excepted]:
    """List the questions that were left out, and why; at most so many."""
    return _excepted(tx, number, _questions.left_out, most)


def kept(tx: Transaction, number: int, *, most: int) -> list[Excepted]:
    """List the questions whose judgement the undo left, and why; at most so many."""
    return _excepted(tx, number, _questions.kept, most)


def _excepted(
    tx: Transaction, number: int, why: sa.ColumnElement[str], most: int
) -> list[Excepted]:
    query = sa.select(_questions.review_id, why).where(
        _questions.acceptance_id == number, why.is_not(None)
    )
    found = tx.connection.execute(query.order_by(_questions.place).limit(most))
    return [Excepted(*row) for row in found]


def note(tx: Transaction, number: int, **values: object) -> None:
    """Keep who accepted it or had it undone, when and why."""
    update = sa.update(acceptance).where(acceptance.c.acceptance_id == number)
    tx.connection.execute(update.values(**values))


def to_accept(tx: Transaction, number: int, *, most: int) -> list[tuple[int, Surveyed]]:
    """Read the next questions that nothing became of, with their places."""
    return _surveyed(tx, number, _ASKED_STILL, most)


def to_withdraw(tx: Transaction, number: int, *, most: int) -> list[tuple[int, int]]:
    """Read the next judgements to take back, the last first: places and judgement IDs."""
    query = sa.select(_questions.place, _questions.judgement_id).where(
        _questions.acceptance_id == number, _STANDING
    )
    found = tx.connection.execute(query.order_by(_questions.place.desc()).limit(most))
    return [(place, judgement_id) for place, judgement_id in found]


def _surveyed(
    tx: Transaction, number: int, which: sa.ColumnElement[bool], most: int | None = None
) -> list[tuple[int, Surveyed]]:
    columns = [_questions[name] for name in ("place", "review_id", "weight", "shown")]
    query = sa.select(*columns).where(_questions.acceptance_id == number, which)
    found = tx.connection.execute(query.order_by(_questions.place).limit(most))
    return [(place, Surveyed(name, weight, _read(shown))) for place, name, weight, shown in found]


def became(tx: Transaction, number: int, place: int, **values: object) -> None:
    """Keep what became of a question."""
    chosen = (_questions.acceptance_id == number) & (_questions.place == place)
    tx.connection.execute(sa.update(acceptance_question).where(chosen).values(**values))


def leave_out_rest(tx: Transaction, number: int, why: str) -> None:
    """Leave out all questions that nothing became of."""
    _rest(tx, number, _ASKED_STILL, left_out=why)


def keep_rest(tx: Transaction, number: int, why: str) -> None:
    """Leave all judgements that the undo has not come to."""
    _rest(tx, number, _STANDING, kept=why)


def _rest(tx: Transaction, number: int, which: sa.ColumnElement[bool], **values: object) -> None:
    chosen = (_questions.acceptance_id == number) & which
    tx.connection.execute(sa.update(acceptance_question).where(chosen).values(**values))


def _written(shown: Sequence[Shown]) -> str:
    return orjson.dumps([(each.ref.source, each.ref.key, each.version) for each in shown]).decode()


def _read(text: str) -> list[Shown]:
    return [Shown(RecordRef(source, key), version) for source, key, version in orjson.loads(text)]


def _acceptance(row: Mapping[str, Any] | sa.RowMapping) -> Acceptance:
    values = dict(row)
    for name in ("lowest", "highest"):
        values[name] = None if values[name] is None else values[name] / MICRO
    values["min_weight"] = values.pop("least") / MICRO
    values["records"] = int(values["records"])  # PostgreSQL adds up to a Decimal
    return Acceptance(**values)
