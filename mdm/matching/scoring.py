"""Scoring: the match weight of pairs, by the model version's own Splink settings.

In: the table `record` and a table of pairs (n_l, n_r).  Out: weights in integer micro-bits,
rounded before anything is decided, so that no float's last digit decides anything.
"""

import duckdb
import numpy as np

from mdm.identity.components import MICRO, IntArray
from mdm.identity.fusion import MISSING
from mdm.matching.model import ScoringModel


def prediction(connection: duckdb.DuckDBPyConnection, model: ScoringModel, pairs: str) -> str:
    """Make ready what scoring the pairs of a table reads; the result is the query to select from.

    It gives n_l, n_r, match_weight (bits), and for each comparison gamma_ (the level; -1 for
    missing), mw_ and, where a level is adjusted for term frequency, mw_tf_adj_ (bits).
    """
    model.make_frequencies(connection)
    connection.execute(
        f"""
        create or replace temp view blocked_pair as
        select n_l as join_key_l, n_r as join_key_r, '0' as match_key from {pairs}
        """
    )
    return f"({model.prediction})"


def score(
    connection: duckdb.DuckDBPyConnection, model: ScoringModel, *, pairs: str, scored: str
) -> None:
    """Score the pairs of one table into another: (n_l, n_r, weight in micro-bits)."""
    connection.execute(
        f"""
        create or replace table {scored} as
        select n_l, n_r, {weight_column()}
        from {prediction(connection, model, pairs)}
        """
    )


def score_parts(connection: duckdb.DuckDBPyConnection, model: ScoringModel, pairs: str) -> IntArray:
    """Tell what each comparison adds to the weights of a table's pairs, in the order (n_l, n_r).

    Result: (pairs, comparisons), micro-bits, MISSING where a comparison could not compare.
    """
    columns = connection.execute(
        f"""
        select {", ".join(part_columns(model))}
        from {prediction(connection, model, pairs)}
        order by n_l, n_r
        """
    ).fetchnumpy()
    return np.column_stack([part.astype(np.int64) for part in columns.values()])


PART = "part_"
"""What the names of the columns with a comparison's part begin with."""


def weight_column() -> str:
    """Write `weight`: the match weight in micro-bits."""
    return f"round(match_weight * {MICRO})::bigint as weight"


def part_columns(model: ScoringModel) -> list[str]:
    """Write `part_<comparison>` for each: what it adds, in micro-bits, MISSING where it cannot."""
    names = [written["output_column_name"] for written in model.settings["comparisons"]]
    with_rarity = set(adjusted(model))
    added = [
        f"mw_{name} + mw_tf_adj_{name}" if name in with_rarity else f"mw_{name}" for name in names
    ]
    return [
        f"if(gamma_{name} = -1, {MISSING}, round(({bits}) * {MICRO})::bigint) as {PART}{name}"
        for name, bits in zip(names, added, strict=True)
    ]


def adjusted(model: ScoringModel) -> list[str]:
    """Name the comparisons that have a level adjusted for term frequency."""
    return [
        written["output_column_name"]
        for written in model.settings["comparisons"]
        if any("tf_adjustment_column" in level for level in written["comparison_levels"])
    ]
