"""Match quality with the shipped defaults: `python benchmarks/quality.py [SET ...]`.

Each labelled set goes through the real ingest, train and resolve into a store of its own.  Beside
the published clusters stand Splink's own, the connected components of the same pairs under the same
model, at a match probability of 0.95 and at the best threshold of all tried.  The exit status is 1
when a bar is missed, 2 when a set is missing.
"""

import math
import sys
from collections.abc import Callable, Sequence
from dataclasses import astuple, dataclass
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

import numpy as np

from benchmarks.bootstrap import f1_difference
from benchmarks.calibrated import EDGES, Band, bands
from benchmarks.causes import Causes, causes
from benchmarks.data_sets import DATA_SETS, DataSet
from benchmarks.labelled import DataMissingError, Laid
from benchmarks.report import table, write_section
from mdm.identity.metrics import Scores
from mdm.resolution.evaluate import AtThreshold, Evaluation, joined_at, measure
from mdm.resolution.evidence import gather
from mdm.resolution.ingest import ingest
from mdm.resolution.labels import read_labels
from mdm.resolution.resolve import resolve
from mdm.resolution.train import train
from mdm.store import Store

SPLINK_BITS = math.log2(0.95 / 0.05)
"""The match probability of 0.95 that Splink's documentation clusters at, in bits: 4.248."""
STEP_BITS = 0.25
"""Between the thresholds of which the best is chosen by label."""
TOP_BITS = 25.0


@dataclass(frozen=True)
class Quality:
    """What was measured on a set; `difference` bounds our F1 less Splink's at 0.95 (95 %)."""

    name: str
    evaluation: Evaluation
    splink: AtThreshold
    best: AtThreshold
    difference: tuple[float, float]
    causes: Causes
    bands: list[Band]
    seconds: float


@dataclass(frozen=True)
class Bar:
    """What a set must reach."""

    words: str
    reached: Callable[[Quality], bool]


BARS = {
    "historical": Bar("F1 >= 0.93", lambda q: q.evaluation.pairwise.scores.f1 >= 0.93),
    "febrl3": Bar("F1 >= 0.998", lambda q: q.evaluation.pairwise.scores.f1 >= 0.998),
    "fake_1000": Bar(
        "F1 not behind Splink at 0.95",
        lambda q: q.evaluation.pairwise.scores.f1 >= q.splink.components.scores.f1,
    ),
    "bank": Bar(
        "precision >= 0.995, recall >= 0.98",
        lambda q: (
            q.evaluation.pairwise.scores.precision >= 0.995
            and q.evaluation.pairwise.scores.recall >= 0.98
        ),
    ),
    "families": Bar("precision >= 0.99", lambda q: q.evaluation.pairwise.scores.precision >= 0.99),
}
"""What a set must reach; those without are watched."""


def measure_quality(data_set: DataSet) -> Quality:
    """Ingest, train, resolve and evaluate a set in a store of its own.

    DataMissingError when its file is not there.
    """
    with TemporaryDirectory() as directory:
        folder = Path(directory)
        laid = data_set.lay_out(folder)
        store = Store(f"sqlite:///{folder / 'store.db'}")
        store.migrate()
        started = perf_counter()
        ingest(store, laid.sources, laid.rules)
        train(store, laid.rules)
        resolve(store)
        seconds = perf_counter() - started
        quality = _quality(data_set.name, store, laid, seconds)
        store.close()
    return quality


def _quality(name: str, store: Store, laid: Laid, seconds: float) -> Quality:
    evidence = gather(store, read_labels(laid.labels))
    steps = np.arange(evidence.model.review_bits, TOP_BITS + STEP_BITS, STEP_BITS)
    evaluation = measure(evidence, [*steps.tolist(), SPLINK_BITS])
    *tried, splink = evaluation.thresholds
    joined = joined_at(evidence, SPLINK_BITS)
    return Quality(
        name=name,
        evaluation=evaluation,
        splink=splink,
        best=max(tried, key=lambda at: at.components.scores.f1),
        difference=f1_difference(evidence.cluster, joined, evidence.entity, seed=1),
        causes=causes(evidence),
        bands=bands(evidence),
        seconds=seconds,
    )


