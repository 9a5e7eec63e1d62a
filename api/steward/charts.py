"""Charts as inline SVG: numbers in, markup out.  Pure functions; looks come from the stylesheet.

A chart is 400 units wide, so that its letters can be read on a narrow screen too.  It tells a
reader of the screen what it shows in one sentence; the numbers stand in a table beside it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import ceil, floor, log10

from markupsafe import Markup

WIDTH = 400
_LETTER = 6.6
"""Units that a letter takes on average, at most."""
_CLASSES = ("bar", "bar second", "bar third")

_ROW, _BAR, _LABEL = 15, 11, 16
_GAP = 8

_LEFT, _PLOT, _FOOT = 44, 150, 22
_TOP, _MARK = 8, 13
_LEAST = 1.5
"""How high a column of few things is at least, so that it is seen beside one of many."""


@dataclass(frozen=True)
class Row:
    """A label, and under it a bar for each number with the words behind it: `12 records`."""

    label: str
    bars: Sequence[tuple[int, str]]


@dataclass(frozen=True)
class Columns:
    """Columns side by side: `numbers` from the place `first` on, one a step.

    `ticks` are places with labels below the axis, `marks` places with dashed lines and words above.
    """

    first: int
    numbers: Sequence[int]
    ticks: Sequence[tuple[float, str]]
    marks: Sequence[tuple[float, str]] = ()


def rows(told: str, given: Sequence[Row]) -> Markup:
    """Draw horizontal bars on one scale, grouped by label."""
    largest = max((number for row in given for number, _ in row.bars), default=0) or 1
    words = max((len(text) for row in given for _, text in row.bars), default=0)
    room = WIDTH - words * _LETTER - _GAP
    parts, y = [], 0
    for row in given:
        parts.append(_text(0, y + 12, row.label))
        y += _LABEL
        for (number, text), name in zip(row.bars, _CLASSES, strict=False):
            width = _least(room * number / largest, number)
            parts.append(_box(name, 0, y, width, _BAR))
            parts.append(_text(width + _GAP / 2, y + 10, text, "label"))
            y += _ROW
        y += _GAP
    return _svg(told, y, parts)


def columns(told: str, given: Columns) -> Markup:
    """Draw columns over a scale from 0, with its ticks and marks."""
    largest = nice(max(given.numbers, default=0))
    top = _TOP + _MARK * len(given.marks)
    step = (WIDTH - _LEFT) / max(len(given.numbers), 1)

    def across(place: float) -> float:
        return _LEFT + (place - given.first) * step

    parts = []
    for number in sorted({0, largest // 2, largest}):
        y = top + _PLOT * (1 - number / largest)
        parts.append(_line("axis", _LEFT, y, WIDTH, y))
        parts.append(_text(_LEFT - 6, y + 4, f"{number:,}", "label", "end"))
    for at, number in enumerate(given.numbers):
        height = _least(_PLOT * number / largest, number)
        wide = min(step * 0.84, 40)
        x = across(given.first + at) + (step - wide) / 2
        parts.append(_box("bar", x, top + _PLOT - height, wide, height))
    for place, label in given.ticks:
        parts.append(_centred(across(place), top + _PLOT + 16, label, "label"))
    for level, (place, label) in enumerate(given.marks):
        y = _MARK * (level + 1) - 2
        parts.append(_line("threshold", across(place), y + 4, across(place), top + _PLOT))
        parts.append(_centred(across(place), y, label))
    return _svg(told, top + _PLOT + _FOOT, parts)


def nice(number: int) -> int:
    """Round up to 1, 2, 4, 5, 6, 8 or 10 times a power of ten, where an axis may end.

    341 is 400, 12 is 20, 0 is 1.
    """
    if number < 1:
        return 1
    power: int = 10 ** floor(log10(number))
    return next(each for step in (1, 2, 4, 5, 6, 8, 10) if (each := step * power) >= number)


def spread(first: int, count: int, *, most: int) -> list[int]:
    """Choose at most `most` of the places first, first + 1 ..., the same apart, with round steps.

    Nine of -20 ... 30 are -20, -10, 0, 10, 20, 30.
    """
    least = max(1, ceil(count / most))
    step = next(s for power in (1, 10, 100) for f in (1, 2, 5) if (s := f * power) >= least)
    start = ceil(first / step) * step
    return list(range(start, first + count, step))


def _least(size: float, number: int) -> float:
    return max(size, _LEAST) if number else 0


def _centred(x: float, y: float, text: str, name: str = "") -> Markup:
    """Write a text around a place, but inside the chart."""
    half = len(text) * _LETTER / 2
    return _text(min(max(x, half), WIDTH - half), y, text, name, "middle")


def _text(x: float, y: float, text: str, name: str = "", anchor: str = "start") -> Markup:
    return Markup('<text x="{:.1f}" y="{:.1f}" class="{}" text-anchor="{}">{}</text>').format(
        x, y, name, anchor, text
    )


def _box(name: str, x: float, y: float, width: float, height: float) -> Markup:
    return Markup('<rect class="{}" x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}"/>').format(
        name, x, y, width, height
    )


def _line(name: str, x1: float, y1: float, x2: float, y2: float) -> Markup:
    return Markup('<line class="{}" x1="{:.1f}" y1="{:.1f}" x2="{:.1f}" y2="{:.1f}"/>').format(
        name, x1, y1, x2, y2
    )


def _svg(told: str, height: float, parts: Iterable[Markup]) -> Markup:
    return Markup(
        '<svg class="chart" role="img" aria-label="{}" viewBox="0 0 {} {:.0f}">{}</svg>'
    ).format(told, WIDTH, height, Markup().join(parts))
