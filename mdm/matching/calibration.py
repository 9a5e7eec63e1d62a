"""Calibrating a trained model: the prior from the candidates, u cleared of matches.

Two faults of the usual estimates are mended, both largest in small stores (docs/adr/0005).
Random pairs hold matches, as many as the prior says: what they add to u is taken off again.  The
deterministic rules' recall is a guess: the candidates' own match probabilities say how many
matches there are, and the prior is estimated from them, by EM with m and u held fixed.
"""

import math
from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import replace
from typing import Any

import duckdb
import numpy as np

from mdm.identity.components import MICRO
from mdm.matching import blocking
from mdm.matching.blocking import RuleCount
from mdm.matching.model import ScoringModel
from mdm.matching.scoring import score

LEAST_M = 0.0001
"""No level's m is below this: EM drives a level that few pairs have to nothing."""
LEAST_SHARE_OF_U = 1 / 8
"""What is left of a u at least: where most agreeing random pairs are matches, u is uncertain."""
CANDIDATES = 300_000
"""Candidates to estimate the prior from, about; of more, those of a sample of records."""
ROUNDS = 50

PRIOR = "probability_two_random_records_match"


def calibrate(
    connection: duckdb.DuckDBPyConnection, model: ScoringModel, counts: Sequence[RuleCount]
) -> Mapping[str, Any]:
    """Mend the prior and every u of a model; the result is its settings anew.

    The tables `record` and `blocking_key` must be there; `counts` are of the model's rules.
    """
    start = float(model.settings[PRIOR])
    cleared = replace(model, settings=clear(model.settings, start))
    prior = _prior_from_candidates(connection, cleared, counts)
    return clear(model.settings, prior)


def clear(settings: Mapping[str, Any], prior: float) -> dict[str, Any]:
    """Set the prior, and take from every u what matches among the random pairs add to it.

    A random pair is a match with probability `prior`, so what was measured is
    prior * m + (1 - prior) * u.

        prior 0.004, m 0.57, u measured 0.0022:  0.0022 - 0.004 * 0.57 is below 0, so 0.0022 / 8
    """
    cleared = deepcopy(dict(settings))
    cleared[PRIOR] = prior
    for comparison in cleared["comparisons"]:
        for level in comparison["comparison_levels"][1:]:
            m, u = max(level["m_probability"], LEAST_M), level["u_probability"]
            level["m_probability"] = m
            level["u_probability"] = max((u - prior * m) / (1 - prior), u * LEAST_SHARE_OF_U)
    return cleared


def _prior_from_candidates(
    connection: duckdb.DuckDBPyConnection, model: ScoringModel, counts: Sequence[RuleCount]
) -> float:
    """Estimate the share of all pairs that match, from the weights of the candidates."""
    expected = max(1, sum(each.pairs for each in counts))
    share = min(1.0, CANDIDATES / expected)
    connection.execute(
        """
        create or replace table calibration_sample as
        select n from record where hash(source, key) % 1000000 < ?
        """,
        [round(share * 1_000_000)],
    )
    skipped = {each.rule: each.skipped for each in counts}
    blocking.make_pairs(connection, model.rules, skipped, of="calibration_sample")
    score(connection, model, pairs="candidate", scored="calibration_score")
    weights = connection.execute(
        f"select weight / {MICRO}.0 as bits from calibration_score order by weight"
    ).fetchnumpy()["bits"]
    (count,) = connection.execute("select count(*) from record").fetchone() or (0,)
    return expected_prior(
        np.asarray(weights), float(model.settings[PRIOR]), share * count * (count - 1) / 2
    )


def expected_prior(weights: np.ndarray[Any, Any], prior: float, pairs: float) -> float:
    """Estimate the prior by EM over match weights (bits, made with `prior`) of `pairs` pairs.

    Pairs that are no candidates count as no matches.  Without any evidence of a match the prior
    stays as it was.
    """
    evidence = weights - math.log2(prior / (1 - prior))
    estimate = prior
    for _ in range(ROUNDS):
        odds = np.exp2(np.clip(evidence + math.log2(estimate / (1 - estimate)), -60, 60))
        matches = float((odds / (1 + odds)).sum())
        estimate = min(0.5, matches / pairs)
        if estimate <= 0:
            return prior
    return estimate
