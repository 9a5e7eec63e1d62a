"""Reviews as stewards read them: the open ones by what they are worth, one of them, the backlog."""

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from mdm.identity.components import MICRO
from mdm.identity.reviews import Reason
from mdm.model.reviews import (
    Backlog,
    ClosedReview,
    Comment,
    ReviewFilter,
    ReviewKind,
    ReviewReason,
    ReviewSummary,
)
from mdm.model.views import Position
from mdm.store import reviews
from mdm.store.bulk import is_sqlite
from mdm.store.statements import scalar
from mdm.store.store import Transaction

_OPEN = """
    SELECT v.*, i.golden_id, o.golden_id AS other_id, n.assignee, n.lease_until, n.deferred_until,
           n.deferred_by,
           (SELECT count(*) FROM review_comment c WHERE c.review_id = v.review_id) AS comments
    FROM review v
    JOIN golden_id i ON i.serial = v.serial
    LEFT JOIN golden_id o ON o.serial = v.other
    LEFT JOIN review_note n ON n.review_id = v.review_id
"""

_CLOSED = sa.text("""
    SELECT v.*, i.golden_id, o.golden_id AS other_id
    FROM closed_review v
    JOIN golden_id i ON i.serial = v.serial
    LEFT JOIN golden_id o ON o.serial = v.other
    WHERE v.review_id = :review_id
""")

_COMMENTS = sa.text("""
    SELECT actor, made_at, comment
    FROM review_comment
    WHERE review_id = :review_id
    ORDER BY comment_id
""")

# Each a range of one small index: together a third of what one pass over the table takes.
_BACKLOG = sa.text("""
    SELECT (SELECT count(*) FROM review) AS open,
           (SELECT count(*) FROM review WHERE kind = 'match') AS "match",
           (SELECT min(opened_at) FROM review) AS oldest,
           (SELECT count(*) FROM review WHERE opened_at > :day) AS day,
           (SELECT count(*) FROM review WHERE opened_at > :week) AS week,
           (SELECT count(*) FROM review WHERE opened_at > :month) AS month
""")
_NOTED = sa.text("""
    SELECT count(CASE WHEN n.lease_until > :now THEN 1 END) AS claimed,
           count(CASE WHEN n.deferred_until > :now THEN 1 END) AS deferred
    FROM review_note n
    JOIN review v ON v.review_id = n.review_id
    WHERE n.lease_until > :now OR n.deferred_until > :now
""")

_SOURCE_ID = sa.text("SELECT source_id FROM source WHERE name = :name")
# No source: the question is older than the column.
# The plus keeps the databases from going through all records of the source.
_OF_SOURCE = """(v.sources = 0 OR v.sources & :source_bit <> 0) AND EXISTS (
    SELECT 1
    FROM crosswalk c
    JOIN record r ON r.record_id = c.record_id
    WHERE c.serial IN (v.serial, v.other) AND +r.source_id = :source_id
)"""
_HELD = """v.review_id IN (
    SELECT review_id FROM review_note WHERE assignee = :assignee AND lease_until > :now
)"""
_PUT_OFF = "v.review_id IN (SELECT review_id FROM review_note WHERE deferred_until > :now)"
_DIFFERING = """(
    EXISTS (
        SELECT 1
        FROM golden_record g
        JOIN golden_record h ON h.serial = v.other
        WHERE g.serial = v.serial AND lower({g}) <> lower({h})
    )
    OR EXISTS (
        SELECT 1
        FROM golden_record g
        WHERE v.other IS NULL AND g.serial = v.serial AND g.provenance LIKE :beaten ESCAPE '!'
    )
)"""

Serials = tuple[int, int | None]
"""What a review is about: a golden record, or two."""


def open_reviews(
    tx: Transaction,
    chosen: ReviewFilter,
    *,
    now: str,
    after: Position | None,
    limit: int,
    free_for: str | None = None,
) -> list[ReviewSummary]:
    """Read at most `limit` open reviews behind a position, those of most worth first.

    `free_for`: those only that nobody but this steward has.
    """
    conditions = _conditions(tx, chosen, now)
    if free_for is not None:
        free = "(n.lease_until IS NULL OR n.lease_until <= :now OR n.assignee = :free_for)"
        conditions[free] = {"free_for": free_for}
    if after is not None:
        worth, *name = after
        behind = "(v.worth, v.review_id) < (:after_worth, :after_id)"
        conditions[behind] = {"after_worth": worth, "after_id": _named(name)}
    query = f"""
        {_OPEN}
        WHERE {" AND ".join(conditions)}
        ORDER BY v.worth DESC, v.review_id DESC
        LIMIT :rows
    """
    bound = {name: value for each in conditions.values() for name, value in each.items()}
    rows = tx.connection.execute(sa.text(query), {**bound, "now": now, "rows": limit}).mappings()
    return [_summary(row, now) for row in rows]


def position(review: ReviewSummary) -> Position:
    """Tell the place of a review in the order: its worth in thousandths, and its ID as numbers."""
    digits = review.review_id[1:]
    return (round(review.worth * 1000), int(digits[:10], 16), int(digits[10:], 16))


def _named(numbers: Sequence[int]) -> str:
    return "r" + "".join(f"{number:010x}" for number in numbers)


