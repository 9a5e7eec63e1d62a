"""The bars of the online benchmark, and its figures as Markdown."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np

from benchmarks.online_calls import (
    BULK,
    BY_KEY,
    CLIENTS,
    GOLDEN,
    LARGE,
    MATCH,
    SUBMISSION,
    SUBMISSIONS,
    TOGETHER,
    Size,
)
from benchmarks.online_splink import BETWEEN, COMPARE
from benchmarks.report import table
from benchmarks.served import WORKERS


@dataclass(frozen=True)
class Run:
    """All sizes of the curve, smallest first, and the seconds of Splink's calls at the largest."""

    sizes: Sequence[Size]
    splink: Mapping[str, Sequence[float]]

    def p50(self, name: str) -> float:
        """Milliseconds, with the most records."""
        return self.sizes[-1].calls[name].p50

    def growth(self, name: str) -> float:
        """How much longer it takes with the most records than with the fewest."""
        return self.p50(name) / self.sizes[0].calls[name].p50

    def splink_p50(self, name: str) -> float:
        """Milliseconds that half of Splink's calls took at most."""
        return float(np.percentile(self.splink[name], 50)) * 1_000


@dataclass(frozen=True)
class Bar:
    """What a figure must be: at most the limit, or at least."""

    words: str
    at_least: bool
    limit: float
    unit: str
    figure: Callable[[Run], float]

    def reached(self, run: Run) -> bool:
        """Tell whether a run reaches it."""
        found = self.figure(run)
        return found >= self.limit if self.at_least else found <= self.limit

    def row(self, run: Run) -> list[str]:
        """Write the figure beside the bar."""
        sign = ">=" if self.at_least else "<="
        verdict = "PASS" if self.reached(run) else "FAIL"
        figure = f"{self.figure(run):,.2f} {self.unit}"
        return [self.words, figure.strip(), f"{sign} {self.limit:,} {self.unit}".strip(), verdict]


def _p50(name: str, limit: float) -> Bar:
    return Bar(f"{name}, p50", False, limit, "ms", lambda run: run.p50(name))


def _p99(name: str, limit: float) -> Bar:
    return Bar(f"{name}, p99", False, limit, "ms", lambda run: run.sizes[-1].calls[name].p99)


def _rate(name: str, limit: float) -> Bar:
    name = name + TOGETHER
    return Bar(name, True, limit, "a second", lambda run: run.sizes[-1].calls[name].rate)


def _growth(name: str, limit: float) -> Bar:
    words = f"{name}, p50 with the most records by that with the fewest"
    return Bar(words, False, limit, "", lambda run: run.growth(name))


BARS = (
    *chain.from_iterable((_p50(name, 10), _p99(name, 50)) for name in SUBMISSIONS),
    Bar(
        "Splink's predict_between by a submission, p50",
        True,
        40,
        "times",
        lambda run: run.splink_p50(BETWEEN) / run.p50(SUBMISSION),
    ),
    _rate(SUBMISSION, 100),
    Bar(
        f"bulk{TOGETHER}",
        True,
        1_500,
        "records a second",
        lambda run: run.sizes[-1].bulk[BULK + TOGETHER],
    ),
    _p50(GOLDEN, 2),
    _p99(GOLDEN, 15),
    _rate(GOLDEN, 800),
    _growth(SUBMISSION, 1.5),
    _growth(GOLDEN, 1.5),
)
"""Those of issue 4: latencies with one client, rates with eight, all with the most records."""

TOLD = (BY_KEY, GOLDEN, GOLDEN + TOGETHER, MATCH)


def report(run: Run) -> list[str]:
    """Write the figures as Markdown."""
    largest = run.sizes[-1]
    return [
        f"A server with {WORKERS} workers (`mdm serve --workers {WORKERS}`) and its clients, each "
        "a process of its own with one connection that it keeps, share the machine. Nothing is "
        "warmed up: what is measured begins when `/readyz` says yes. All answers were 2xx.",
        "",
        *table(["", "measured", "bar", ""], [bar.row(run) for bar in BARS]),
        "",
        "Milliseconds, p50 / p99 / slowest, by the number of records that were loaded:",
        "",
        *table(["", *(f"{size.amounts.records:,}" for size in run.sizes)], _curve(run)),
        "",
        f"{_bulk(largest)} Splink with {largest.loaded['records']:,} records: `predict_between` of "
        f"one record against them {run.splink_p50(BETWEEN):,.1f} ms (p50 of "
        f"{len(run.splink[BETWEEN])}), `realtime.compare_records` of two with its cache on "
        f"{run.splink_p50(COMPARE):.1f} ms (p50 of {len(run.splink[COMPARE])}).",
        "",
        *_loaded(largest),
        "",
        *table(["submissions", "", "outcomes"], _outcomes(largest)),
    ]


def _curve(run: Run) -> list[list[str]]:
    submissions = [name for name in run.sizes[-1].calls if name.startswith(SUBMISSION)]
    names = [*submissions, *TOLD]
    return [[name, *(_latency(size, name) for size in run.sizes)] for name in names]


def _latency(size: Size, name: str) -> str:
    found = size.calls[name]
    return f"{found.p50:,.1f} / {found.p99:,.1f} / {found.slowest:,.1f}"


def _bulk(size: Size) -> str:
    several, large = size.amounts.lines, size.amounts.large
    told = (
        f"Bodies of {several:,} records, one in four of a known person: {size.bulk[BULK]:,.0f} "
        f"records a second from one client, {size.bulk[BULK + TOGETHER]:,.0f} from {CLIENTS}"
    )
    if size.peak is None:
        return f"{told}."
    return (
        f"{told}; one of {large:,}: {size.bulk[LARGE]:,.0f}, with {size.peak / 2**30:.2f} GiB at "
        "most in all processes of the server (a page that two share counts twice)."
    )


def _loaded(size: Size) -> list[str]:
    told, amounts = size.loaded, size.amounts
    return [
        f"Loaded before training: {amounts.records:,} records, {amounts.shared:,} of them with one "
        f"phone; after it, with the model that knew none of these: {amounts.shared:,} with "
        f"another phone (one of them shares a blocking key with {told['outgrown']:,} records), and "
        f"{told['component']:,} that are one component at the top rung. In all "
        f"{told['records']:,} records in {told['golden_records']:,} golden records; "
        f"{told['skipped_keys']:,} keys are skipped.",
        "",
        f"Each kind of submission comes from one client, and those of known, new and changed "
        f"people once more from {CLIENTS}. None was in the store before:",
    ]


def _outcomes(size: Size) -> list[list[str]]:
    return [
        [name, f"{sum(found.values()):,}", ", ".join(f"{n:,} {o}" for o, n in found.most_common())]
        for name, found in size.outcomes.items()
    ]
