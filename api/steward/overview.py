"""The overview: how much there is of everything, as charts with their tables."""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta

from flask import Response
from markupsafe import Markup

from api.hub import hub, reading
from api.steward import charts, words
from api.steward.pages import blueprint, page
from mdm.model.overview import BacklogDay, Overlap, Overview

DAYS = 90
"""Days of the backlog that are drawn, up to today."""
MOST_BARS = 12
"""Overlaps that are drawn, the largest ones."""
MOST_OVERLAPS = 100
"""Overlaps that are told: thirty departments have 435."""


@blueprint.get("/overview")
def overview() -> Response:
    """Show what there is."""
    found = reading().overview()
    overlaps = sorted(found.overlaps, key=lambda each: -each.golden_records)
    return page(
        "overview.html",
        found=found,
        having={each.name: each.golden_records for each in found.sources},
        overlaps=overlaps[:MOST_OVERLAPS],
        overlap_count=len(overlaps),
        open_reviews=hub().reviews.backlog().open,
        sources_chart=_sources(found),
        whole=whole,
        overlaps_chart=_overlaps(overlaps[:MOST_BARS]),
        weights_chart=_weights(found),
        backlog_chart=_backlog(found.backlog, datetime.now(UTC).date()),
    )


def _sources(found: Overview) -> Markup:
    told = "Records, golden records and duplicates of each source."
    return charts.rows(
        told,
        [
            charts.Row(
                each.name,
                [
                    (each.records, words.count(each.records, "record")),
                    (each.golden_records, words.count(each.golden_records, "golden record")),
                    (each.duplicates, words.count(each.duplicates, "duplicate")),
                ],
            )
            for each in found.sources
        ],
    )


def _overlaps(overlaps: Iterable[Overlap]) -> Markup:
    told = "Golden records with records of both of two sources, the most first."
    return charts.rows(
        told,
        [
            charts.Row(
                " and ".join(each.sources),
                [(each.golden_records, words.count(each.golden_records, "golden record"))],
            )
            for each in overlaps
        ],
    )


def _weights(found: Overview) -> Markup:
    """Draw the match weights; both thresholds are on it, also where no pair is near them."""
    marks = [
        (bits, f"{name} {words.bits(bits)}")
        for bits, name in ((found.review_bits, "review"), (found.link_bits, "link"))
        if bits is not None
    ]
    kept = {each.from_bits: each.pairs for each in found.weights}
    places = [*kept, *(int(bits // 1) for bits, _ in marks)]
    first, last = min(places, default=0), max(places, default=0)
    numbers = [kept.get(bits, 0) for bits in range(first, last + 1)]
    ticks = [(at, whole(at)) for at in charts.spread(first, len(numbers), most=9)]
    told = "Pairs by match weight in bits, with the review and the link threshold."
    return charts.columns(told, charts.Columns(first, numbers, ticks, marks))


def whole(bits: int) -> str:
    """Write a whole number of bits with its sign, but for 0."""
    return words.bits(bits).removesuffix(".0") if bits else "0"


def _backlog(backlog: Sequence[BacklogDay], today: date) -> Markup:
    """Draw how many reviews were open at the end of each day, up to today."""
    days = open_by_day(backlog, today)
    chosen = charts.spread(0, len(days), most=5)
    ticks = [(at + 0.5, f"{days[at][0].day} {days[at][0]:%b}") for at in chosen]
    told = "Open reviews at the end of each day."
    return charts.columns(told, charts.Columns(0, [number for _, number in days], ticks))


def open_by_day(backlog: Sequence[BacklogDay], today: date) -> list[tuple[date, int]]:
    """Tell how many were open each day: a day without a change has as many as the one before it.

    From the first day that is known, or DAYS ago, up to today.
    """
    known = {date.fromisoformat(each.day): each.open for each in backlog}
    if not known:
        return []
    day, last = min(known), max(today, *known)
    found, number = [], 0
    while day <= last:
        number = known.get(day, number)
        found.append((day, number))
        day += timedelta(days=1)
    return found[-DAYS:]
