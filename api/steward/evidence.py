"""The evidence of a pair: its match weight as a table and as a waterfall."""

from collections.abc import Sequence
from dataclasses import dataclass

from api.steward.naming import title
from mdm.model.views import Evidence

ROW = 26
"""Pixels from one bar to the next."""
BAR = 16
LEFT, RIGHT = 116, 366
"""Where the bars may stand; labels stand left of them, bits right."""
TOP = 24
WIDTH = 420


@dataclass(frozen=True)
class Step:
    """An addend of the match weight, and its bar in the waterfall (pixels).

    `level` says what was seen; `kind`: `for`, `against` or `sum`.
    """

    name: str
    level: str
    bits: float
    kind: str
    x: float
    y: float
    width: float

    @property
    def end(self) -> float:
        """Where the bar ends."""
        return self.x + self.width


@dataclass(frozen=True)
class Waterfall:
    """The steps from the prior to the match weight; `zero` and `link` are places on the scale."""

    steps: Sequence[Step]
    zero: float
    link: float | None
    height: int
    width: int = WIDTH
    bar: int = BAR


def waterfall(pair: Evidence, link_bits: float | None) -> Waterfall | None:
    """Draw what the weight of a pair is made of; None where that is not known any more."""
    told = [part for part in pair.parts if part.bits or part.name == "prior"]
    if not told:
        return None
    sums = [0.0]
    for part in told:
        sums.append(sums[-1] + part.bits)
    places = [*sums, 0.0, *([] if link_bits is None else [link_bits])]
    least, most = min(places), max(places)
    scale = (RIGHT - LEFT) / ((most - least) or 1)

    def x(bits: float) -> float:
        return round(LEFT + (bits - least) * scale, 1)

    def step(at: int, name: str, level: str, ends: tuple[float, float], kind: str) -> Step:
        left, right = sorted(ends)
        width = round(max(1.0, x(right) - x(left)), 1)
        return Step(name, level, ends[1] - ends[0], kind, x(left), TOP + at * ROW, width)

    steps = [
        step(at, title(part.name), part.level, (start, end), "for" if end > start else "against")
        for at, (part, start, end) in enumerate(zip(told, sums, sums[1:], strict=False))
    ]
    steps.append(step(len(told), "match weight", "all together", (0.0, sums[-1]), "sum"))
    link = None if link_bits is None else x(link_bits)
    return Waterfall(steps, x(0.0), link, TOP + len(steps) * ROW + 8)


def silent(pair: Evidence) -> list[str]:
    """List what was compared and told nothing, mostly because it is missing in one record."""
    return [title(part.name) for part in pair.parts if not part.bits and part.name != "prior"]
