"""EM over patterns: it finds the parameters that made them, and keeps to its floors."""

from itertools import product

import numpy as np
import pytest

from mdm.matching.calibration import levels_of
from mdm.matching.joint import (
    LEAST_M,
    LEAST_MATCHES,
    SLIPS,
    Estimate,
    Levels,
    Patterns,
    estimate,
    match_probabilities,
)

RECORDS = 2_000
PAIRS = RECORDS * (RECORDS - 1) / 2


def made(level: list[list[int]], rarity: list[float], pairs: list[float]) -> Patterns:
    """Make patterns of pairs that blocking finds."""
    return Patterns(
        np.array(level, dtype=np.int64),
        np.array(rarity),
        np.array(pairs),
        np.full(len(pairs), fill_value=True),
    )


def levels(m: list[float], u: list[float], *, documented: bool = True, base: int = -1) -> Levels:
    """Make a comparison; its m and u are documented too, `base` is that of its best level."""
    known = 1.0 if documented else 0.0
    return Levels(
        m=np.array(m),
        u=np.array(u),
        documented_m=known * np.array(m),
        documented_u=known * np.array(u),
        base=np.array([-1] * (len(m) - 1) + [base]),
        matches=np.zeros(len(m)),
        others=np.zeros(len(m)),
    )


TRUTH = Estimate(
    0.004,
    (
        levels([0.05, 0.15, 0.8], [0.95, 0.04, 0.01]),
        levels([0.1, 0.2, 0.7], [0.9, 0.08, 0.02]),
        levels([0.02, 0.98], [0.5, 0.5]),
        levels([0.15, 0.85], [0.99, 0.01]),
    ),
)


def patterns_of(truth: Estimate) -> Patterns:
    """Make every pattern, with the number of pairs that the parameters expect of it."""
    rows = list(product(*(range(len(each.m)) for each in truth.comparisons)))
    level = np.array(rows, dtype=np.int64)
    m = np.prod([c.m[level[:, k]] for k, c in enumerate(truth.comparisons)], axis=0)
    u = np.prod([c.u[level[:, k]] for k, c in enumerate(truth.comparisons)], axis=0)
    pairs = PAIRS * (truth.prior * m + (1 - truth.prior) * u)
    return made(level, np.zeros(len(rows)), pairs)


def somewhere_near(truth: Estimate) -> Estimate:
    """Start from another prior, and from m and u that are part of the way to even shares."""

    def towards_even(shares: np.ndarray) -> list[float]:
        return (0.7 * shares + 0.3 / len(shares)).tolist()

    return Estimate(
        truth.prior / 4,
        tuple(
            levels(towards_even(c.m), towards_even(c.u), documented=False)
            for c in truth.comparisons
        ),
    )


def test_the_parameters_that_made_the_patterns_are_found():
    found = estimate(patterns_of(TRUTH), somewhere_near(TRUTH), records=RECORDS)

    assert found.prior == pytest.approx(TRUTH.prior, rel=0.05)
    for after, true in zip(found.comparisons, TRUTH.comparisons, strict=True):
        assert after.m == pytest.approx(true.m, abs=0.02)
        assert after.u == pytest.approx(true.u, abs=0.002)


def test_u_leaves_out_the_matches_among_the_pairs_that_it_is_counted_on():
    measured = levels([0.05, 0.15, 0.8], [0.9466, 0.0404, 0.0132])
    start = Estimate(TRUTH.prior, (measured, *TRUTH.comparisons[1:]))

    found = estimate(patterns_of(TRUTH), start, records=RECORDS)

    assert found.comparisons[0].u[2] == pytest.approx(0.01, rel=0.02)


def test_a_pattern_in_parts_counts_as_the_whole():
    whole = patterns_of(TRUTH)
    parts = made(
        np.concatenate([whole.level, whole.level]),
        np.concatenate([whole.rarity, whole.rarity]),
        np.concatenate([whole.pairs * 0.25, whole.pairs * 0.75]),
    )
    one, other = (estimate(p, somewhere_near(TRUTH), records=RECORDS) for p in (whole, parts))

    assert other.prior == pytest.approx(one.prior, rel=1e-9)
    assert other.comparisons[1].m == pytest.approx(one.comparisons[1].m, rel=1e-9)


