"""One score: a pair has the same match weight however, and beside whatever, it is scored."""

import io
import math
import random
from dataclasses import replace
from itertools import combinations

import pyarrow.parquet as pq
import pytest
from splink import DuckDBAPI, Linker

from mdm.matching import blocking
from mdm.matching.explaining import SplinkExplainer
from mdm.matching.model import ScoringModel
from mdm.matching.scorer import Scorers
from mdm.matching.scoring import prediction, score
from mdm.matching.settings import beside_condition
from mdm.matching.splink_engine import frequency_attributes
from mdm.model.explanation import MatchingRecord
from tests.matching_world import (
    PEOPLE_RULES,
    loaded,
    model_of,
    population,
    rules_of,
    version_of,
)

RULES = rules_of(PEOPLE_RULES)
MICRO = 1_000_000


@pytest.fixture(scope="module")
def people() -> list[dict]:
    return population(RULES, people=200)


@pytest.fixture(scope="module")
def model(people) -> ScoringModel:
    with loaded(RULES, people) as connection:
        return model_of(connection, RULES)


@pytest.fixture(scope="module")
def batch(people, model) -> dict[tuple[int, int], tuple[int, float]]:
    """Every candidate of the population: its weight in micro-bits, and in bits as Splink has it."""
    with loaded(RULES, people) as connection:
        blocking.make_pairs(connection, RULES, {})
        score(connection, model, pairs="candidate", scored="scored")
        exact = prediction(connection, model, "candidate")
        rows = connection.execute(
            f"select n_l, n_r, weight, match_weight from scored join {exact} using (n_l, n_r)"
        ).fetchall()
    return {(left, right): (weight, bits) for left, right, weight, bits in rows}


def levels_of(comparison: str, model: ScoringModel) -> list[dict]:
    """List the levels of a comparison in Splink's settings, without the null level."""
    written = next(
        c for c in model.settings["comparisons"] if c["output_column_name"] == comparison
    )
    return written["comparison_levels"][1:]


def some_pairs(batch) -> list[tuple[int, int]]:
    return random.Random(5).sample(sorted(batch), 5)


def score_two(left: dict, right: dict, model: ScoringModel) -> tuple[int, float]:
    """Score two records with nothing else in the database."""
    with loaded(RULES, [left, right]) as connection:
        connection.execute("create table one as select 0::bigint as n_l, 1::bigint as n_r")
        score(connection, model, pairs="one", scored="scored")
        (weight,) = connection.execute("select weight from scored").fetchone()
        exact = prediction(connection, model, "one")
        return weight, connection.execute(f"select match_weight from {exact}").fetchone()[0]


def test_a_weight_is_rounded_to_micro_bits(batch):
    assert len(batch) > 500
    assert all(weight == round(bits * MICRO) for weight, bits in batch.values())


def test_a_pair_scored_alone_weighs_what_it_weighs_in_a_batch_and_turned_round(
    people, model, batch
):
    for left, right in some_pairs(batch)[:2]:
        weight, bits = batch[left, right]
        for pair in ((left, right), (right, left)):
            alone = score_two(people[pair[0]], people[pair[1]], model)
            assert alone[1] == pytest.approx(bits, rel=0, abs=1e-9)
            assert abs(alone[0] - weight) <= 1


def test_splinks_own_predict_over_its_own_blocking_gives_the_same_weights(people, model, batch):
    """The oracle: a plain Splink linker with the model's settings and frequencies."""
    with loaded(RULES, people) as connection:
        blocks = ["l.email[1] = r.email[1]", "l.family_name = r.family_name"]
        settings = {**model.settings, "blocking_rules_to_generate_predictions": blocks}
        api = DuckDBAPI(connection=connection)
        oracle = Linker(api.register("record"), settings, log_level=None)
        model.make_frequencies(connection)
        for name in frequency_attributes(model.rules):
            connection.execute(f"create table own_tf_{name} as from tf_{name}")
            oracle.table_management.register_term_frequency_lookup(
                api.register(f"own_tf_{name}"), name
            )
        found = {
            (row["n_l"], row["n_r"]): row["match_weight"]
            for row in oracle.inference.predict().as_record_list()
        }

    shared = found.keys() & batch.keys()
    assert len(shared) > 200
    for pair in shared:
        assert found[pair] == pytest.approx(batch[pair][1], rel=0, abs=1e-9)


def test_rarity_is_weighed_against_the_chance_that_two_surnames_agree(people, model):
    """A surname as rare as it is likely that two strangers agree on theirs says what most say."""
    with loaded(RULES, people) as connection:
        blocking.make_pairs(connection, RULES, {})
        rows = connection.execute(
            f"""
            select scored.gamma_household, scored.mw_tf_adj_household, record.family_name
            from {prediction(connection, model, "candidate")} as scored
            join record on record.n = scored.n_l
            where scored.mw_tf_adj_household <> 0
            """
        ).fetchall()
    household = next(c for c in model.rules.comparisons if c.name == "household")
    *levels, _ = levels_of("household", model)
    chance = sum(
        known["u_probability"]
        for known, level in zip(levels, household.levels, strict=True)
        if level.when.get("family_name") == "same"
    )
    frequency = {
        row["value"]: row["frequency"]
        for row in pq.read_table(io.BytesIO(model.frequencies)).to_pylist()
        if row["attribute"] == "family_name"
    }
    assert len({gamma for gamma, _, _ in rows}) > 1
    for _, bits, name in rows:
        assert bits == pytest.approx(math.log2(chance / frequency[name]))