def open_review(
    tx: Transaction, review_id: str, *, now: str
) -> tuple[ReviewSummary, Serials] | None:
    """Read an open review and its serials."""
    query = sa.text(f"{_OPEN} WHERE v.review_id = :review_id")
    row = tx.connection.execute(query, {"review_id": review_id}).mappings().one_or_none()
    return None if row is None else (_summary(row, now), (row["serial"], row["other"]))


def closed_review(tx: Transaction, review_id: str) -> tuple[ClosedReview, Serials] | None:
    """Read a closed review and its serials."""
    row = tx.connection.execute(_CLOSED, {"review_id": review_id}).mappings().one_or_none()
    if row is None:
        return None
    closed = ClosedReview(
        review_id=review_id,
        kind=row["kind"],
        golden_ids=_golden_ids(row),
        opened_at=row["opened_at"],
        closed_at=row["closed_at"],
        why=row["why"],
    )
    return closed, (row["serial"], row["other"])


def comments(tx: Transaction, review_id: str) -> list[Comment]:
    """Read what was noted beside a review, the first first."""
    return [Comment(*row) for row in tx.connection.execute(_COMMENTS, {"review_id": review_id})]


def backlog(tx: Transaction, *, now: str, day: str, week: str, month: str) -> Backlog:
    """Count the open reviews; `day`, `week` and `month` are the times that ages are told by."""
    ages = {"day": day, "week": week, "month": month}
    found = tx.connection.execute(_BACKLOG, ages).one()
    noted = tx.connection.execute(_NOTED, {"now": now}).one()
    kinds: dict[ReviewKind, int] = {"match": found.match, "cluster": found.open - found.match}
    return Backlog(
        open=found.open,
        claimed=noted.claimed,
        deferred=noted.deferred,
        by_kind={kind: count for kind, count in sorted(kinds.items()) if count},
        by_age={
            "day": found.day,
            "week": found.week - found.day,
            "month": found.month - found.week,
            "older": found.open - found.month,
        },
        oldest_opened_at=found.oldest,
    )


def _conditions(tx: Transaction, chosen: ReviewFilter, now: str) -> dict[str, Mapping[str, object]]:
    """List what must hold, each condition with the values that it binds."""
    found: dict[str, Mapping[str, object]] = {
        _PUT_OFF if chosen.deferred else "(n.deferred_until > :now) IS NOT TRUE": {"now": now}
    }
    for condition, name, value in (
        ("v.kind = :kind", "kind", chosen.kind),
        ("v.weight >= :least", "least", _micro(chosen.min_weight)),
        ("v.weight <= :most", "most", _micro(chosen.max_weight)),
        # joined with nothing, they are read off the order of the queue, not sorted from a range
        ("v.opened_at || '' >= :from_time", "from_time", chosen.opened_from),
        ("v.opened_at || '' <= :to_time", "to_time", chosen.opened_to),
        (_HELD, "assignee", chosen.assignee),
    ):
        if value is not None:
            found[condition] = {name: value}
    if chosen.source is not None:
        number = scalar(tx, _SOURCE_ID, name=chosen.source) or 0
        found[_OF_SOURCE] = {"source_id": number, "source_bit": reviews.source_bit(number)}
    if chosen.attribute is not None:
        found[_differing(tx)] = _attribute(tx, chosen.attribute)
    return found


def _differing(tx: Transaction) -> str:
    value = "json_extract({}.attributes, :attribute)"
    if not is_sqlite(tx):
        value = "CAST({}.attributes AS json) ->> CAST(:attribute AS text)"
    return _DIFFERING.format(g=value.format("g"), h=value.format("h"))


def _attribute(tx: Transaction, name: str) -> Mapping[str, object]:
    """Bind an attribute's name, and how a golden record tells that a value of it was beaten."""
    beaten = f'%"{name}":{{"beat":[{{%'.replace("_", "!_")
    return {"attribute": f"$.{name}" if is_sqlite(tx) else name, "beaten": beaten}


def _micro(bits: float | None) -> int | None:
    return None if bits is None else round(bits * MICRO)


def _golden_ids(row: sa.RowMapping) -> tuple[str, ...]:
    return (row["golden_id"],) if row["other_id"] is None else (row["golden_id"], row["other_id"])


def _summary(row: sa.RowMapping, now: str) -> ReviewSummary:
    claimed = row["lease_until"] is not None and row["lease_until"] > now
    deferred = row["deferred_until"] is not None and row["deferred_until"] > now
    return ReviewSummary(
        review_id=row["review_id"],
        kind=row["kind"],
        golden_ids=_golden_ids(row),
        weight_bits=row["weight"] / MICRO,
        records=row["records"],
        reasons=_reasons(row["reasons"]),
        worth=row["worth"] / 1000,
        opened_at=row["opened_at"],
        assignee=row["assignee"] if claimed else None,
        lease_until=row["lease_until"] if claimed else None,
        deferred_until=row["deferred_until"] if deferred else None,
        deferred_by=row["deferred_by"] if deferred else None,
        comments=row["comments"],
    )


def _reasons(bits: Any) -> tuple[ReviewReason, ...]:  # noqa: ANN401
    names: dict[Reason, ReviewReason] = {
        Reason.WEAK: "weak",
        Reason.BRIDGE: "bridge",
        Reason.IDENTIFIERS: "identifiers",
        Reason.LARGE: "large",
    }
    return tuple(word for reason, word in names.items() if bits & reason)
