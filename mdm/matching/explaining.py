"""Explaining: what each comparison adds to a pair's match weight, in words and bits."""

import math
from collections.abc import Sequence
from typing import Any

import duckdb
import pyarrow as pa

from mdm.matching.columns import few_records
from mdm.matching.connecting import connect
from mdm.matching.model import ScoringModel
from mdm.matching.scoring import prediction
from mdm.model.explanation import MatchingRecord, PairExplanation, Part
from mdm.model.models import ModelVersion


class SplinkExplainer:
    """Takes match weights apart with the model that gave them (an `Explainer`).

    It keeps the last model ready, since that takes Splink about a second; threads may share it.
    """

    def __init__(self) -> None:
        self._ready: tuple[ModelVersion, ScoringModel] | None = None

    def explain(
        self,
        model: ModelVersion,
        records: Sequence[MatchingRecord],
        pairs: Sequence[tuple[int, int]],
    ) -> list[PairExplanation]:
        """Explain each of `pairs` (record IDs), in their order."""
        if not pairs:
            return []
        scoring = self._scoring(model)
        with connect() as connection:
            _load(connection, scoring, records, pairs)
            rows = connection.execute(
                f"""
                select scored.*
                from candidate
                join {prediction(connection, scoring, "candidate")} as scored using (n_l, n_r)
                order by place
                """
            ).to_arrow_table()
        return [
            _explanation(scoring, pair, row)
            for pair, row in zip(pairs, rows.to_pylist(), strict=True)
        ]

    def _scoring(self, version: ModelVersion) -> ScoringModel:
        ready = self._ready
        if ready is None or ready[0] != version:
            ready = self._ready = (version, ScoringModel.of(version))
        return ready[1]


def _load(
    connection: duckdb.DuckDBPyConnection,
    model: ScoringModel,
    records: Sequence[MatchingRecord],
    pairs: Sequence[tuple[int, int]],
) -> None:
    """Make the tables `record` and `candidate` (place, n_l, n_r); a record's ID is its number."""
    numbered = {record.record_id: record.standardised for record in records}
    candidates = pa.table(
        {
            "place": range(len(pairs)),
            "n_l": [min(pair) for pair in pairs],
            "n_r": [max(pair) for pair in pairs],
        }
    )
    connection.register("record", few_records(numbered, model.rules))
    connection.register("candidate", candidates)


def _explanation(
    model: ScoringModel, pair: tuple[int, int], row: dict[str, Any]
) -> PairExplanation:
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
