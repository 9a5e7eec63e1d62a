"""Scoring: the match weight of pairs, by the model version's own Splink settings.

In: the table `record` and a table of pairs (n_l, n_r).  Out: weights in integer micro-bits,
rounded before anything is decided, so that no float's last digit decides anything.
"""

import duckdb

from mdm.identity.components import MICRO
from mdm.matching.model import ScoringModel


def predict(
    connection: duckdb.DuckDBPyConnection, model: ScoringModel, pairs: str, *, parts: bool = False
) -> str:
    """Let Splink score the pairs of a table; the result is the name of its table.

    It has n_l, n_r, match_weight; with `parts` also gamma_, mw_ and mw_tf_adj_ columns for each
    comparison.  The caller drops it.
    """
    api, linker = model.linker(connection, parts=parts)
    connection.execute(
        f"""
        create or replace table blocked_pair as
        select n_l as join_key_l, n_r as join_key_r, '0' as match_key from {pairs}
        """
    )
    linker.table_management.register_blocked_pairs_for_predict(api.register("blocked_pair"))
    return str(linker.inference.predict().physical_name)


def score(
    connection: duckdb.DuckDBPyConnection, model: ScoringModel, *, pairs: str, scored: str
) -> None:
    """Score the pairs of one table into another: (n_l, n_r, weight in micro-bits)."""
    predicted = predict(connection, model, pairs)
    connection.execute(
        f"""
        create or replace table {scored} as
        select n_l, n_r, round(match_weight * {MICRO})::bigint as weight
        from {predicted}
        """
    )
    connection.execute(f"drop table {predicted}")
