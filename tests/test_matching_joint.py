"""EM over patterns: it finds the parameters that made them, and keeps to its floors."""

from itertools import product

import numpy as np
import pytest

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


def levels(
    m: list[float],
    u: list[float],
    *,
    documented: bool = True,
    group: list[int] | None = None,
    rare: list[int] | None = None,
    most: float = 1.0,
) -> Levels:
    """Make a comparison with documented m and u; `most` bounds m of the last level of a group.

    Rarity counts at the levels of `rare`, all of which agree on what is rare.
    """
    known = 1.0 if documented else 0.0
    groups = np.array(group or [0] * len(m))
    first = np.append(True, groups[1:] != groups[:-1])
    agreeing = np.zeros((len(m), len(m)), dtype=np.bool_)
    agreeing[np.ix_(rare or [], rare or [])] = True
    return Levels(
        m=np.array(m),
        u=np.array(u),
        documented_m=known * np.array(m),
        documented_u=known * np.array(u),
        documented_others=np.full(len(m), 100.0),
        most_m=np.where(first, most, 1.0),
        group=groups,
        agreeing=agreeing,
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


def test_where_rarity_says_how_many_agree_the_u_of_the_only_such_level_does_not_matter():
    patterns = made([[1]], [3.0], [1.0])
    before = Estimate(0.01, (levels([0.2, 0.8], [0.9, 0.1], rare=[1]),))
    after = Estimate(0.01, (levels([0.2, 0.8], [0.99, 0.01], rare=[1]),))

    assert match_probabilities(patterns, before, after) == pytest.approx(
        match_probabilities(patterns, before, before)
    )


def test_rarity_is_weighed_against_all_levels_that_agree_on_it():
    """Twice as many agree, and one level of them is as rare as before: a value says a bit more."""
    patterns = made([[1], [2]], [3.0, 3.0], [1.0, 1.0])
    before = Estimate(0.01, (levels([0.2, 0.4, 0.4], [0.9, 0.02, 0.08], rare=[1, 2]),))
    after = Estimate(0.01, (levels([0.2, 0.4, 0.4], [0.8, 0.02, 0.18], rare=[1, 2]),))

    def bits(probability: np.ndarray) -> np.ndarray:
        return np.log2(probability / (1 - probability))

    moved = bits(match_probabilities(patterns, before, after)) - bits(
        match_probabilities(patterns, before, before)
    )
    assert moved == pytest.approx([1.0, 1.0 - np.log2(0.18 / 0.08)])


def test_levels_beside_something_are_shares_of_their_group_however_many_pairs_that_has():
    """Relatives are namesakes in one pair of ten, strangers in one of a hundred."""
    home = levels([0.3, 0.7], [0.95, 0.05])
    name = levels([0.1, 0.9, 0.1, 0.9], [0.99, 0.01, 0.9, 0.1], group=[0, 0, 1, 1])
    birth = levels([0.1, 0.9], [0.99, 0.01])
    rows = [row for row in product((0, 1), range(4), (0, 1)) if row[0] == row[1] // 2]
    level = np.array(rows, dtype=np.int64)
    shares = [
        np.prod([c_m[level[:, k]] for k, c_m in enumerate(chances)], axis=0)
        for chances in ((home.m, name.m, birth.m), (home.u, name.u, birth.u))
    ]
    patterns = made(level, np.zeros(len(rows)), PAIRS * (0.004 * shares[0] + 0.996 * shares[1]))
    unknown = levels(
        [0.3, 0.7, 0.3, 0.7], [0.9, 0.1, 0.9, 0.1], documented=False, group=[0, 0, 1, 1]
    )

    found = estimate(patterns, Estimate(0.001, (home, unknown, birth)), records=RECORDS)

    assert found.comparisons[1].u == pytest.approx([0.99, 0.01, 0.9, 0.1], abs=0.01)
    assert found.comparisons[1].m == pytest.approx([0.1, 0.9, 0.1, 0.9], abs=0.03)
    assert found.prior == pytest.approx(0.004, rel=0.1)


def test_what_people_keep_for_life_contradicts_no_more_often_than_documented():
    strong = levels([0.1, 0.9], [0.999, 0.001])
    contradicting = Estimate(0.004, (strong, strong, levels([0.3, 0.7], [0.99, 0.01])))
    documented = levels([0.02, 0.98], [0.99, 0.01])
    bounded = levels([0.02, 0.98], [0.99, 0.01], most=0.02)

    free, held = (
        estimate(
            patterns_of(contradicting), Estimate(0.004, (strong, strong, last)), records=RECORDS
        )
        for last in (documented, bounded)
    )

    assert free.comparisons[2].m[0] > 0.2
    assert held.comparisons[2].m == pytest.approx([0.02, 0.98])


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
