"""What the demo prints at its end."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from mdm.model.models import ModelVersion
from mdm.model.views import SourceSummary
from mdm.resolution.evaluate import Evaluation
from mdm.resolution.ingest import IngestFigures
from mdm.resolution.resolve import Resolution
from mdm.telling import of_resolution, table


@dataclass(frozen=True)
class Report:
    """Everything that the demo found; `seconds` by stage, in the order of the stages."""

    ingested: Sequence[IngestFigures]
    sources: Sequence[SourceSummary]
    model: ModelVersion
    resolution: Resolution
    evaluation: Evaluation
    seconds: Mapping[str, float]


def describe(report: Report) -> str:
    """Write the report: records in, golden records out, duplicates, quality, times."""
    return "\n\n".join(
        [_sources(report), of_resolution(report.resolution), _quality(report), _times(report)]
    )


def _sources(report: Report) -> str:
    read = {each.source: each.read for each in report.ingested}
    counts = [
        (read[each.name], each.live, each.quarantined, each.duplicates) for each in report.sources
    ]
    totals = [sum(column) for column in zip(*counts, strict=True)]
    rows: list[tuple[object, ...]] = [
        (each.name, each.kind, *figures)
        for each, figures in zip(report.sources, counts, strict=True)
    ]
    heading = ("source", "kind", "rows", "records", "quarantined", "duplicates in it")
    return table(heading, [*rows, ("all", "", *totals)])


def _quality(report: Report) -> str:
    scores = report.evaluation.pairwise.scores
    kept = report.evaluation.kept
    return (
        f"against the known truth, {report.evaluation.entities:,} people: "
        f"pairwise precision {scores.precision:.4f}, recall {scores.recall:.4f}, "
        f"F1 {scores.f1:.4f}\n"
        f"true pairs kept after blocking {kept.blocking:.4f}, components {kept.components:.4f}, "
        f"clustering {kept.clustering:.4f}"
    )


def _times(report: Report) -> str:
    return table(["stage", "seconds"], list(report.seconds.items()))
