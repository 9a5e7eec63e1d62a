"""Estimating a model: the prior, u by random sampling, m by EM.

In: the table `record` and the rules.  Out: Splink's settings with every level's m and u, and what
is to be said about them.  Samples are drawn by a hash of (source, key) and the seed, so that two
trainings on the same records agree, whatever order the records came in.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import duckdb
from splink import Linker
from splink.internals.exceptions import EMTrainingException

from mdm.matching.columns import split_term
from mdm.matching.predicates import looked_at
from mdm.matching.settings import splink_settings
from mdm.matching.splink_engine import agreement, linker
from mdm.model.progress import Progress
from mdm.model.rules.rules import Comparison, Rules

RANDOM_PAIRS = 1_000_000
"""Random pairs that u is measured on at first; `mdm.matching.calibration` looks at more."""
EM_PAIRS = 1_000_000
"""Pairs of one training block that EM looks at, at most."""
LEAST_RECORDS = 300
"""Below so many records nothing is estimated; the defaults of the rules file serve."""
IDENTIFIABLE = 3
"""Comparisons from which calibrating tells matches from other pairs where no block taught m: two
classes of independent variables can be told apart by three of them (Goodman 1974, 'Exploratory
latent structure analysis')."""
DEFAULT_PRIOR_MATCHES = 0.5
"""Matches for each record when there is too little data to estimate their number."""


@dataclass(frozen=True)
class Trained:
    """Splink's settings with all parameters; figures and warnings about how they came about.

    Where Splink estimated nothing, a parameter is the documented one, or a guess that calibrating
    starts from.
    """

    settings: Mapping[str, Any]
    figures: Mapping[str, object]
    warnings: Sequence[str]


def train(
    connection: duckdb.DuckDBPyConnection, rules: Rules, *, seed: int, progress: Progress
) -> Trained:
    """Estimate all parameters from the table `record`."""
    (count,) = connection.execute("select count(*) from record").fetchone() or (0,)
    if count < LEAST_RECORDS:
        few = f"{count} records are too few to train on (at least {LEAST_RECORDS})"
        return _from_defaults(rules, int(count), few)
    return _estimate(connection, rules, int(count), seed, progress)


def _from_defaults(rules: Rules, count: int, reason: str) -> Trained:
    settings = splink_settings(rules)
    settings["probability_two_random_records_match"] = _default_prior(count)
    _fill(settings, rules, "u", None)
    _fill(settings, rules, "m", None)
    _forget_rarity(settings)
    warning = f"{reason}: the defaults of the rules file are used"
    return Trained(settings, {"records": count, "trained": False}, [warning])


def _forget_rarity(settings: Mapping[str, Any]) -> None:
    """Take no frequencies: among few records the values of two that match are common ones."""
    for comparison in settings["comparisons"]:
        for level in comparison["comparison_levels"]:
            level.pop("tf_adjustment_column", None)
            level.pop("tf_adjustment_weight", None)


def _default_prior(count: int) -> float:
    return min(0.5, DEFAULT_PRIOR_MATCHES / max(1, (count - 1) / 2))


def _estimate(
    connection: duckdb.DuckDBPyConnection, rules: Rules, count: int, seed: int, progress: Progress
) -> Trained:
    warnings: list[str] = []
    plain = replace(rules, comparisons=tuple(replace(c, beside=None) for c in rules.comparisons))
    with progress.step("train: u from random pairs", None):
        settings, sampled = _estimate_u(connection, plain, seed, count)
    measured = _measured(settings)
    _fill(settings, plain, "u", 0.5 / sampled)
    _, model = linker(connection, settings)
    with progress.step("train: prior", None):
        prior = _prior(model, plain, count)
    if not _estimate_m(model, plain, progress, warnings) and measured < IDENTIFIABLE:
        # how many of the pairs that agree are matches is then anybody's guess
        return _from_defaults(rules, count, "no training block has anything to learn from")
    settings = model.misc.save_model_to_json(None)
    settings["probability_two_random_records_match"] = prior
    _fill(settings, plain, "m", None)
    _add_levels_beside(settings, rules)
    figures = {"records": count, "trained": True, "random_pairs": sampled}
    return Trained(settings, figures, warnings)


def _add_levels_beside(settings: Mapping[str, Any], rules: Rules) -> None:
    """Add the levels beside something to settings that were trained without them.

    Splink's EM looks at no comparison that mentions what a block agrees on: with what is beside
    them, names would be learned from hardly any block.  Their m are those of the others, their u
    the documented ones, until they are all estimated together (`mdm.matching.calibration`).
    """
    skeleton = splink_settings(rules)["comparisons"]
    for written, whole, comparison in zip(
        settings["comparisons"], skeleton, rules.comparisons, strict=True
    ):
        if comparison.beside is None:
            continue
        null, *levels = written["comparison_levels"]
        added = whole["comparison_levels"][1 : 1 + len(levels)]
        u_beside = documented_shares(comparison, "u")[: len(levels)]
        for level, like, u in zip(added, levels, u_beside, strict=True):
            level["m_probability"] = like["m_probability"]
            level["u_probability"] = u or like["u_probability"]
        written["comparison_levels"] = [null, *added, *levels]


def _measured(settings: Mapping[str, Any]) -> int:
    """Count the comparisons of which any u was measured: those whose attributes have values."""
    return sum(
        any(level.get("u_probability") is not None for level in comparison["comparison_levels"])
        for comparison in settings["comparisons"]
    )


def _prior(model: Linker, rules: Rules, count: int) -> float:
    """Estimate the share of pairs that match: those of the deterministic rules over their recall.

    Splink's `estimate_probability_two_random_records_match`; a guess where they find none.
    """
    proofs: list[Any] = [agreement(terms) for terms in rules.training.deterministic]
    try:
        model.training.estimate_probability_two_random_records_match(
            proofs, recall=rules.training.recall
        )
        prior = float(model.misc.save_model_to_json(None)["probability_two_random_records_match"])
    except ValueError:
        prior = 0.0
    return prior if 0 < prior < 1 else _default_prior(count)


def _estimate_u(
    connection: duckdb.DuckDBPyConnection, rules: Rules, seed: int, count: int
) -> tuple[dict[str, Any], float]:
    """Measure u on all pairs of a sample of records; the result tells how many pairs these were."""
    wanted = min(count, math.ceil(math.sqrt(2 * RANDOM_PAIRS)))
    connection.execute(
        """
        create or replace table record_sample as
        select * from record order by hash(source, key, ?::bigint), n limit ?
        """,
        [seed, wanted],
    )
    _, sampler = linker(connection, splink_settings(rules), "record_sample")
    # more pairs than there are: Splink then takes them all and draws no sample of its own
    sampler.training.estimate_u_using_random_sampling(
        max_pairs=4.0 * wanted * wanted, min_count_per_level=None, num_chunks=1
    )
    return sampler.misc.save_model_to_json(None), wanted * (wanted - 1) / 2


def _estimate_m(model: Linker, rules: Rules, progress: Progress, warnings: list[str]) -> int:
    """Run EM within each training block; Splink averages what several blocks say of one level.

    The result counts the blocks that something could be learned from.
    """
    learned = 0
    with progress.step("train: m by EM", len(rules.training.blocks)) as advance:
        for block in rules.training.blocks:
            if estimate_m_within(model, rules, block):
                learned += 1
            else:
                warnings.append(
                    f"training block {' + '.join(block)} has no pairs, too few, or leaves nothing "
                    "to estimate: it was left out"
                )
            advance(1)
    return learned


def estimate_m_within(model: Linker, rules: Rules, block: tuple[str, ...]) -> bool:
    """Run EM within one training block; False when nothing could be learned from it."""
    agreed = {split_term(term)[0] for term in block}
    if all(agreed & looked_at(comparison) for comparison in rules.comparisons):
        return False
    # an attribute that is named, be it for one of its features, is not learned from the block
    named = " and ".join(f"l.{name} is not null" for name in sorted(agreed))
    # a session that fails leaves the linker with the comparisons of its block alone
    settings: Any = model._settings_obj
    whole = settings.core_model_settings.copy()
    try:
        model.training.estimate_parameters_using_expectation_maximisation(
            f"{agreement(block)} and {named}",
            estimate_without_term_frequencies=True,
            max_pairs=EM_PAIRS,
        )
    except (EMTrainingException, ValueError):
        # ValueError: over few pairs EM drives an m below the smallest number that Splink takes
        settings.core_model_settings = whole
        return False
    return True


def _fill(
    settings: Mapping[str, Any], rules: Rules, name: Literal["m", "u"], unseen: float | None
) -> None:
    """Give every level that has no m (or u) one: `unseen`, or without it the documented one."""
    for written, comparison in zip(settings["comparisons"], rules.comparisons, strict=True):
        levels = written["comparison_levels"][1:]
        for level, documented in zip(levels, documented_shares(comparison, name), strict=True):
            if level.get(f"{name}_probability") is None:
                guess = _GUESS[name][level is levels[-1]]
                level[f"{name}_probability"] = (documented or guess) if unseen is None else unseen


_GUESS: Mapping[str, tuple[float, float]] = {"m": (0.1, 0.1), "u": (0.001, 0.9)}
"""For a level, and for 'all else', of which the rules file documents nothing."""


def documented_shares(comparison: Comparison, name: Literal["m", "u"]) -> list[float]:
    """List the rules file's m (or u) of the levels as Splink's settings have them.

    'All else' comes last in each group, the group beside something first; 0 where it has none.
    """
    if name == "m":
        m = [*(level.m or 0.0 for level in comparison.levels), comparison.else_m or 0.0]
        return m if comparison.beside is None else [*m, *m]
    u = [*(level.u or 0.0 for level in comparison.levels), comparison.else_u or 0.0]
    if comparison.beside is None:
        return u
    beside = [level.beside_u or 0.0 for level in comparison.levels]
    return [*beside, comparison.else_beside_u or 0.0, *u]
