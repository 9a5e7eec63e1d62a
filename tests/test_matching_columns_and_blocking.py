"""Records as columns, the blocking keys that they have, and the pairs that share one."""

import random
from dataclasses import replace
from itertools import combinations, product

import pyarrow as pa
import pytest

from mdm.matching import blocking
from mdm.matching.columns import FewColumns, derived_columns, in_columns
from mdm.model.errors import NothingToDo
from mdm.model.rules.load import load_rules
from mdm.resolution.train import train
from mdm.standardise.features import feature
from mdm.store import models
from tests.matching_world import loaded, population, rules_of, table_of
from tests.stores import incoming, take

RULES = rules_of(
    """
attributes:
  family_name: family_name
  date_of_birth: date_of_birth
  email: email
  phone: phone
blocking:
  - [family_name]
  - [email]
  - [email, phone]
  - [family_name.start, date_of_birth.month_day]
  - [phone.tail]
"""
)
DEMO_PEOPLE = population(load_rules(), people=100)


def random_people(count: int, *, seed: int = 3) -> list[dict]:
    """Make records whose few values are often missing and often shared."""
    dice = random.Random(seed)
    people = []
    for _ in range(count):
        one = {
            "family_name": dice.choice(["silva", "silvester", "ono", None]),
            "date_of_birth": dice.choice(["1990-05-12", "1971-05-12", "1990", None]),
            "email": [f"{dice.choice('abcdefgh')}@x" for _ in range(dice.randrange(3))],
            "phone": [
                f"+44{dice.randrange(6)}55512{dice.randrange(9)}" for _ in range(dice.randrange(3))
            ],
        }
        people.append({name: value for name, value in one.items() if value})
    return people


def keys_of(person: dict, rule) -> set[str]:
    """List a record's keys under a rule, by hand: every combination of the terms' values."""
    parts = []
    for term in rule.on:
        name, _, said = term.partition(".")
        value = person.get(name, [])
        values = [value] if isinstance(value, str) else value
        kind = RULES.attribute(name).kind
        parts.append({feature(kind, said, one) if said else one for one in values} - {None})
    return {"|".join(combination) for combination in product(*parts)}


def test_an_attribute_and_each_feature_that_the_rules_mention_are_columns():
    with loaded(RULES, [{"family_name": "silva", "email": ["a@x", "b@x"]}]) as connection:
        (row,) = connection.execute("select * from record").to_arrow_table().to_pylist()

    assert row["n"] == 0
    assert row["record_id"] == 1000
    assert row["family_name"] == "silva"
    assert row["family_name__start"] == "silv"
    assert row["email"] == ["a@x", "b@x"]
    assert row["date_of_birth"] is None
    assert row["phone__tail"] is None
    assert {column.name for column in derived_columns(RULES)} <= set(row)


def test_few_records_made_without_duckdb_are_those_that_it_makes_of_many():
    for rules, people in ((RULES, random_people(200)), (load_rules(), DEMO_PEOPLE)):
        with loaded(rules, people) as connection:
            columns = FewColumns(rules)
            rows = list(map(columns.row, people))
            few = pa.table(in_columns(rows, columns.types))
            names = ", ".join(few.column_names)
            made = connection.execute(f"select {names} from record order by n").to_arrow_table()

        assert few.schema == made.schema
        assert few.to_pylist() == made.to_pylist()


def test_records_are_numbered_by_source_and_key_whatever_order_they_come_in():
    people = [{"family_name": f"name{i}"} for i in range(50)]
    turned = table_of(people).take(list(reversed(range(50))))
    with loaded(RULES, turned) as connection:
        rows = connection.execute("select n, family_name from record order by n").fetchall()

    assert rows == [(i, f"name{i}") for i in range(50)]


def test_a_record_of_which_nothing_is_known_stays_a_record():
    with loaded(RULES, [{}, {"family_name": "ono"}]) as connection:
        assert connection.execute("select count(*), count(family_name) from record").fetchone() == (
            2,
            1,
        )
        assert connection.execute("select distinct n from blocking_key").fetchall() == [(1,)]


def test_keys_are_every_combination_of_values_and_a_missing_term_makes_none():
    people = random_people(120)
    with loaded(RULES, people) as connection:
        found = set(connection.execute("select rule, key, n from blocking_key").fetchall())

    assert found == {
        (number, key, n)
        for number, rule in enumerate(RULES.blocking)
        for n, person in enumerate(people)
        for key in keys_of(person, rule)
    }
    assert {rule for rule, _, _ in found} == set(range(len(RULES.blocking)))


def test_candidates_are_the_pairs_that_share_a_key_each_once_with_the_smaller_number_left():
    people = random_people(120)
    skipped = {"family_name": ("ono",), "email": ("a@x", "b@x")}
    expected = {
        (left, right)
        for left, right in combinations(range(len(people)), 2)
        for rule in RULES.blocking
        if keys_of(people[left], rule)
        & keys_of(people[right], rule) - set(skipped.get(rule.name, ()))
    }
    with loaded(RULES, people) as connection:
        count = blocking.make_pairs(connection, RULES, skipped)
        pairs = connection.execute("select n_l, n_r from candidate").fetchall()

    assert count == len(pairs)
    assert set(pairs) == expected
    assert 0 < len(expected) < 120 * 119 / 2


