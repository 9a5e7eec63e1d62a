"""Evaluate: how well the published clusters agree with labels, and where recall is lost.

Everything is measured on labelled records only; what is not labelled takes part in joining records
(a component may hang together by an unlabelled record) and is counted nowhere else.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from mdm.identity.components import MICRO, Edges, IntArray, connected
from mdm.identity.metrics import PairCounts, Scores, b_cubed, pairwise
from mdm.model.progress import SILENT, Progress
from mdm.resolution.evidence import Evidence, gather
from mdm.resolution.labels import read_labels
from mdm.store import Store

STEP_BITS = 2.0
"""Between two thresholds of the table."""
TOP_BITS = 20.0
"""The last threshold of the table: a chance of a million to one."""


@dataclass(frozen=True)
class AtThreshold:
    """What the pairs of at least so many bits say by themselves.

    `pairs` are those that blocking found; `components` the pairs of records that hang together
    by them, which is Splink's own clustering.
    """

    bits: float
    pairs: PairCounts
    components: PairCounts


@dataclass(frozen=True)
class Kept:
    """The share of true pairs, 0 to 1, that is still there after a stage.

    Blocking: the pair was compared; components: both are in one component; clustering: both are
    in one golden record.  Components may bring back what blocking missed, because all pairs inside
    one are compared.
    """

    blocking: float
    components: float
    clustering: float


@dataclass(frozen=True)
class Evaluation:
    """How well the golden records agree with the labels.

    `records` were measured, of `entities`; `unlabelled` live records were not, nor `unresolved`
    ones, which have a label and no golden record yet; `unknown` labels name no live record.
    """

    model_version: int
    link_bits: float
    records: int
    entities: int
    unlabelled: int
    unresolved: int
    unknown: int
    pairwise: PairCounts
    b_cubed: Scores
    kept: Kept
    thresholds: tuple[AtThreshold, ...]


def evaluate(store: Store, labels: Path, *, progress: Progress = SILENT) -> Evaluation:
    """Measure the published clusters against a labels file (see `mdm.resolution.labels`).

    FileInvalid for the file, NothingToDo when nothing was published yet.
    """
    evidence = gather(store, read_labels(labels), progress=progress)
    review, link = evidence.model.review_bits, evidence.model.link_bits
    steps = np.arange(math.ceil(review / STEP_BITS) * STEP_BITS, TOP_BITS + STEP_BITS, STEP_BITS)
    return measure(evidence, sorted({link, *steps.tolist()}))


def measure(evidence: Evidence, thresholds: Sequence[float]) -> Evaluation:
    """Count the figures; `thresholds` in bits, none below the review threshold."""
    clusters = pairwise(evidence.cluster, evidence.entity)
    components = pairwise(evidence.component, evidence.entity)
    return Evaluation(
        model_version=evidence.model.number,
        link_bits=evidence.model.link_bits,
        records=len(evidence.labelled),
        entities=len(np.unique(evidence.entity)),
        unlabelled=evidence.unlabelled,
        unresolved=evidence.unresolved,
        unknown=evidence.unknown,
        pairwise=clusters,
        b_cubed=b_cubed(evidence.cluster, evidence.entity),
        kept=Kept(
            blocking=evidence.blocked / clusters.true if clusters.true else 1.0,
            components=components.scores.recall,
            clustering=clusters.scores.recall,
        ),
        thresholds=tuple(_at(evidence, bits, clusters.true) for bits in thresholds),
    )


def joined_at(evidence: Evidence, bits: float) -> IntArray:
    """Label each labelled record with its connected component of pairs of at least `bits`."""
    pairs = _at_least(evidence.pairs, bits)
    return connected(evidence.count, pairs.left, pairs.right)[evidence.labelled]


def _at_least(pairs: Edges, bits: float) -> Edges:
    return pairs.where(pairs.weight >= round(bits * MICRO))


def _at(evidence: Evidence, bits: float, true: int) -> AtThreshold:
    pairs = _at_least(evidence.labelled_pairs, bits)
    correct = evidence.entity[pairs.left] == evidence.entity[pairs.right]
    return AtThreshold(
        bits=bits,
        pairs=PairCounts(linked=len(pairs.left), true=true, correct=int(correct.sum())),
        components=pairwise(joined_at(evidence, bits), evidence.entity),
    )


def evaluation_lines(evaluation: Evaluation) -> list[str]:
    """Write an evaluation as lines of plain text."""
    return list(_lines(evaluation))


def _lines(e: Evaluation) -> Iterator[str]:
    yield (
        f"model version {e.model_version}: {e.records:,} labelled records of {e.entities:,} "
        f"entities, {e.pairwise.true:,} true pairs"
    )
    yield from _left_out(e)
    yield ""
    yield "              precision    recall        F1"
    for name, scores in (("pairwise", e.pairwise.scores), ("B-cubed", e.b_cubed)):
        yield f"{name:12}{_three(scores)}"
    yield ""
    yield (
        f"true pairs kept after blocking {e.kept.blocking:.4f}, after components "
        f"{e.kept.components:.4f}, after clustering {e.kept.clustering:.4f}"
    )
    yield ""
    yield "              pairs of at least these bits       their connected components"
    yield "   bits         pairs precision    recall     precision    recall        F1"
    for row in e.thresholds:
        mark = " < link" if row.bits == e.link_bits else ""
        pairs = row.pairs.scores
        yield (
            f"{row.bits:7.2f}{row.pairs.linked:14,}{pairs.precision:10.4f}{pairs.recall:10.4f}    "
            f"{_three(row.components.scores)}{mark}"
        )


def _left_out(e: Evaluation) -> Iterator[str]:
    """Say which records and labels were not measured."""
    if e.unlabelled:
        yield f"{e.unlabelled:,} records have no label and are not measured"
    if e.unresolved:
        yield f"{e.unresolved:,} labelled records have no golden record yet: run `mdm resolve`"
    if e.unknown:
        yield f"{e.unknown:,} labels name no record of the store, or a retired one"


def _three(scores: Scores) -> str:
    return f"{scores.precision:10.4f}{scores.recall:10.4f}{scores.f1:10.4f}"
