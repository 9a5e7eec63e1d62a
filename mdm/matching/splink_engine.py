"""A Splink linker over a table of records, with frozen term frequencies.

A `Linker` is not thread-safe: one connection and one linker for each thread.
"""

import logging
from collections.abc import Mapping
from typing import Any

import duckdb
from splink import DuckDBAPI, Linker

from mdm.matching.columns import split_term
from mdm.matching.predicates import column
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
