"""The questions to stewards as they are kept, and what they are derived from.

The functions that take serials read and write by index, however many golden records there are.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256

import pyarrow as pa
import sqlalchemy as sa

from mdm.identity.reviews import Grounds, HomedPair, Question, Reason
from mdm.model.reviews import ClosedWhy
from mdm.store import neighbourhood, statements
from mdm.store.bulk import execute, merge, staged
from mdm.store.by_numbers import ByNumbers
from mdm.store.statements import Row
from mdm.store.store import Transaction

_ID: pa.DataType = pa.int64()
_TEXT: pa.DataType = pa.string()

_HOMED = """
    SELECT p.record_l, p.record_r, p.weight, l.serial AS serial_l, r.serial AS serial_r
    FROM pair p
    JOIN crosswalk l ON l.record_id = p.record_l
    JOIN crosswalk r ON r.record_id = p.record_r
"""
_WITH_LEFT = ByNumbers(f"{_HOMED} WHERE l.serial IN ({{numbers}})")
_WITH_RIGHT = ByNumbers(
    f"{_HOMED} WHERE r.serial IN ({{numbers}}) AND l.serial NOT IN ({{numbers}})"
)
_CROSSING = sa.text(f"{_HOMED} WHERE p.weight >= :review AND l.serial <> r.serial")

_SIZES = ByNumbers("""
    SELECT serial, count(*) AS size
    FROM crosswalk
    WHERE serial IN ({numbers})
    GROUP BY serial
""")

SOURCE_BITS = 62
"""As many as a 64-bit number has without its sign, and one to spare."""
_SOURCES = ByNumbers(f"""
    SELECT serial, sum(source_bit) AS sources
    FROM (
        SELECT DISTINCT c.serial,
               CAST(1 AS bigint) << CAST(r.source_id % {SOURCE_BITS} AS integer) AS source_bit
        FROM crosswalk c
        JOIN record r ON r.record_id = c.record_id
        WHERE c.serial IN ({{numbers}})
    ) held
    GROUP BY serial
""")

_NOT_ALL_LINKED = sa.text("""
    WITH
    linked AS (
        SELECT l.serial, count(*) AS links
        FROM pair p
        JOIN crosswalk l ON l.record_id = p.record_l
        JOIN crosswalk r ON r.record_id = p.record_r AND r.serial = l.serial
        WHERE p.weight >= :link
        GROUP BY l.serial
    ),
    sized AS (
        SELECT serial, count(*) AS records
        FROM crosswalk
        GROUP BY serial
        HAVING count(*) > 1
    )
    SELECT sized.serial
    FROM sized
    LEFT JOIN linked ON linked.serial = sized.serial
    WHERE coalesce(links, 0) < records * (records - 1) / 2
       OR records > :most
""")

_SAYING = sa.text("""
    SELECT serial
    FROM golden_record
    WHERE provenance LIKE :pattern ESCAPE '!'
""")

_COLUMNS = "SELECT review_id, kind, serial, other, weight, records, reasons, sources FROM review"
_KEPT_OF = ByNumbers(
    f"{_COLUMNS} WHERE serial IN ({{numbers}}) UNION {_COLUMNS} WHERE other IN ({{numbers}})"
)
_KEPT = sa.text(_COLUMNS)


_OPEN = sa.text("""
    INSERT INTO review
        (review_id, kind, serial, other, weight, records, reasons, sources, worth, opened_at)
    SELECT review_id, kind, serial, other, weight, records, reasons, sources, worth, opened_at
    FROM staged_review
    WHERE true
    ON CONFLICT (review_id) DO UPDATE
    SET weight = excluded.weight,
        records = excluded.records,
        reasons = excluded.reasons,
        sources = excluded.sources,
        worth = excluded.worth
""")

_FORGET_CLOSED = sa.text("""
    DELETE FROM closed_review
    WHERE review_id IN (SELECT review_id FROM staged_review)
""")

_CLOSE = sa.text("""
    INSERT INTO closed_review (review_id, kind, serial, other, opened_at, closed_at, why)
    SELECT review.review_id, kind, serial, other, opened_at, :at, why
    FROM staged_closed
    JOIN review ON review.review_id = staged_closed.review_id
""")

_DROP = sa.text("""
    DELETE FROM review
    WHERE review_id IN (SELECT review_id FROM staged_closed)