def report(measured: Sequence[Quality]) -> list[str]:
    """Write the figures as Markdown."""
    return [
        *table(
            ["data set", "", "precision", "recall", "F1"],
            [row for quality in measured for row in _rows(quality)],
        ),
        "",
        "Recall that is left after each stage, and what each set must reach:",
        "",
        *table(
            ["data set", "blocking", "components", "clustering", "bar", ""],
            [_stages(quality) for quality in measured],
        ),
        "",
        _CAUSES,
        "",
        *table(
            ["data set", "wrong", "own pair", "others", "taken apart", "too weak", "not compared"],
            [_causes(quality) for quality in measured],
        ),
        "",
        "Of the pairs at so many bits, the share that matches / the share that the weights promise "
        "(in brackets where there are fewer than 50 pairs):",
        "",
        *table(
            ["data set", *(f"{low:g} … {high:g}" for low, high in pairwise(EDGES))],
            [[quality.name, *map(_band, quality.bands)] for quality in measured],
        ),
        "",
        *(_difference(quality) for quality in measured if quality.name == "fake_1000"),
    ]


def _rows(quality: Quality) -> list[list[str]]:
    evaluation, best = quality.evaluation, quality.best
    named = {
        "golden records, pairwise": evaluation.pairwise.scores,
        "golden records, B-cubed": evaluation.b_cubed,
        "Splink's components at 0.95": quality.splink.components.scores,
        f"the same at {best.bits:.2f} bits, the best by label": best.components.scores,
    }
    first = f"{quality.name} ({evaluation.records:,} records)"
    return [[first, name, *_three(scores)] for name, scores in named.items()]


def _three(scores: Scores) -> list[str]:
    return [f"{share:.4f}" for share in (scores.precision, scores.recall, scores.f1)]


def _stages(quality: Quality) -> list[str]:
    kept, bar = quality.evaluation.kept, BARS.get(quality.name)
    shares = [f"{share:.4f}" for share in (kept.blocking, kept.components, kept.clustering)]
    if bar is None:
        return [quality.name, *shares, "", ""]
    return [quality.name, *shares, bar.words, "reached" if bar.reached(quality) else "MISSED"]


_CAUSES = (
    "Records whose golden record is wrong, by cause: it holds a stranger (linked by a pair of the "
    "record's own, or brought in by others), or a record of the same person is elsewhere (taken "
    "apart inside a component, compared but too weak, not compared or far too weak). A record may "
    "have a cause of each kind."
)


def _causes(quality: Quality) -> list[str]:
    counts = astuple(quality.causes)
    return [quality.name, *(f"{count:,}" for count in counts)]


def _band(band: Band) -> str:
    if not band.pairs:
        return ""
    shown = f"{band.share:.2f} / {band.expected:.2f}"
    return shown if band.pairs >= 50 else f"({shown})"


def _difference(quality: Quality) -> str:
    ours, theirs = quality.evaluation.pairwise.scores.f1, quality.splink.components.scores.f1
    low, high = quality.difference
    return (
        f"{quality.name}: F1 is {ours - theirs:+.4f} against Splink's at 0.95 "
        f"(95 % of bootstrap samples of entities between {low:+.4f} and {high:+.4f})."
    )


def main(names: Sequence[str]) -> int:
    """Measure the sets named, or all; only all together are written to the page."""
    measured = []
    for name in names or DATA_SETS:
        try:
            quality = measure_quality(DATA_SETS[name])
        except DataMissingError as missing:
            print(missing, file=sys.stderr)
            return 2
        print(f"{name}: {quality.seconds:.1f} s from files to golden records", flush=True)
        measured.append(quality)
    lines = report(measured)
    print("\n".join(lines))
    if not names:
        write_section("quality", "Match quality", lines)
    barred = [quality for quality in measured if quality.name in BARS]
    return 0 if all(BARS[quality.name].reached(quality) for quality in barred) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