def test_who_shares_a_home_is_at_a_level_of_its_own(model):
    ann = {"given_name": "ann", "family_name": "lee", "postal_code": "n11aa", "email": ()}
    names = [level["label_for_charts"] for level in levels_of("given_name", model)]

    def level(**other: str) -> str:
        pair = (0, 1)
        records = [MatchingRecord(0, ann), MatchingRecord(1, ann | other)]
        (told,) = SplinkExplainer(Scorers()).explain(version_of(model), records, [pair])
        return next(part.level for part in told.parts if part.name == "given_name")

    assert level() == "given name the same, in one household"
    assert level(given_name="bo") == "different, in one household"
    assert level(postal_code="n22bb").startswith("given name the same, and common: 1 in ")
    assert level(postal_code="n22bb", given_name="bo") == "different"
    assert len(names) == 2 * len({name.removesuffix(", in one household") for name in names})


def test_a_pair_is_asked_once_what_it_agrees_on_beside_a_comparison(model):
    """Splink's SQL is searched for the condition as text: it must be found at every level."""
    conditions = {
        beside_condition(model.rules, comparison.beside)
        for comparison in model.rules.comparisons
        if comparison.beside
    }
    assert conditions
    for condition in conditions:
        assert model.prediction.count(condition) == 1
    assert model.prediction.count("beside_0") > len(levels_of("given_name", model)) / 2


def test_the_explanation_of_a_pair_sums_to_its_weight(people, model, batch):
    pairs = some_pairs(batch)
    records = [MatchingRecord(n, people[n]) for n in {n for pair in pairs for n in pair}]
    turned = [(right, left) for left, right in pairs]

    explained = SplinkExplainer(Scorers()).explain(version_of(model), records, pairs)
    again = SplinkExplainer(Scorers()).explain(version_of(model), records, turned)

    for pair, told, other in zip(pairs, explained, again, strict=True):
        assert told.weight_bits == pytest.approx(batch[pair][1], rel=0, abs=1e-9)
        assert math.fsum(part.bits for part in told.parts) == pytest.approx(told.weight_bits)
        assert [part.bits for part in other.parts] == [part.bits for part in told.parts]


def test_one_explainer_keeps_to_the_version_that_it_is_asked_about(people, model, batch):
    pairs = some_pairs(batch)[:2]
    records = [MatchingRecord(n, people[n]) for n in {n for pair in pairs for n in pair}]
    prior = "probability_two_random_records_match"
    bolder = replace(model, settings={**model.settings, prior: model.settings[prior] * 2})
    explainer = SplinkExplainer(Scorers())

    first, second, again = (
        explainer.explain(version_of(each), records, pairs) for each in (model, bolder, model)
    )

    assert again == first
    for one, other in zip(first, second, strict=True):
        assert other.weight_bits == pytest.approx(one.weight_bits + 1, abs=0.01)


def test_nothing_to_explain_is_explained_by_nothing(model):
    assert SplinkExplainer(Scorers()).explain(version_of(model), [], []) == []


def test_an_unseen_value_is_as_rare_as_one_record_in_all(people, model):
    """An unseen name is worth more than a common one, by the log of their frequencies."""
    frequencies = {
        (row["attribute"], row["value"]): row["frequency"]
        for row in pq.read_table(io.BytesIO(model.frequencies)).to_pylist()
    }
    known = max((f, v) for (name, v), f in frequencies.items() if name == "given_name")
    same = [{"given_name": known[1]}] * 2
    unseen = [{"given_name": "zzyzx"}] * 2
    difference = score_two(*unseen, model)[1] - score_two(*same, model)[1]

    assert model.unseen == 1 / len(people)
    assert difference == pytest.approx(math.log2(known[0] * len(people)), abs=1e-9)


def test_records_that_nothing_can_be_compared_of_weigh_the_prior(model):
    prior = model.settings["probability_two_random_records_match"]

    _, bits = score_two({}, {"given_name": "ana"}, model)

    assert bits == pytest.approx(math.log2(prior / (1 - prior)), abs=1e-9)


def test_weights_of_all_pairs_do_not_depend_on_the_other_pairs(people, model, batch):
    few = sorted({n for pair in some_pairs(batch) for n in pair})
    with loaded(RULES, [people[n] for n in few]) as connection:
        connection.execute(
            "create table every as select l.n as n_l, r.n as n_r "
            "from record as l join record as r on l.n < r.n"
        )
        score(connection, model, pairs="every", scored="scored")
        rows = connection.execute("select n_l, n_r, weight from scored").fetchall()

    assert len(rows) == len(list(combinations(few, 2)))
    for left, right, weight in rows:
        pair = few[left], few[right]
        if pair in batch:
            assert abs(weight - batch[pair][0]) <= 1
