"""Where a small graph is drawn: its points on a ring, a label on each line where there is room.

In: how many points, which of them are connected, how wide each label is.  Out: places in a picture
of `WIDTH` units, rounded to tenths.  Pure, and the same for the same input.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import cos, pi, sin
from typing import Literal, NamedTuple

WIDTH = 440.0
"""Units: on a narrow telephone one is four fifths of a pixel."""
POINT = 17.0
"""The radius of a point."""
_ACROSS = 100.0
"""From the ring's middle to its sides, which leaves a name of thirteen letters room beside them."""
_MARGIN = 42.0
"""Between the ring and the upper and lower edge: a point, its name and some air."""
_TEXT = 20.0
"""The height of a label."""
_ALONG = (0.5, 0.42, 0.58, 0.34, 0.66, 0.27, 0.73, 0.23, 0.77)
"""Where on a line its label is tried, the middle first."""


class Place(NamedTuple):
    """A place in the picture, from its upper left corner."""

    x: float
    y: float


class Spot(NamedTuple):
    """Where a point's name is written: beside the point, away from the ring's middle."""

    x: float
    y: float
    anchor: Literal["start", "middle", "end"]


class Wire(NamedTuple):
    """A line between two points, by their numbers, and how wide its label is."""

    one: int
    other: int
    label: float


@dataclass(frozen=True)
class Ring:
    """A drawing: points with the spots of their names, and the places of the lines' labels.

    A label that would lie on another or on a point has none.
    """

    height: float
    points: Sequence[Place]
    names: Sequence[Spot]
    labels: Sequence[Place | None]


def ring(count: int, wires: Sequence[Wire]) -> Ring:
    """Lay out `count` points and the labels of the lines between them, the first ones first."""
    across, down = _radii(count)
    height = 2 * (down + _MARGIN)
    angles = [pi * (2 * number / count - (1.0 if count == 2 else 0.5)) for number in range(count)]
    points = [_place(WIDTH / 2 + across * cos(a), height / 2 + down * sin(a)) for a in angles]
    return Ring(
        height=round(height, 1),
        points=points,
        names=[_spot(point, angle) for point, angle in zip(points, angles, strict=True)],
        labels=_labels(points, wires),
    )


def _radii(count: int) -> tuple[float, float]:
    if count <= 2:
        return _ACROSS, 0.0
    if count <= 4:
        return _ACROSS, 85.0
    return _ACROSS, 115.0 if count <= 7 else 145.0


def _place(x: float, y: float) -> Place:
    return Place(round(x, 1), round(y, 1))


def _spot(point: Place, angle: float) -> Spot:
    """Write beside a point that is at a side, else above or below it."""
    if cos(angle) > 0.3:
        return Spot(round(point.x + POINT + 6, 1), round(point.y + 4, 1), "start")
    if cos(angle) < -0.3:
        return Spot(round(point.x - POINT - 6, 1), round(point.y + 4, 1), "end")
    below = POINT + 16 if sin(angle) > 0 else -POINT - 7
    return Spot(point.x, round(point.y + below, 1), "middle")


class _Box(NamedTuple):
    """What is taken: a place and how far it reaches to each side."""

    x: float
    y: float
    across: float
    down: float

    def meets(self, other: "_Box") -> bool:
        return (
            abs(self.x - other.x) < self.across + other.across
            and abs(self.y - other.y) < self.down + other.down
        )

    def lies_on(self, one: Place, other: Place) -> bool:
        """Tell whether a straight line comes through (Liang and Barsky 1984, line clipping)."""
        first, last = 0.0, 1.0
        sides = ((one.x, other.x, self.x, self.across), (one.y, other.y, self.y, self.down))
        for begin, end, middle, reach in sides:
            if begin == end:
                if abs(begin - middle) >= reach:
                    return False
                continue
            enters, leaves = sorted(
                (middle + side - begin) / (end - begin) for side in (-reach, reach)
            )
            first, last = max(first, enters), min(last, leaves)
        return first < last


def _labels(points: Sequence[Place], wires: Sequence[Wire]) -> list[Place | None]:
    """Give each label the first place on its line where nothing else is, best no other line."""
    taken = [_Box(x, y, POINT, POINT) for x, y in points]
    found: list[Place | None] = []
    for wire in wires:
        lines = [(points[each.one], points[each.other]) for each in wires if each is not wire]
        free = [
            box
            for box in _along(points[wire.one], points[wire.other], wire.label)
            if not any(map(box.meets, taken))
        ]
        clear = (box for box in free if not any(box.lies_on(*line) for line in lines))
        box = next(clear, free[0] if free else None)
        if box is not None:
            taken.append(box)
        found.append(None if box is None else _place(box.x, box.y))
    return found


def _along(one: Place, other: Place, width: float) -> list[_Box]:
    return [
        _Box(
            one.x + share * (other.x - one.x),
            one.y + share * (other.y - one.y),
            width / 2,
            _TEXT / 2,
        )
        for share in _ALONG
    ]
