"""Explaining: what each comparison adds to a pair's match weight, in words and bits."""

import math
from collections.abc import Sequence
from typing import Any

import duckdb
import orjson
import pyarrow as pa

from mdm.matching.columns import load_records
from mdm.matching.model import ScoringModel
from mdm.matching.scoring import predict
from mdm.model.explanation import MatchingRecord, PairExplanation, Part
from mdm.model.models import ModelVersion


class SplinkExplainer:
    """Takes match weights apart with the model that gave them (an `Explainer`)."""

    def explain(
        self,
        model: ModelVersion,
        records: Sequence[MatchingRecord],
        pairs: Sequence[tuple[int, int]],
    ) -> list[PairExplanation]:
        """Explain each of `pairs` (record IDs), in their order."""
        if not pairs:
            return []
        scoring = ScoringModel.of(model)
        with duckdb.connect() as connection:
            load_records(connection, _rows(records), scoring.rules)
            _load_pairs(connection, pairs)
            predicted = predict(connection, scoring, "candidate", parts=True)
            rows = connection.execute(
                f"""
                select p.*
                from candidate as c
                join {predicted} as p using (n_l, n_r)
                order by c.place
                """
            ).to_arrow_table()
        return [
            _explanation(scoring, pair, row)
            for pair, row in zip(pairs, rows.to_pylist(), strict=True)
        ]


def _rows(records: Sequence[MatchingRecord]) -> pa.Table:
    """Make rows of `record` of them, with the record ID for a key, padded so that it sorts."""
    return pa.table(
        {
            "record_id": [record.record_id for record in records],
            "source": ["" for _ in records],
            "key": [f"{record.record_id:020d}" for record in records],
            "standardised": [orjson.dumps(record.standardised).decode() for record in records],
        }
    )


def _load_pairs(connection: duckdb.DuckDBPyConnection, pairs: Sequence[tuple[int, int]]) -> None:
    given = pa.table(
        {
            "place": range(len(pairs)),
            "record_l": [min(pair) for pair in pairs],
            "record_r": [max(pair) for pair in pairs],
        }
    )
    connection.register("given", given)
    connection.execute(
        """
        create table candidate as
        select place, l.n as n_l, r.n as n_r
        from given
        join record as l on l.record_id = record_l
        join record as r on r.record_id = record_r
        """
    )
    connection.unregister("given")


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
