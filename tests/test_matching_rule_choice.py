"""Which blocking rules are worth having."""

import numpy as np

from mdm.matching.rule_choice import LEAST_YIELD, choose_rules


def choose(hits: dict[int, list[int]], matching: list[float], *, free: float = 0) -> list[int]:
    rule = np.array([number for number, pairs in hits.items() for _ in pairs], dtype=np.int64)
    pair = np.array([one for pairs in hits.values() for one in pairs], dtype=np.int64)
    return choose_rules(rule, pair, np.array(matching), rules=len(hits), free=free)


def test_a_rule_that_finds_what_others_find_at_less_expense_is_left_out():
    matching = [1.0] * 10 + [0.0] * 20_000
    wide = list(range(20_010))
    assert choose({0: wide, 1: list(range(10))}, matching) == [1]


def test_a_rule_that_finds_matches_of_its_own_stays():
    matching = [1.0] * 12 + [0.0] * 10
    assert choose({0: list(range(10)), 1: list(range(5, 20))}, matching) == [0, 1]


def test_a_rule_stays_when_it_finds_a_match_in_so_many_pairs_and_not_when_fewer():
    pairs = round(1 / LEAST_YIELD)
    one_in_pairs = [1.0, 1.0] + [0.0] * pairs
    assert choose({0: [0], 1: list(range(1, 1 + pairs))}, one_in_pairs) == [0, 1]
    assert choose({0: [0], 1: list(range(1, 2 + pairs))}, one_in_pairs) == [0]


def test_the_best_rule_stays_however_little_it_finds():
    assert choose({0: list(range(9_000)), 1: list(range(5_000))}, [0.0] * 9_000) == [0]
    assert choose({0: list(range(9_000)), 1: list(range(5_000))}, [1.0] + [0.0] * 8_999) == [1]


def test_what_is_free_is_taken_whatever_it_yields():
    matching = [1.0] * 10 + [0.0] * 50_000
    hits = {0: list(range(20_010)), 1: list(range(10)), 2: list(range(30_000))}
    assert choose(hits, matching, free=25_000) == [0, 1]
    assert choose(hits, matching, free=100_000) == [0, 1, 2]


def test_a_rule_that_finds_nothing_yet_costs_nothing():
    assert choose({0: [0], 1: []}, [1.0]) == [0, 1]
    assert choose({0: [], 1: []}, []) == [0, 1]
