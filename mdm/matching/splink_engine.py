"""Splink: linkers to train with, and the SQL that a trained model scores with.

A `Linker` is not thread-safe: one connection and one linker for each thread.
"""

import logging
import re
from collections.abc import Mapping
from typing import Any

import duckdb
import pyarrow as pa
from splink import DuckDBAPI, Linker

from mdm.matching.columns import FewColumns, in_columns, split_term
from mdm.matching.connecting import connect
from mdm.matching.predicates import column
from mdm.matching.settings import beside_condition
from mdm.model.rules.rules import Rules

# what Splink has to say is said in our own words: the model version's figures and warnings
logging.getLogger("splink").setLevel(logging.CRITICAL)


def linker(
    connection: duckdb.DuckDBPyConnection, settings: Mapping[str, Any], table: str = "record"
) -> tuple[DuckDBAPI, Linker]:
    """Make a linker over a table of the connection; settings with a model's m and u, or without."""
    api = DuckDBAPI(connection=connection)
    return api, Linker(api.register(table), dict(settings), log_level=None)


def agreement(terms: tuple[str, ...]) -> str:
    """Write that two records agree on every term, as Splink's blocking rules want it."""
    names = [column(*split_term(term)) for term in terms]
    return " and ".join(f"l.{name} = r.{name}" for name in names)


def frequency_attributes(rules: Rules) -> list[str]:
    """List the attributes whose rarity adjusts a weight."""
    named = {level.term_frequency for c in rules.comparisons for level in c.levels}
    return sorted(name for name in named if name is not None)


_PRUNED_INPUT = re.compile(r"__splink__df_pruned_predict_input_[lr]_\w+")


def prediction_sql(rules: Rules, settings: Mapping[str, Any]) -> str:
    """Write the SQL that Splink scores pairs with, every parameter of the settings in it.

    It reads the tables `record`, `blocked_pair` (join_key_l, join_key_r, match_key) and a table
    `tf_<attribute>` for each attribute of `frequency_attributes`, and gives n_l, n_r, match_weight,
    and gamma_, mw_ and mw_tf_adj_ columns for each comparison.  Splink takes about a second to
    write it, however few the pairs: it is taken from a prediction over none.
    """
    kept = ("retain_matching_columns", "retain_intermediate_calculation_columns")
    with connect() as connection:
        connection.register("no_records", pa.table(in_columns([], FewColumns(rules).types)))
        connection.execute("create table record as select * from no_records")
        api, model = linker(connection, {**settings, **dict.fromkeys(kept, True)})
        for name in frequency_attributes(rules):
            connection.execute(
                f"create table tf_{name} as select {name}, 1::double as tf_{name} from record"
            )
            model.table_management.register_term_frequency_lookup(api.register(f"tf_{name}"), name)
        connection.execute(
            "create table blocked_pair (join_key_l bigint, join_key_r bigint, match_key varchar)"
        )
        model.table_management.register_blocked_pairs_for_predict(api.register("blocked_pair"))
        predicted = model.inference.predict(warning_mode="never")
        # what Splink prunes its input to, for the pairs at hand, is the table itself here
        written = _PRUNED_INPUT.sub("record", str(predicted.sql_used_to_create))
        return _looking_beside_once(rules, written)


_JOINED = "blocked_with_cols"
_PAIRS = f"from {_JOINED}"
"""Where Splink's SQL reads the pairs with the columns of both records."""


def _looking_beside_once(rules: Rules, written: str) -> str:
    """Let a pair be asked once what it agrees on beside a comparison, and not at each level."""
    besides = [each.beside for each in rules.comparisons if each.beside is not None]
    conditions = dict.fromkeys(beside_condition(rules, beside) for beside in besides)
    columns = {condition: f"beside_{n}" for n, condition in enumerate(conditions)}
    for condition, name in columns.items():
        written = written.replace(condition, name)
    asked = "".join(f", {condition} as {name}" for condition, name in columns.items())
    return written.replace(_PAIRS, f"from (select *{asked} from {_JOINED})")
