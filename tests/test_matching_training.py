"""Training: the same records give the same model, and little data is said to be little."""

import io
import math
from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pyarrow.parquet as pq
import pytest

from mdm.matching import blocking, term_frequencies, training
from mdm.matching.scoring import score
from mdm.matching.training import documented_shares
from mdm.model.rules.rules import Rules
from tests.matching_world import (
    PEOPLE_RULES,
    calibrated_on,
    entities_and_people,
    loaded,
    model_of,
    population,
    rules_of,
    table_of,
    trained,
)

RULES = rules_of(PEOPLE_RULES)
MICRO = 1_000_000


@pytest.fixture(scope="module")
def people() -> list[dict]:
    return population(RULES, people=250)


def numbers_in(settings: Mapping) -> list[float]:
    """List every trained number of a model's settings."""
    levels = [level for c in settings["comparisons"] for level in c["comparison_levels"][1:]]
    found = [level[name] for level in levels for name in ("m_probability", "u_probability")]
    return [settings["probability_two_random_records_match"], *found]


def model_from(rules: Rules, table, *, threads: int = 2) -> list[float]:
    with loaded(rules, table, threads=threads) as connection:
        return numbers_in(model_of(connection, rules).settings)


def test_two_trainings_agree_whatever_the_order_of_the_rows_and_the_number_of_threads(people):
    table = table_of(people)
    turned = table.take(list(reversed(range(len(people)))))

    first = model_from(RULES, table)

    assert len(first) > 50
    assert model_from(RULES, turned, threads=1) == pytest.approx(first, rel=0, abs=1e-9)


def test_another_seed_draws_another_sample_of_records(people, monkeypatch):
    monkeypatch.setattr(training, "RANDOM_PAIRS", 20_000)
    with loaded(RULES, people) as connection:
        samples = []
        for seed in (1, 1, 2):
            trained(connection, RULES, seed=seed)
            rows = connection.execute("select n from record_sample order by n").fetchall()
            samples.append(rows)

    assert len(samples[0]) == 200
    assert samples[0] == samples[1] != samples[2]


def test_a_comparison_of_which_nothing_is_known_is_named_once(people):
    without = [{k: v for k, v in one.items() if k != "national_id"} for one in people]
    warnings = calibrated_on(RULES, without).warnings

    (named,) = [text for text in warnings if "national_id" in text]
    assert named.startswith("comparison national_id: no two records have values to compare")


def test_a_level_that_no_pair_was_seen_at_is_named_in_a_warning(people):
    without = [{k: v for k, v in one.items() if k != "national_id"} for one in people]
    without[0]["national_id"], without[-1]["national_id"] = "a123456", "z987654"
    warnings = calibrated_on(RULES, without).warnings

    named = "comparison national_id, level 'national id the same'"
    (warning,) = [text for text in warnings if text.startswith(named)]
    assert "no pair to estimate m and u from, 0.77 and 9.9e-06 are used" in warning
    assert not any("comparison given_name, level 'given name the same'" in t for t in warnings)


def test_what_no_pair_could_be_compared_by_says_what_the_rules_file_says(people):
    only_one = [
        {k: v for k, v in one.items() if k != "national_id" or n == 0}
        for n, one in enumerate(people)
    ]
    written = next(
        c
        for c in calibrated_on(RULES, only_one).settings["comparisons"]
        if c["output_column_name"] == "national_id"
    )
    weights = [
        math.log2(level["m_probability"] / level["u_probability"])
        for level in written["comparison_levels"][1:]
    ]
    assert weights[0] > 10
    assert weights[-1] < -3


def test_records_that_agree_on_everything_are_linked_however_few_there_are(people):
    for count in (2, 3, 5):
        with loaded(RULES, [people[0]] * count) as connection:
            model = model_of(connection, RULES)
            connection.execute("create table one as select 0::bigint as n_l, 1::bigint as n_r")
            score(connection, model, pairs="one", scored="scored")
            (weight,) = connection.execute("select weight from scored").fetchone()

        assert weight > 10 * MICRO


def test_a_store_without_duplicates_links_those_of_tomorrow_and_says_what_it_assumes():
    entities, people = entities_and_people(RULES, people=700)
    first = {entity: n for n, entity in reversed(list(enumerate(entities)))}
    distinct = [people[n] for n in first.values()]
    with loaded(RULES, distinct) as connection:
        model = model_of(connection, RULES)
    assert any("hardly a match" in text for text in calibrated_on(RULES, distinct).warnings)

    twice = [one for one in distinct[:50] for _ in range(2)]
    with loaded(RULES, twice) as connection:
        connection.execute(
            "create table pairs as select n as n_l, n + 1 as n_r from record where n % 2 = 0"
        )
        score(connection, model, pairs="pairs", scored="scored")
        linked = connection.execute("select count(*) from scored where weight >= 0").fetchone()
    assert linked[0] >= 48


def test_a_training_block_without_pairs_is_left_out_with_a_warning(people):
    without = [{k: v for k, v in one.items() if k != "national_id"} for one in people]
    rules = rules_of(
        PEOPLE_RULES + "training:\n"
        "  blocks: [[national_id], [date_of_birth], [given_name, family_name]]\n"
        "  deterministic: [[given_name, family_name, date_of_birth]]\n"
        "  recall: 0.7\n"
    )
    with loaded(rules, without) as connection:
        found = trained(connection, rules)

    assert any("training block national_id has no pairs" in text for text in found.warnings)
    assert found.figures["trained"] is True