def test_where_hardly_a_match_is_seen_the_documented_m_stay_and_nothing_goes_to_nought():
    few = made([[2], [0]], [0.0, 0.0], [3.0, PAIRS - 3])
    documented = [0.099, 0.001, 0.9]
    start = Estimate(1e-6, (levels(documented, [0.98, 0.01, 0.01]),))

    (found,) = estimate(few, start, records=RECORDS).comparisons

    assert found.m == pytest.approx(documented, abs=0.02)
    assert found.u[1] == pytest.approx(SLIPS * RECORDS / PAIRS)
    assert found.m.min() >= LEAST_M


def test_a_comparison_that_no_pair_has_keeps_to_what_is_documented_or_was_before():
    never = made([[-1], [-1]], [0.0, 0.0], [5.0, PAIRS - 5])
    for documented in (True, False):
        start = Estimate(0.001, (levels([0.1, 0.9], [0.95, 0.05], documented=documented),))

        (found,) = estimate(never, start, records=RECORDS).comparisons

        assert found.m == pytest.approx([0.1, 0.9])
        assert found.u == pytest.approx([0.95, 0.05])
        assert found.matches.sum() == found.others.sum() == 0


def test_a_store_without_matches_assumes_a_few():
    none = made([[0]], [0.0], [PAIRS])
    start = Estimate(0.001, (levels([0.1, 0.9], [0.95, 0.05]),))

    assert estimate(none, start, records=RECORDS).prior * PAIRS == pytest.approx(
        LEAST_MATCHES * RECORDS
    )


def test_missing_values_say_nothing():
    patterns = made([[-1], [1]], [0.0, 0.0], [1.0, 1.0])
    known = Estimate(0.01, (levels([0.2, 0.8], [0.9, 0.1]),))

    missing, agreeing = match_probabilities(patterns, known, known)

    assert missing == pytest.approx(0.01)
    assert agreeing == pytest.approx(0.01 * 0.8 / (0.01 * 0.8 + 0.99 * 0.1))


def test_an_adjustment_for_term_frequency_does_not_move_with_the_u_that_it_replaces():
    patterns = made([[1]], [3.0], [1.0])
    before = Estimate(0.01, (levels([0.2, 0.8], [0.9, 0.1], base=1),))
    after = Estimate(0.01, (levels([0.2, 0.8], [0.99, 0.01], base=1),))

    assert match_probabilities(patterns, before, after) == pytest.approx(
        match_probabilities(patterns, before, before)
    )


def test_levels_are_read_from_splinks_settings_the_last_one_first():
    written = [
        {"is_null_level": True},
        {"m_probability": 0.7, "u_probability": 0.1},
        {"m_probability": 0.2, "u_probability": 0.2},
        {"m_probability": 0.1, "u_probability": 0.7},
    ]
    found = levels_of(written, [0.6, 0.3, 0.1], [0.1, 0.2, 0.7], [0, -1, -1])

    assert found.m.tolist() == [0.1, 0.2, 0.7]
    assert found.u.tolist() == [0.7, 0.2, 0.1]
    assert found.documented_m.tolist() == [0.1, 0.3, 0.6]
    assert found.documented_u.tolist() == [0.7, 0.2, 0.1]
    assert found.base.tolist() == [-1, -1, 2]


def test_what_goes_together_by_chance_among_pairs_that_blocking_misses_is_no_match():
    """Where a name tells the gender, one pair of strangers in ten agrees on both."""
    truth = Estimate(
        0.002,
        (
            levels([0.1, 0.9], [0.99, 0.01]),
            levels([0.02, 0.98], [0.5, 0.5]),
            levels([0.1, 0.9], [0.9, 0.1]),
        ),
    )
    independent = patterns_of(truth)
    dependent = np.array([[1, 1, 0], [0, 0, 0]])
    strangers = made(dependent, [0.0, 0.0], [PAIRS / 10, PAIRS / 10])
    both = Patterns(
        np.concatenate([independent.level, strangers.level]),
        np.concatenate([independent.rarity, strangers.rarity]),
        np.concatenate([independent.pairs, strangers.pairs]),
        np.concatenate([independent.level[:, 0] == 1, [False, False]]),
    )
    found = estimate(both, somewhere_near(truth), records=RECORDS)
    assert found.prior <= truth.prior * 2
