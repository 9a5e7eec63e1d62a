"""Where EM starts: the levels of Splink's settings, by Splink's number, each group by itself."""

import numpy as np
import pytest

from mdm.matching.starting import levels_of, start_of
from mdm.model.rules.rules import Beside, Comparison, Level
from tests.matching_world import PEOPLE_RULES, loaded, model_of, population, rules_of


def test_levels_are_read_from_splinks_settings_the_last_one_first():
    written = [
        {"is_null_level": True},
        {"m_probability": 0.7, "u_probability": 0.1},
        {"m_probability": 0.2, "u_probability": 0.2},
        {"m_probability": 0.1, "u_probability": 0.7},
    ]
    same = Level({"a": "same"}, term_frequency="a", m=0.6, u=0.1)
    comparison = Comparison("a", (same, Level({"a": "typo 1"}, m=0.3, u=0.2)), 0.1, 0.7)
    found = levels_of(written, comparison, for_life=True)

    assert found.m == pytest.approx([0.1, 0.2, 0.7])
    assert found.u == pytest.approx([0.7, 0.2, 0.1])
    assert found.documented_m.tolist() == [0.1, 0.3, 0.6]
    assert found.documented_u.tolist() == [0.7, 0.2, 0.1]
    assert found.most_m.tolist() == [0.1, 1, 1]
    assert np.argwhere(found.agreeing).tolist() == [[2, 2]]


def test_levels_beside_something_are_read_as_a_group_of_their_own():
    chances = [0.06, 0.04, 0.72, 0.18]
    written = [
        {"is_null_level": True},
        *({"m_probability": chance, "u_probability": 1 - chance} for chance in chances),
    ]
    same = Level({"a": "same"}, m=0.7, u=0.1, beside_u=0.3)
    comparison = Comparison(
        "a", (same,), 0.3, 0.9, else_beside_u=0.7, beside=Beside("at home", ({"b": "same"},))
    )
    found = levels_of(written, comparison)

    assert found.group.tolist() == [0, 0, 1, 1]
    assert found.m == pytest.approx([0.2, 0.8, 0.4, 0.6])
    assert found.documented_m.tolist() == [0.3, 0.7, 0.3, 0.7]
    assert found.documented_u.tolist() == [0.9, 0.1, 0.7, 0.3]
    assert found.documented_others.tolist() == [100, 100, 2000, 2000]


def test_birth_dates_and_identifiers_are_what_people_keep_for_life():
    rules = rules_of(PEOPLE_RULES)
    with loaded(rules, population(rules, people=250)) as connection:
        started = start_of(model_of(connection, rules))

    bounded = {
        comparison.name: levels.most_m[levels.most_m < 1].tolist()
        for comparison, levels in zip(rules.comparisons, started.comparisons, strict=True)
    }
    assert bounded == {
        "given_name": [],
        "date_of_birth": [0.01, 0.01],
        "national_id": [0.01],
        "household": [],
    }