""")


@dataclass(frozen=True)
class KeptReview:
    """An open question as it is kept."""

    review_id: str
    grounds: Grounds


def review_id(question: Question, golden_ids: Mapping[int, str]) -> str:
    """Name a question: `r` and 20 hexadecimal digits, a hash of its kind and its golden IDs."""
    told = "\n".join([question.kind, *(golden_ids[serial] for serial in question.serials)])
    return f"r{sha256(told.encode()).hexdigest()[:20]}"


def pairs_touching(tx: Transaction, serials: Collection[int]) -> list[HomedPair]:
    """Read all kept pairs that have an end in these golden records."""
    found = _WITH_LEFT.tuples(tx, serials) + _WITH_RIGHT.tuples(tx, serials)
    return list(map(HomedPair._make, found))


def pairs_inside(tx: Transaction, serials: Collection[int]) -> list[HomedPair]:
    """Read all kept pairs that lie inside one of these golden records."""
    found = map(HomedPair._make, _WITH_LEFT.tuples(tx, serials))
    return [pair for pair in found if pair.serial_l == pair.serial_r]


def crossing(tx: Transaction, *, review: int) -> list[HomedPair]:
    """Read all pairs between two golden records from a weight on."""
    return list(map(HomedPair._make, statements.tuples(tx, _CROSSING, {"review": review})))


def sizes(tx: Transaction, serials: Collection[int]) -> dict[int, int]:
    """Count the records of golden records; those that are no more are absent."""
    return {row.serial: row.size for row in _SIZES.rows(tx, serials)}


def sources(tx: Transaction, serials: Collection[int]) -> dict[int, int]:
    """Tell of which sources golden records have records, one bit for each: `source_bit`."""
    return {row.serial: int(row.sources) for row in _SOURCES.rows(tx, serials)}


def source_bit(source_id: int) -> int:
    """Tell the bit of a source, which it may share with another: it rules out, and no more."""
    return 1 << source_id % SOURCE_BITS


def not_all_linked(tx: Transaction, *, link: int, most: int) -> set[int]:
    """Find the golden records of which two records have no kept pair of this weight or more.

    And those that have more than `most` records.
    """
    return _serials(statements.rows(tx, _NOT_ALL_LINKED, {"link": link, "most": most}))


def contradicting(
    tx: Transaction, attributes: Iterable[str], serials: Collection[int] | None
) -> set[int]:
    """Find the golden records, all or of these, where a value of one of the attributes was beaten.

    Provenance is JSON with its keys in order and no spaces, and quotes inside a value are escaped,
    so that a text tells it.
    """
    beaten = [f'"{name}":{{"beat":[{{' for name in attributes]
    if not beaten:
        return set()
    if serials is not None:
        contents = neighbourhood.golden_contents(tx, serials)
        return {
            serial
            for serial, (_, provenance) in contents.items()
            if any(text in provenance for text in beaten)
        }
    return {
        serial
        for text in beaten
        for serial in _serials(statements.rows(tx, _SAYING, {"pattern": _pattern(text)}))
    }


def _pattern(text: str) -> str:
    return f"%{text.replace('_', '!_')}%"


def _serials(rows: Sequence[Row]) -> set[int]:
    return {row.serial for row in rows}


def kept(tx: Transaction, serials: Collection[int] | None) -> dict[Question, KeptReview]:
    """Read the open questions, all or those about these golden records."""
    rows = statements.rows(tx, _KEPT, {}) if serials is None else _KEPT_OF.rows(tx, serials)
    return {
        Question(row.kind, row.serial, row.other): KeptReview(
            row.review_id, Grounds(row.weight, row.records, Reason(row.reasons), row.sources)
        )
        for row in rows
    }


def close(tx: Transaction, closed: Mapping[str, ClosedWhy], *, at: str) -> None:
    """Close questions, and keep why; by their IDs."""
    table = pa.table(
        {"review_id": pa.array(closed, _TEXT), "why": pa.array(closed.values(), _TEXT)}
    )
    merge(tx, "staged_closed", table, _CLOSE, _DROP, at=at)


def open_or_change(tx: Transaction, found: Mapping[Question, Grounds], *, at: str) -> None:
    """Open questions, and say anew what makes those that are open."""
    if not found:
        return
    serials = {serial for each in found for serial in each.serials}
    names = neighbourhood.golden_ids(tx, serials)
    with staged(tx, "staged_review", _table(found, names, at)):
        execute(tx, _FORGET_CLOSED)
        execute(tx, _OPEN)


def _table(found: Mapping[Question, Grounds], names: Mapping[int, str], at: str) -> pa.Table:
    reviews = list(found.values())
    return pa.table(
        {
            "review_id": pa.array([review_id(each, names) for each in found], _TEXT),
            "kind": pa.array([each.kind for each in found], _TEXT),
            "serial": pa.array([each.serial for each in found], _ID),
            "other": pa.array([each.other for each in found], _ID),
            "weight": pa.array([each.weight for each in reviews], _ID),
            "records": pa.array([each.records for each in reviews], _ID),
            "reasons": pa.array([int(each.reasons) for each in reviews], _ID),
            "sources": pa.array([each.sources for each in reviews], _ID),
            "worth": pa.array([each.worth for each in reviews], _ID),
            "opened_at": pa.array([at] * len(reviews), _TEXT),
        }
    )
