"""Misprints are one small error each, and numbers are scrambled one to one."""

from datetime import date
from math import gcd

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from jellyfish import damerau_levenshtein_distance

from demo.population.dice import scramble
from demo.population.misprints import misdate, misprint

SHARES = st.floats(0, 1, exclude_max=True)


TEXTS = st.text("abcMm 01-@.", min_size=1).map(lambda text: " ".join(text.split())).filter(bool)


@given(TEXTS, SHARES, SHARES)
@example("@ 0", 0.0, 0.0)
def test_a_misprint_is_one_small_error_and_always_one(text, sort, where):
    wrong = misprint(text, sort, where)
    assert wrong
    assert wrong != text
    assert damerau_levenshtein_distance(wrong, text) <= 2


@given(st.dates(date(1920, 1, 1), date(2010, 12, 31)), SHARES, SHARES)
def test_a_misprinted_date_is_another_date(born, sort, where):
    assert misdate(born, sort, where) != born


@pytest.mark.parametrize("size", [26 * 10**7, 900_000_000, 1_000_000, 2**38 - 1])
def test_scrambling_is_one_to_one(size):
    scrambled = scramble(np.arange(200_000), size, key=12_345)
    assert len(np.unique(scrambled)) == 200_000
    assert scrambled.min() >= 0
    assert scrambled.max() < size
    assert gcd(600_011_747 if size < 2**33 else 1_000_003, size) == 1
