"""A submission's engine gives the weights of a batch, to the last micro-bit."""

import random
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from mdm.matching.predicates import condition
from mdm.matching.scorer import Scorer, Scorers
from mdm.matching.scoring import score, score_parts
from mdm.matching.shortened import shortened
from mdm.model.rules.load import load_rules
from tests.matching_world import loaded, model_of, population, rules_of, version_of

EVERY_KIND = """
attributes:
  given_name: given_name
  family_name: family_name
  whole_name: full_name
  born: date_of_birth
  joined: date
  sex: gender
  mails: email
  phones: phone
  work_mail: {kind: email, many: false}
  street: street_address
  code: postal_code
  city: place
  tier: category
  number: {kind: identifier, once: true}
  cards: {kind: identifier, many: true}
  remark: text
"""
APART = """
attributes:
  family_name: family_name
  mails: email
comparisons:
  family_name: {levels: [{when: {family_name: same}, term_frequency: family_name},
                         {when: {family_name: words 0.5}}, {when: {family_name: sound}}]}
  mails: {levels: [{when: {mails: same}}, {when: {mails: typo 1}}, {when: {mails: local}}]}
"""
POOLS = {
    "given_name": ["ann", "anne", "annie", "bo", "b", "william", "bill", "lee"],
    "family_name": ["lee", "leigh", "ann", "de la cruz", "cruz", "o neill"],
    "whole_name": ["ann lee", "lee ann", "ann maria lee", "bo cruz"],
    "born": ["1990-05-12", "1990-12-05", "1990-05-13", "1990-05", "1991-05-12", "1950"],
    "joined": ["2020-01-01", "2020-01-02", "2020", "2019-01-01"],
    "sex": ["f", "m"],
    "mails": ["a@x.org", "a@y.org", "b@x.org", "ab@x.org"],
    "phones": ["+441234567", "+441234568", "+449999999"],
    "work_mail": ["a@x.org", "a@y.org", "c@x.org"],
    "street": ["1 high st", "1 hihg st", "2 low rd"],
    "code": ["SW1A1AA", "SW1A1AB", "SW1A2BB", "N11AA"],
    "city": ["london", "londn", "reading"],
    "tier": ["gold", "silver"],
    "number": ["a1", "a2", "b12345", "b12354"],
    "cards": ["c1", "c2", "c3"],
    "remark": ["likes tea", "likes tea a lot", "moved"],
}


def made_up(rules, count: int) -> list[dict]:
    """Records with values from small pools, so that every level of every comparison is met."""
    chance = random.Random(3)

    def value(attribute):
        pool = POOLS[attribute.name]
        return chance.sample(pool, chance.randint(1, 2)) if attribute.many else chance.choice(pool)

    return [
        {each.name: value(each) for each in rules.attributes if chance.random() < 0.7}
        for _ in range(count)
    ]


WORLDS = {
    "every kind, in a store too small to train on": (EVERY_KIND, lambda r: made_up(r, 90)),
    "comparisons of one's own": (APART, lambda r: made_up(r, 90)),
    "the shipped rules, trained": (None, lambda r: population(r, people=150)),
}


@pytest.fixture(scope="module", params=WORLDS)
def world(request):
    """A model, its records, and what a batch says of every pair of them: weight and parts."""
    text, records_of = WORLDS[request.param]
    rules = load_rules() if text is None else rules_of(text)
    people = records_of(rules)
    with loaded(rules, people) as connection:
        model = model_of(connection, rules)
        connection.execute(
            "create table pair as select l.n as n_l, r.n as n_r from record l, record r "
            "where l.n < r.n and (l.n + r.n) % 7 < 3 order by all"
        )
        score(connection, model, pairs="pair", scored="scored")
        rows = connection.execute("select n_l, n_r, weight from scored order by all").fetchall()
        parts = score_parts(connection, model, "pair").tolist()
    batch = {
        (left, right): (weight, added)
        for (left, right, weight), added in zip(rows, parts, strict=True)
    }
    return model, people, batch