def test_hits_tell_which_rules_find_a_pair_and_start_from_the_chosen_records():
    people = random_people(60)
    with loaded(RULES, people) as connection:
        connection.execute("create table chosen as select n from record where n < 10")
        blocking.make_hits(connection, RULES, {}, of="chosen", hits="hit")
        found = connection.execute("select rule, n_l, n_r from hit").fetchall()

    assert sorted(found) == sorted(
        (number, left, right)
        for left, right in combinations(range(60), 2)
        for number, rule in enumerate(RULES.blocking)
        if left < 10 and keys_of(people[left], rule) & keys_of(people[right], rule)
    )


def test_counts_are_the_pairs_within_each_key():
    people = random_people(120)
    with loaded(RULES, people) as connection:
        counted = blocking.count_rules(connection, RULES)

    for rule, each in zip(RULES.blocking, counted, strict=True):
        keys = [key for person in people for key in keys_of(person, rule)]
        sizes = {key: keys.count(key) for key in keys}
        largest = sorted(((-n, key) for key, n in sizes.items() if n > 1))[:3]
        assert each.rule == rule.name
        assert each.pairs == sum(size * (size - 1) // 2 for size in sizes.values())
        assert each.largest == tuple((key, -n) for n, key in largest)
        assert each.skipped == ()


def test_a_key_is_skipped_when_too_many_different_records_share_it():
    limit = blocking.KEY_LIMIT
    people = [{"family_name": "silva", "email": [f"{i}@x"]} for i in range(limit + 1)]
    people += [{"family_name": "ono", "email": [f"{i}@y"]} for i in range(limit)]
    with loaded(RULES, people) as connection:
        by_name = blocking.count_rules(connection, RULES)[0]

    assert by_name.skipped == ("silva",)
    assert by_name.pairs == limit * (limit - 1) // 2
    assert by_name.largest[0] == ("silva", limit + 1)


def test_identical_records_count_once_towards_the_limit_of_a_key():
    limit = blocking.KEY_LIMIT
    people = [{"family_name": "silva", "email": [f"{i % limit}@x"]} for i in range(3 * limit)]
    with loaded(RULES, people) as connection:
        by_name = blocking.count_rules(connection, RULES)[0]

    assert by_name.skipped == ()
    assert by_name.pairs == 3 * limit * (3 * limit - 1) // 2


def test_a_rule_over_its_budget_is_left_out_with_a_warning_that_names_its_largest_keys(
    sqlite_store,
):
    crowd = [incoming_person(i) for i in range(1_500)]
    take(sqlite_store, *crowd)

    model = train(sqlite_store, CROWD_RULES)

    assert blocking.budget(1_500) < 1_500 * 1_499 // 2
    (warning,) = [text for text in model.warnings if "blocking rule" in text]
    assert "'city' would make 1,124,250 pairs" in warning
    assert "its largest keys: 'leeds' (1,500 records)" in warning
    kept = rules_of(model.rules)
    assert [rule.name for rule in kept.blocking] == ["email"]
    assert "email" in model.skipped_keys
    assert "city" not in model.skipped_keys


def test_a_rule_of_which_every_key_is_skipped_is_left_out_with_a_warning(sqlite_store):
    count = blocking.KEY_LIMIT + 200
    take(sqlite_store, *(incoming_person(i, unlike=count) for i in range(count)))

    model = train(sqlite_store, CROWD_RULES)

    (warning,) = [text for text in model.warnings if "blocking rule" in text]
    assert "'city' compares nothing without the keys that more than 200 records share" in warning
    assert "its largest keys: 'leeds' (400 records)" in warning
    assert [rule.name for rule in rules_of(model.rules).blocking] == ["email"]


def test_rules_that_are_all_too_wide_are_refused_and_no_model_is_kept(sqlite_store):
    take(sqlite_store, *(incoming_person(i) for i in range(1_500)))
    rules = replace(CROWD_RULES, blocking=CROWD_RULES.blocking[:1])

    with pytest.raises(NothingToDo, match=r"no blocking rule narrow enough: .*'city' would make"):
        train(sqlite_store, rules)

    with sqlite_store.read() as tx:
        assert models.listing(tx) == []


def test_the_figures_of_a_model_tell_which_rules_it_uses(sqlite_store):
    take(sqlite_store, *(incoming_person(i) for i in range(1_500)))

    figures = train(sqlite_store, CROWD_RULES).figures["blocking"]

    assert {name: each["used"] for name, each in figures.items()} == {"city": False, "email": True}


CROWD_RULES = rules_of(
    """
attributes: {given_name: given_name, city: place, email: email}
blocking: [[city], [email]]
"""
)


def incoming_person(number: int, *, unlike: int = 100):
    """Make a record, one of so many unlike ones, in a city with all others."""
    standardised = {
        "given_name": f"name{number % unlike}",
        "city": "leeds",
        "email": (f"m{number % unlike}@x",),
    }
    return replace(
        incoming(f"k{number}", f"n{number}"),
        standardised=standardised,
        rules_hash=CROWD_RULES.rules_hash,
    )