def test_what_a_block_agrees_on_by_a_feature_is_not_learned_from_it(people):
    rules = rules_of(
        PEOPLE_RULES + "training:\n"
        "  blocks: [[date_of_birth.year, postal_code]]\n"
        "  deterministic: [[given_name, family_name, date_of_birth]]\n"
        "  recall: 0.7\n"
    )
    with loaded(rules, people) as connection:
        settings = trained(connection, rules).settings

    documented = {c.name: documented_shares(c, "m") for c in rules.comparisons}
    learned = {
        c["output_column_name"]
        for c in settings["comparisons"]
        if [level["m_probability"] for level in c["comparison_levels"][1:]]
        != documented[c["output_column_name"]]
    }
    assert "date_of_birth" not in learned
    assert "given_name" in learned


def test_too_few_records_take_the_defaults_of_the_rules_and_say_so(people):
    with loaded(RULES, people[: training.LEAST_RECORDS - 1]) as connection:
        found = trained(connection, RULES)

    comparison = next(c for c in RULES.comparisons if c.name == "given_name")
    written = next(
        c for c in found.settings["comparisons"] if c["output_column_name"] == "given_name"
    )
    levels = written["comparison_levels"][1:]
    m = [*(level.m for level in comparison.levels), comparison.else_m]
    beside = [*(level.beside_u for level in comparison.levels), comparison.else_beside_u]
    u = [*(level.u for level in comparison.levels), comparison.else_u]
    assert [level["m_probability"] for level in levels] == [*m, *m]
    assert [level["u_probability"] for level in levels] == [*beside, *u]
    assert found.figures == {"records": training.LEAST_RECORDS - 1, "trained": False}
    assert "too few to train on" in found.warnings[0]


@pytest.mark.parametrize(
    ("attributes", "learns"),
    [
        ({"given_name": "given_name", "family_name": "family_name"}, True),
        ({"given_name": "{kind: given_name, many: true}", "family_name": "family_name"}, True),
        ({"email": "email"}, False),
        ({"family_name": "family_name", "city": "place"}, False),
    ],
)
def test_rules_of_few_attributes_train_and_say_what_they_could_not_learn(attributes, learns):
    rules = rules_of(
        "attributes:\n" + "".join(f"  {name}: {kind}\n" for name, kind in attributes.items())
    )
    with loaded(rules, population(rules, people=150)) as connection:
        found = trained(connection, rules)

    assert found.figures["trained"] is learns
    assert any("the defaults of the rules file" in told for told in found.warnings) is not learns
    assert None not in numbers_in(found.settings)


def test_three_comparisons_are_enough_to_learn_from_where_no_training_block_teaches(people):
    rules = replace(RULES, training=replace(RULES.training, blocks=(("national_id",),)))
    strangers = [{**person, "national_id": str(n)} for n, person in enumerate(people)]
    with loaded(rules, strangers) as connection:
        found = trained(connection, rules)

    assert found.figures["trained"] is True
    assert any("training block national_id has no pairs" in told for told in found.warnings)


def test_records_of_a_single_attribute_are_linked_by_it():
    rules = rules_of("attributes: {email: email}")
    twice = [{"email": [f"{number % 200}@example.org"]} for number in range(400)]
    with loaded(rules, twice) as connection:
        model = model_of(connection, rules)
        blocking.make_pairs(connection, rules, {})
        score(connection, model, pairs="candidate", scored="scored")
        linked = connection.execute("select n_l, n_r from scored where weight >= 0").fetchall()

    assert sorted(linked) == [(number, number + 200) for number in range(200)]


@pytest.mark.parametrize("count", [1, 2, training.LEAST_RECORDS])
def test_records_that_are_all_alike_and_a_single_one_are_trained_on(people, count):
    with loaded(RULES, [people[0]] * count) as connection:
        model = model_of(connection, RULES)

    prior, *shares = numbers_in(model.settings)
    assert 0 < prior < 1
    assert all(0 < share <= 1 for share in shares)


def test_a_column_without_any_value_is_trained_on(people):
    empty = [{k: v for k, v in one.items() if k not in {"city", "email"}} for one in people]

    assert all(0 < number <= 1 for number in model_from(RULES, empty))


def test_the_prior_is_estimated_and_m_and_u_are_shares_of_all_pairs():
    rules = rules_of(PEOPLE_RULES)
    entities, people = entities_and_people(rules, people=700)
    with loaded(rules, people) as connection:
        settings = model_of(connection, rules).settings
    pairs = len(people) * (len(people) - 1) / 2
    _, sizes = np.unique(entities, return_counts=True)
    true = (sizes * (sizes - 1) / 2).sum() / pairs

    assert settings["probability_two_random_records_match"] == pytest.approx(true, rel=0.08)
    for written, comparison in zip(settings["comparisons"], rules.comparisons, strict=True):
        levels = written["comparison_levels"][1:]
        groups = 1 if comparison.beside is None else 2
        for name in ("m_probability", "u_probability"):
            assert sum(level[name] for level in levels) == pytest.approx(groups, abs=0.01)


def test_training_says_nothing_on_the_terminal_by_itself(people, capfd):
    with loaded(RULES, people[:320]) as connection:
        trained(connection, RULES)

    assert capfd.readouterr() == ("", "")


def test_frequencies_are_shares_of_the_records_that_have_a_value():
    people = [{"given_name": "ana"}] * 3 + [{"given_name": "eva"}, {"email": ["a@x"]}]
    with loaded(RULES, people) as connection:
        counted = term_frequencies.count(connection, RULES)
    rows = pq.read_table(io.BytesIO(counted)).to_pylist()

    assert {(r["attribute"], r["value"], r["frequency"]) for r in rows} == {
        ("given_name", "ana", 0.75),
        ("given_name", "eva", 0.25),
    }
