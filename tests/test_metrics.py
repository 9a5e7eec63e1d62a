"""Precision, recall and F1 equal what counting by hand gives."""

from fractions import Fraction
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mdm.identity.metrics import PairCounts, Scores, b_cubed, f1_interval, pairwise

labelled = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), max_size=12)


def columns(rows: list[tuple[int, int]]) -> tuple[np.ndarray, np.ndarray]:
    clusters, entities = np.array(rows, np.int64).reshape(-1, 2).T
    return clusters, entities


@given(labelled)
def test_pair_counts_are_those_of_looking_at_every_pair(rows):
    pairs = list(combinations(rows, 2))
    assert pairwise(*columns(rows)) == PairCounts(
        linked=sum(one[0] == other[0] for one, other in pairs),
        true=sum(one[1] == other[1] for one, other in pairs),
        correct=sum(one == other for one, other in pairs),
    )


@given(labelled.filter(bool))
def test_b_cubed_is_the_mean_over_records(rows):
    def mean_share(side: int) -> Fraction:
        shares = [
            Fraction(rows.count(row), [r[side] for r in rows].count(row[side])) for row in rows
        ]
        return sum(shares, Fraction()) / len(rows)

    precision, recall = mean_share(0), mean_share(1)
    scores = b_cubed(*columns(rows))
    assert scores.precision == pytest.approx(float(precision))
    assert scores.recall == pytest.approx(float(recall))
    assert scores.f1 == pytest.approx(float(2 * precision * recall / (precision + recall)))


@given(labelled, st.randoms())
def test_neither_the_order_of_records_nor_the_labels_show_in_the_last_digit(rows, random):
    names = random.sample("abcdefgh", 5)
    shuffled = [(names[cluster], entity) for cluster, entity in random.sample(rows, len(rows))]
    clusters = np.array([cluster for cluster, _ in shuffled], np.str_)
    entities = np.array([entity for _, entity in shuffled], np.int64)
    assert pairwise(clusters, entities) == pairwise(*columns(rows))
    assert b_cubed(clusters, entities) == b_cubed(*columns(rows))


def test_of_nothing_linked_all_is_right_and_of_nothing_to_find_all_is_found():
    assert pairwise(*columns([])).scores == Scores(1.0, 1.0, 1.0)
    assert pairwise(*columns([(1, 1), (2, 1)])).scores == Scores(1.0, 0.0, 0.0)
    assert pairwise(*columns([(1, 1), (1, 2)])).scores == Scores(0.0, 1.0, 0.0)
    assert b_cubed(*columns([])) == Scores(1.0, 1.0, 1.0)


def test_the_interval_holds_the_f1_and_comes_out_the_same_for_one_seed():
    random = np.random.default_rng(5)
    entities = np.repeat(np.arange(400), 3)
    clusters = np.where(random.random(1200) < 0.2, random.integers(0, 400, 1200), entities)
    low, high = f1_interval(clusters, entities, seed=1)
    assert low < pairwise(clusters, entities).scores.f1 < high
    assert 0.01 < high - low < 0.1
    assert (low, high) == f1_interval(clusters, entities, seed=1)
    narrow = f1_interval(clusters, entities, seed=1, share=0.5)
    assert low < narrow[0] < narrow[1] < high


def test_the_interval_of_perfect_clusters_is_a_point():
    entities = np.repeat(np.arange(30), 2)
    assert f1_interval(entities, entities, seed=0, resamples=50) == (1.0, 1.0)
