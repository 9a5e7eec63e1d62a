"""Explaining: what each comparison adds to a pair's match weight, in words and bits."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

from mdm.matching.model import ScoringModel
from mdm.matching.scorer import Scorers
from mdm.model.explanation import MatchingRecord, PairExplanation, Part
from mdm.model.models import ModelVersion


class SplinkExplainer:
    """Takes match weights apart with the model that gave them (an `Explainer`)."""

    def __init__(self, scorers: Scorers) -> None:
        self._scorers = scorers

    def explain(
        self,
        model: ModelVersion,
        records: Sequence[MatchingRecord],
        pairs: Sequence[tuple[int, int]],
    ) -> list[PairExplanation]:
        """Explain each of `pairs` (record IDs), in their order."""
        if not pairs:
            return []
        numbered = {record.record_id: record.standardised for record in records}
        with self._scorers.of(model) as scorer:
            rows = scorer.score(numbered, pairs)
            return [
                explanation(scorer.model, pair, row) for pair, row in zip(pairs, rows, strict=True)
            ]


def explanation(
    model: ScoringModel, pair: tuple[int, int], row: Mapping[str, Any]
) -> PairExplanation:
    """Say in words and bits what a row of `Scorer.score` tells of its pair."""
    prior = float(model.settings["probability_two_random_records_match"])
    parts = [Part("prior", "before anything is compared", math.log2(prior / (1 - prior)))]
    for comparison in model.settings["comparisons"]:
        name = comparison["output_column_name"]
        bits = row[f"mw_{name}"] + row.get(f"mw_tf_adj_{name}", 0.0)
        parts.append(Part(name, _words(comparison, row[f"gamma_{name}"]), bits))
    return PairExplanation(*pair, weight_bits=row["match_weight"], parts=tuple(parts))


def _words(comparison: dict[str, Any], gamma: int) -> str:
    """Say which level a pair is at: Splink numbers them from the last (0), the null level is -1."""
    levels = comparison["comparison_levels"]
    level = levels[0] if gamma == -1 else levels[len(levels) - 1 - gamma]
    return str(level["label_for_charts"])
