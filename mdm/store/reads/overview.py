"""The overview, read from the figures that publications keep up to date; nothing is scanned."""

from collections.abc import Sequence

import sqlalchemy as sa

from mdm.identity.tallies import ALL_GOLDEN, NOBODY, Counts, Figure, Tally
from mdm.model.overview import BacklogDay, Overlap, Overview, SourceFigures, Weights
from mdm.store import models
from mdm.store.store import Transaction

DAYS = 90
"""How many days of the backlog are told at most: those on which something changed."""

_TALLIES = sa.text("""
    SELECT figure, one, other, number
    FROM tally
    WHERE number <> 0
    ORDER BY figure, one, other
""")

_SOURCES = sa.text("SELECT source_id, name FROM source ORDER BY name")

# The index of what is pending answers.
_PENDING = sa.text("SELECT source_id, count(*) FROM record WHERE pending GROUP BY source_id")

_BACKLOG = sa.text("""
    SELECT day, opened, closed, open
    FROM review_day
    ORDER BY day DESC
    LIMIT :days
""")


def overview(tx: Transaction) -> Overview:
    """Read all figures."""
    counts = _counts(tx)
    names = {row.source_id: row.name for row in tx.connection.execute(_SOURCES)}
    model = models.active(tx)
    days = tx.connection.execute(_BACKLOG, {"days": DAYS}).all()
    return Overview(
        records=sum(number for tally, number in counts.items() if tally.figure == "records"),
        golden_records=counts.get(ALL_GOLDEN, 0),
        sources=_sources(tx, counts, names),
        overlaps=_overlaps(counts, names),
        weights=[Weights(tally.one, number) for tally, number in _of(counts, "pairs")],
        backlog=[BacklogDay(*row) for row in reversed(days)],
        model_version=model.version if model else None,
        link_bits=model.link_bits if model else None,
        review_bits=model.review_bits if model else None,
    )


def duplicates(tx: Transaction) -> dict[int, int]:
    """Tell each source's records beyond the first of each golden record, by its number."""
    counts = _counts(tx)
    return {
        tally.one: number - counts.get(_golden(tally.one), 0)
        for tally, number in _of(counts, "records")
    }


def _counts(tx: Transaction) -> Counts:
    rows = tx.connection.execute(_TALLIES)
    return {Tally(row.figure, row.one, row.other): row.number for row in rows}


def _of(counts: Counts, figure: Figure) -> Sequence[tuple[Tally, int]]:
    return [(tally, number) for tally, number in counts.items() if tally.figure == figure]


def _golden(source: int) -> Tally:
    return Tally("golden_records", source, source)


def _sources(tx: Transaction, counts: Counts, names: dict[int, str]) -> list[SourceFigures]:
    pending = {row[0]: row[1] for row in tx.connection.execute(_PENDING)}
    return [
        SourceFigures(
            name=name,
            records=counts.get(Tally("records", number, NOBODY), 0),
            golden_records=counts.get(_golden(number), 0),
            pending=pending.get(number, 0),
            quarantined=counts.get(Tally("quarantined", number, NOBODY), 0),
        )
        for number, name in names.items()
    ]


def _overlaps(counts: Counts, names: dict[int, str]) -> list[Overlap]:
    found = [
        Overlap((min(both), max(both)), number)
        for tally, number in _of(counts, "golden_records")
        if tally.one != tally.other
        for both in [(names[tally.one], names[tally.other])]
    ]
    return sorted(found, key=lambda each: each.sources)