def scored_by(scorer: Scorer, people, pairs) -> list[tuple[int, list[int]]]:
    """Weight and parts of some pairs, with no other record at hand than theirs."""
    records = {n: people[n] for pair in pairs for n in pair}
    names = [written["output_column_name"] for written in scorer.model.settings["comparisons"]]
    rows = scorer.score(records, pairs)
    return [(row["weight"], [row[f"part_{name}"] for name in names]) for row in rows]


def test_every_pair_weighs_what_it_weighs_in_a_batch_part_by_part(world):
    model, people, batch = world
    scorer, pairs = Scorer(model), list(batch)
    assert len(pairs) > 1000

    for start in range(0, len(pairs), 200):
        some = pairs[start : start + 200]
        assert scored_by(scorer, people, some) == [batch[pair] for pair in some]


def test_pairs_turned_round_and_one_at_a_time_weigh_the_same(world):
    model, people, batch = world
    scorer = Scorer(model)
    for left, right in random.Random(1).sample(list(batch), 20):
        assert scored_by(scorer, people, [(right, left)]) == [batch[left, right]]


def test_a_value_that_training_has_not_seen_weighs_what_it_weighs_in_a_batch(world):
    model, people, _ = world
    unseen = [
        {**people[0], "family_name": "unheard of"},
        {**people[1], "family_name": "unheard of"},
    ]
    with loaded(model.rules, unseen) as connection:
        connection.execute("create table pair as select 0::bigint as n_l, 1::bigint as n_r")
        score(connection, model, pairs="pair", scored="scored")
        (weight,) = connection.execute("select weight from scored").fetchone()
    assert scored_by(Scorer(model), unseen, [(0, 1)])[0][0] == weight


def test_nothing_is_scored_by_nothing(world):
    model, _, _ = world
    assert Scorer(model).score({}, []) == []


def test_threads_share_the_scorers_and_each_gets_what_it_asked_for(world):
    model, people, batch = world
    scorers, version = Scorers(), version_of(model)

    def one(pair):
        with scorers.of(version) as scorer:
            return scored_by(scorer, people, [pair])

    pairs = random.Random(2).sample(list(batch), 40)
    with ThreadPoolExecutor(4) as threads:
        assert list(threads.map(one, pairs)) == [[batch[pair]] for pair in pairs]


def test_another_version_is_scored_by_its_own_parameters(world):
    model, people, batch = world
    prior = "probability_two_random_records_match"
    bolder = replace(model, settings={**model.settings, prior: model.settings[prior] * 2})
    scorers, pair = Scorers(), next(iter(batch))

    def weight(each):
        with scorers.of(version_of(each)) as scorer:
            return scored_by(scorer, people, [pair])[0][0]

    assert weight(bolder) > weight(model) + 500_000
    assert weight(model) == batch[pair][0]


def test_a_scorer_that_failed_is_not_lent_again(world):
    model, _, _ = world
    scorers, version = Scorers(), version_of(model)
    with pytest.raises(ZeroDivisionError), scorers.of(version) as failed:
        raise ZeroDivisionError
    with scorers.of(version) as other:
        assert other is not failed
    with scorers.of(version) as again:
        assert again is other


def test_the_sql_of_few_pairs_asks_nothing_twice_and_tries_no_weight_after_the_other(world):
    model, _, _ = world
    sql, _ = shortened(model.rules, model.prediction)
    compared, _, weighed = sql.partition("__splink__df_match_weight_parts as (")
    levels, _, _ = compared.rpartition("from (select *")

    for comparison in model.rules.comparisons:
        for when in comparison.conditions:
            for name, predicate in when.items():
                asked = condition(model.rules, model.rules.attribute(name), predicate)
                assert levels.count(f"({asked})") <= 1
    written = (
        level for each in model.settings["comparisons"] for level in each["comparison_levels"]
    )
    assert weighed.count("WHEN gamma_") == sum("tf_adjustment_column" in level for level in written)
