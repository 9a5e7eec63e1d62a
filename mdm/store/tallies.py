"""The figures of the overview as they are kept: added to by differences, and counted anew.

A publication adds its difference with one statement; a resolve, which touches everything, counts.
Both give the same (`wrong`).
"""

from collections.abc import Mapping

import pyarrow as pa
import sqlalchemy as sa

from mdm.identity.components import MICRO
from mdm.identity.tallies import Tally, difference, of_crosswalk
from mdm.store import statements
from mdm.store.bulk import merge
from mdm.store.matching_input import reader
from mdm.store.store import Transaction

_ID: pa.DataType = pa.int64()
_TEXT: pa.DataType = pa.string()

_HOMES = """
    SELECT c.serial, r.source_id
    FROM crosswalk c
    JOIN record r ON r.record_id = c.record_id
"""
_HOMES_SCHEMA = pa.schema({"serial": _ID, "source_id": _ID})

# Whole bits, rounded down: the databases' own division rounds towards zero.
_PAIRS = sa.text(f"""
    SELECT 'pairs', bits, 0, count(*)
    FROM (
        SELECT (weight - (weight % {MICRO} + {MICRO}) % {MICRO}) / {MICRO} AS bits
        FROM pair
    ) weighed
    GROUP BY bits
""")

_QUARANTINED = sa.text("""
    SELECT 'quarantined', source_id, 0, count(DISTINCT row_hash)
    FROM quarantine
    GROUP BY source_id
""")

_ADD = sa.text("""
    INSERT INTO tally (figure, one, other, number)
    SELECT figure, one, other, difference
    FROM staged_tally
    WHERE true
    ON CONFLICT (figure, one, other) DO UPDATE
    SET number = tally.number + excluded.number
""")

_FORGET = sa.text("DELETE FROM tally")
_FORGET_QUARANTINED = sa.text("DELETE FROM tally WHERE figure = 'quarantined'")

_KEPT = sa.text("SELECT figure, one, other, number FROM tally WHERE number <> 0")

_REVIEWS_CHANGED = sa.text("""
    INSERT INTO review_day (day, opened, closed, open)
    SELECT CASE WHEN :day < last.day THEN last.day ELSE :day END,
           :opened, :closed, last.open + :opened - :closed
    FROM (
        SELECT day, open FROM review_day
        UNION ALL
        SELECT '', 0
        ORDER BY day DESC
        LIMIT 1
    ) last
    WHERE true
    ON CONFLICT (day) DO UPDATE
    SET opened = review_day.opened + excluded.opened,
        closed = review_day.closed + excluded.closed,
        open = excluded.open
""")

_COUNT_REVIEWS = sa.text("""
    UPDATE review_day
    SET open = (SELECT count(*) FROM review)
    WHERE day = (SELECT max(day) FROM review_day)
""")

_REVIEWS_WRONG = sa.text("""
    SELECT 1
    FROM (SELECT count(*) AS open FROM review) asked
    WHERE asked.open <> coalesce((SELECT open FROM review_day ORDER BY day DESC LIMIT 1), 0)
""")


def add(tx: Transaction, differences: Mapping[Tally, int]) -> None:
    """Add to the figures what a publication changes about them."""
    table = pa.table(
        {
            "figure": pa.array([tally.figure for tally in differences], _TEXT),
            "one": pa.array([tally.one for tally in differences], _ID),
            "other": pa.array([tally.other for tally in differences], _ID),
            "difference": pa.array(differences.values(), _ID),
        }
    )
    merge(tx, "staged_tally", table, _ADD)


def count(tx: Transaction) -> None:
    """Count everything anew."""
    statements.run(tx, _FORGET, {})
    add(tx, _counted(tx))


def count_quarantined(tx: Transaction) -> None:
    """Count the rows in quarantine anew."""
    statements.run(tx, _FORGET_QUARANTINED, {})
    add(tx, _read(tx, _QUARANTINED))


def reviews_changed(tx: Transaction, opened: int, closed: int, *, at: str) -> None:
    """Note on a day (that of `at`, UTC; never one before the newest) what became of questions.

    `open` of a day is how many there are at its end.
    """
    day = at[: len("2026-01-31")]
    statements.run(tx, _REVIEWS_CHANGED, {"day": day, "opened": opened, "closed": closed})


def count_reviews(tx: Transaction, *, at: str) -> None:
    """Count on that day how many questions are open."""
    reviews_changed(tx, 0, 0, at=at)
    statements.run(tx, _COUNT_REVIEWS, {})


def wrong(tx: Transaction) -> list[str]:
    """Name the figures that a count over everything would have otherwise."""
    found = [" ".join(map(str, name)) for name in difference(_read(tx, _KEPT), _counted(tx))]
    if statements.rows(tx, _REVIEWS_WRONG, {}):
        found.append("open questions")
    return found


def _counted(tx: Transaction) -> dict[Tally, int]:
    homes = reader(tx, _HOMES, _HOMES_SCHEMA).read_all()
    golden = of_crosswalk(homes["serial"].to_numpy(), homes["source_id"].to_numpy())
    return {**golden, **_read(tx, _PAIRS), **_read(tx, _QUARANTINED)}


def _read(tx: Transaction, statement: sa.TextClause) -> dict[Tally, int]:
    return {Tally(*name): number for *name, number in statements.rows(tx, statement, {})}
