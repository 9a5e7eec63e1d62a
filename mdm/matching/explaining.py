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
        level = _level(comparison, row[f"gamma_{name}"])
        rarity = row.get(f"mw_tf_adj_{name}", 0.0)
        words = str(level["label_for_charts"]) + _rarity(model, level, rarity)
        parts.append(Part(name, words, row[f"mw_{name}"] + rarity))
    return PairExplanation(*pair, weight_bits=row["match_weight"], parts=tuple(parts))


def _level(comparison: dict[str, Any], gamma: int) -> dict[str, Any]:
    """Find the level a pair is at: Splink numbers them from the last (0), the null level is -1."""
    levels: list[dict[str, Any]] = comparison["comparison_levels"]
    return levels[0] if gamma == -1 else levels[len(levels) - 1 - gamma]


def _rarity(model: ScoringModel, level: Mapping[str, Any], bits: float) -> str:
    """Say how rare the value is that two records share, where that changed the weight by `bits`.

    They are log2(u / frequency), u being the chance that any two values agree.  For example u =
    1 in 500 and 6.3 bits make a frequency of 1 in 40,000.
    """
    if not bits:
        return ""
    several = round(2**bits / model.agreeing[level["tf_adjustment_column"]])
    return f", and {'rare' if bits > 0 else 'common'}: 1 in {several:,}"
