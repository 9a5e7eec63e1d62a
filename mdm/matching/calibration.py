"""Calibrating a trained model on the whole: every parameter at once, and the blocking rules.

Splink estimates u on random pairs as if none of them matched, m within blocks, where some
comparisons always agree, and the prior from rules whose recall is a guess.  From there EM goes on
over a sample of the candidates and one of all other pairs (`mdm.matching.joint`, docs/adr/0007).
By the weights that result, the blocking rules that find matches at the least expense are chosen
(`mdm.matching.rule_choice`, docs/adr/0008).
"""

from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, replace
from typing import Any

import duckdb
import numpy as np

from mdm.identity.components import MICRO
from mdm.matching import blocking, sampling
from mdm.matching.blocking import RuleCount
from mdm.matching.joint import LEAST_MATCHES, Estimate, Levels, estimate, least_prior
from mdm.matching.model import ScoringModel
from mdm.matching.rule_choice import choose_rules
from mdm.matching.sampling import Sample
from mdm.matching.scoring import score
from mdm.matching.starting import PRIOR, start_of


@dataclass(frozen=True)
class Calibrated:
    """Splink's settings with the parameters found, the names of the rules chosen, and warnings."""

    settings: Mapping[str, Any]
    rules: frozenset[str]
    warnings: Sequence[str]


def calibrate(
    connection: duckdb.DuckDBPyConnection,
    model: ScoringModel,
    counts: Sequence[RuleCount],
    *,
    seed: int,
) -> Calibrated:
    """Estimate the prior, every m and every u of a model anew, and choose its blocking rules.

    The tables `record` and `blocking_key` must be there; `counts` are of the model's rules.
    """
    skipped = {each.rule: each.skipped for each in counts}
    candidates = sum(each.pairs for each in counts)
    sampled = sampling.sample(connection, model, skipped, candidates=candidates, seed=seed)
    patterns = sampling.patterns(connection, model, sampled)
    found = estimate(patterns, start_of(model), records=sampled.records)
    calibrated = replace(model, settings=_written(model.settings, found))
    return Calibrated(
        settings=calibrated.settings,
        rules=_chosen_rules(connection, calibrated, sampled),
        warnings=_warnings(calibrated.settings, found, sampled.records),
    )


def _written(settings: Mapping[str, Any], found: Estimate) -> dict[str, Any]:
    """Write an estimate into Splink's settings."""
    written = deepcopy(dict(settings))
    written[PRIOR] = found.prior
    for comparison, levels in zip(written["comparisons"], found.comparisons, strict=True):
        # the null level comes first and has neither; Splink numbers the others from the last
        shares = zip(levels.m[::-1].tolist(), levels.u[::-1].tolist(), strict=True)
        for level, (m, u) in zip(comparison["comparison_levels"][1:], shares, strict=True):
            level["m_probability"], level["u_probability"] = m, u
    return written


def _warnings(settings: Mapping[str, Any], found: Estimate, records: int) -> list[str]:
    """Name what nothing was seen of, and what is taken instead."""
    warnings = []
    if found.prior <= least_prior(records):
        warnings.append(
            f"hardly a match was found: {LEAST_MATCHES} matches a record are assumed; "
            "train again when there are some"
        )
    for written, levels in zip(settings["comparisons"], found.comparisons, strict=True):
        name = written["output_column_name"]
        if levels.matches.sum() + levels.others.sum() < _LEAST_SEEN:
            warnings.append(
                f"comparison {name}: no two records have values to compare; the m and u of the "
                "rules file, or guesses where it has none, are used"
            )
            continue
        shown = written["comparison_levels"][:0:-1]  # by Splink's number, the null level left out
        for number in reversed(range(len(shown))):
            if unseen := _unseen(levels, number):
                level = f"'{shown[number]['label_for_charts']}'"
                warnings.append(f"comparison {name}, level {level}: no pair to estimate {unseen}")
    return warnings


def _unseen(levels: Levels, number: int) -> str:
    """Name what no pair told of a level, and what is used instead; empty when both were seen."""
    seen = {"m": (levels.matches, levels.m), "u": (levels.others, levels.u)}
    used = {
        name: f"{share[number]:.2g}"
        for name, (pairs, share) in seen.items()
        if pairs[number] < _LEAST_SEEN
    }
    verb = "is" if len(used) == 1 else "are"
    return f"{' and '.join(used)} from, {' and '.join(used.values())} {verb} used" if used else ""


_LEAST_SEEN = 0.5
"""Pairs at a level below which it counts as not seen."""


def _chosen_rules(
    connection: duckdb.DuckDBPyConnection, model: ScoringModel, sampled: Sample
) -> frozenset[str]:
    """Choose blocking rules by what they find among the sampled candidates."""
    score(connection, model, pairs=sampling.CANDIDATE, scored="sampled_score")
    numbered = """
        select n_l, n_r, weight, row_number() over (order by n_l, n_r) - 1 as pair
        from sampled_score
        """
    weight = connection.execute(f"select weight from ({numbered}) order by pair").fetchnumpy()
    hits = connection.execute(
        f"select rule, pair from {sampling.HIT} join ({numbered}) using (n_l, n_r) order by all"
    ).fetchnumpy()
    bits = weight["weight"] / MICRO
    chosen = choose_rules(
        hits["rule"].astype(np.int64),
        hits["pair"].astype(np.int64),
        np.where(bits >= model.rules.review_bits, 1 / (1 + np.exp2(-bits)), 0.0),
        rules=len(model.rules.blocking),
        free=blocking.budget(sampled.records) / sampled.each_candidate,
    )
    return frozenset(model.rules.blocking[number].name for number in chosen)
