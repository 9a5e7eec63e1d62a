"""Sampling pairs: candidates and all other pairs, and how they compare.

In: the tables `record` and `blocking_key`, a trained model.  Out: patterns that stand for all pairs
of the store.  Samples are drawn by a hash of (source, key), so that they do not depend on the order
in which records came.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import duckdb
import numpy as np

from mdm.matching import blocking
from mdm.matching.joint import Patterns
from mdm.matching.model import ScoringModel
from mdm.matching.scoring import adjusted, prediction

CANDIDATES = 300_000
"""Candidates that are looked at, about; of more, those of a sample of records."""
OTHER_PAIRS = 4_000_000
"""Pairs that are none: enough to see a level of one pair in a million (docs/adr/0005)."""

HIT, CANDIDATE, OTHER = "sampled_hit", "sampled_candidate", "sampled_other"


@dataclass(frozen=True)
class Sample:
    """The tables HIT (rule, n_l, n_r), CANDIDATE and OTHER (n_l, n_r).

    A candidate stands for `each_candidate` of them, another pair for `each_other`; `records` are
    those of the store.
    """

    records: int
    each_candidate: float
    each_other: float


def sample(
    connection: duckdb.DuckDBPyConnection,
    model: ScoringModel,
    skipped: Mapping[str, Sequence[str]],
    *,
    candidates: int,
    seed: int,
) -> Sample:
    """Sample the candidates, of which there are about `candidates`, and the other pairs.

    A rule's `skipped` keys find none.
    """
    share = min(1.0, CANDIDATES / max(1, candidates))
    _choose_records(connection, f"where hash(source, key) % 1000000 < {round(share * 1_000_000)}")
    blocking.make_hits(connection, model.rules, skipped, of="record_chosen", hits=HIT)
    connection.execute(
        f"create or replace table {CANDIDATE} as select distinct n_l, n_r from {HIT}"
    )
    _sample_others(connection, model, skipped, seed)
    records = count(connection, "record")
    others = records * (records - 1) / 2 - count(connection, CANDIDATE) / share
    each_other = max(0.0, others) / max(1, count(connection, OTHER))
    return Sample(records, 1 / share, each_other)


def patterns(
    connection: duckdb.DuckDBPyConnection, model: ScoringModel, sampled: Sample
) -> Patterns:
    """Compare the pairs of a sample."""
    parts = (
        _compared(connection, model, CANDIDATE, sampled.each_candidate),
        _compared(connection, model, OTHER, sampled.each_other),
    )
    return Patterns(
        level=np.concatenate([part.level for part in parts]),
        rarity=np.concatenate([part.rarity for part in parts]),
        pairs=np.concatenate([part.pairs for part in parts]),
        candidate=np.concatenate([part.candidate for part in parts]),
    )


def count(connection: duckdb.DuckDBPyConnection, table: str) -> int:
    """Count the rows of a table."""
    (rows,) = connection.execute(f"select count(*) from {table}").fetchone() or (0,)
    return int(rows)


def _choose_records(connection: duckdb.DuckDBPyConnection, which: str) -> None:
    connection.execute(f"create or replace table record_chosen as select n from record {which}")


def _sample_others(
    connection: duckdb.DuckDBPyConnection,
    model: ScoringModel,
    skipped: Mapping[str, Sequence[str]],
    seed: int,
) -> None:
    """Make OTHER: all pairs of a sample of records that are no candidates."""
    wanted = math.ceil(math.sqrt(2 * OTHER_PAIRS))
    _choose_records(connection, f"order by hash(source, key, {seed:d}::bigint), n limit {wanted}")
    blocking.make_hits(connection, model.rules, skipped, of="record_chosen", hits="chosen_hit")
    connection.execute(
        f"""
        create or replace table {OTHER} as
        select l.n as n_l, r.n as n_r
        from record_chosen as l
        join record_chosen as r on l.n < r.n
        anti join chosen_hit on chosen_hit.n_l = l.n and chosen_hit.n_r = r.n
        """
    )


def _compared(
    connection: duckdb.DuckDBPyConnection, model: ScoringModel, pairs: str, each: float
) -> Patterns:
    """Count the patterns of the pairs of a table, every pair standing for `each` pairs."""
    names = [written["output_column_name"] for written in model.settings["comparisons"]]
    levels = [f"gamma_{name}" for name in names]
    rarity = [f"mw_tf_adj_{name}" for name in adjusted(model)]
    columns = connection.execute(
        f"""
        select {", ".join(levels)},
               round({" + ".join(["0.0", *rarity])}, 1) as rarity,
               count(*) as pairs
        from {prediction(connection, model, pairs)}
        group by all
        order by all
        """
    ).fetchnumpy()
    return Patterns(
        level=np.stack([columns[name].astype(np.int64) for name in levels], axis=1),
        rarity=columns["rarity"].astype(np.float64),
        pairs=columns["pairs"] * each,
        candidate=np.full(len(columns["pairs"]), pairs == CANDIDATE),
    )
