"""Levels in words, and what a rules file may not ask of the engine that compares."""

import duckdb
import pytest

from mdm.matching.scoring import score
from mdm.matching.settings import level_words, splink_settings
from mdm.model.errors import FileInvalid
from mdm.model.rules.rules import Level
from mdm.model.rules.sql_words import SQL_WORDS
from mdm.model.rules.vocabulary import PREDICATES
from tests.matching_world import loaded, model_of, rules_of

WORDS = {
    "same": "street address the same",
    "differs": "street address not the same",
    "similar 0.9": "street address similar (at least 0.9)",
    "typo 1": "street address the same but for typing errors (at most 1)",
    "nickname": "street address a short or pet form",
    "initial": "street address the same first letter, one is an initial",
    "crossed family_name": "street address and family name the other way round",
    "sound": "street address sounds alike",
    "year_month": "street address in the same month",
    "month_day": "street address on the same day of the year",
    "year": "street address in the same year",
    "swapped": "street address with day and month the other way round",
    "days 30": "street address at most 30 days apart",
    "words 0.6": "street address with words in common (at least 0.6 of them)",
    "area": "street address in the same area",
    "local": "street address the same before the @",
}


@pytest.mark.parametrize(("predicate", "words"), WORDS.items())
def test_each_predicate_is_said_in_words(predicate, words):
    assert level_words(Level({"street_address": predicate})) == words


def test_every_predicate_of_the_vocabulary_has_words():
    assert {predicate.split()[0] for predicate in WORDS} == set(PREDICATES)


def test_a_level_of_several_predicates_says_all_of_them():
    level = Level({"family_name": "same", "street_address": "similar 0.9"})

    assert level_words(level) == "family name the same, street address similar (at least 0.9)"


def test_a_comparison_ends_with_missing_first_and_different_last():
    rules = rules_of("attributes: {email: email}")
    (comparison,) = splink_settings(rules)["comparisons"]
    labels = [level["label_for_charts"] for level in comparison["comparison_levels"]]

    assert (labels[0], labels[-1]) == ("missing", "different")
    assert len(labels) == len(rules.comparisons[0].levels) + 2


RARITY = """
attributes: {family_name: family_name, email: email, nick: {kind: given_name, many: true}}
comparisons:
  name:
    levels:
      - {when: %s, term_frequency: %s}
"""


@pytest.mark.parametrize(
    ("when", "counted", "message"),
    [
        ("{family_name: same, email: same}", "family_name", "where it alone is the same"),
        ("{family_name: typo 1}", "family_name", "where it alone is the same"),
        ("{email: same}", "email", "has several values"),
        ("{nick: same}", "nick", "has several values"),
    ],
)
def test_rarity_that_cannot_be_counted_is_refused_at_its_place(when, counted, message):
    with pytest.raises(FileInvalid) as raised:
        rules_of(RARITY % (when, counted))

    (problem,) = raised.value.problems
    assert problem.key == "comparisons.name.levels[0].term_frequency"
    assert message in problem.message


def test_the_words_that_cannot_name_a_column_are_those_of_duckdb():
    with duckdb.connect() as connection:
        rows = connection.execute(
            """
            select keyword_name
            from duckdb_keywords()
            where keyword_category in ('reserved', 'type_function')
            """
        ).fetchall()

    assert {word for (word,) in rows} == SQL_WORDS


@pytest.mark.parametrize("name", ["order", "group", "email__local", "n", "modified_at"])
def test_a_name_that_would_meet_a_column_of_the_service_is_refused(name):
    with pytest.raises(FileInvalid):
        rules_of(f"attributes: {{{name}: family_name, email: email}}")


def test_names_that_are_common_columns_elsewhere_can_be_attributes():
    names = ["size", "l", "r", "x", "date", "values", "feature", "hash", "first", "count"]
    kinds = ["given_name", "family_name", "place", "category", "identifier", "text"]
    text = "".join(f"  {name}: {kinds[i % len(kinds)]}\n" for i, name in enumerate(names))
    rules = rules_of(f"attributes:\n{text}")
    people = [{name: f"{name}{i % (7 + k)}" for k, name in enumerate(names)} for i in range(310)]
    with loaded(rules, people) as connection:
        model = model_of(connection, rules)
        connection.execute("create table two as select 0::bigint as n_l, 1::bigint as n_r")
        score(connection, model, pairs="two", scored="scored")

        assert connection.execute("select count(*) from scored").fetchone() == (1,)


def test_rarity_counts_in_one_comparison_only():
    text = """
attributes: {family_name: family_name, city: place}
comparisons:
  name: {levels: [{when: {family_name: same}, term_frequency: family_name}]}
  home: {levels: [{when: {city: same}}, {when: {family_name: same}, term_frequency: family_name}]}
"""
    with pytest.raises(FileInvalid) as raised:
        rules_of(text)

    (problem,) = raised.value.problems
    assert problem.key == "comparisons.home.levels[1].term_frequency"
    assert "counts in the comparison 'name' already" in problem.message


def test_what_is_beside_a_comparison_must_be_written_where_its_u_is():
    text = """
attributes: {family_name: family_name, city: place}
comparisons:
  name:
    levels: [{when: {family_name: same}, u: 0.01, beside_u: 0.1}]
    else: {beside_u: 0.9}
"""
    with pytest.raises(FileInvalid) as raised:
        rules_of(text)

    keys = [problem.key for problem in raised.value.problems]
    assert keys == ["comparisons.name.levels[0].beside_u", "comparisons.name.else.beside_u"]


def test_what_a_comparison_compares_is_not_beside_it():
    text = """
attributes: {given_name: given_name, email: email}
comparisons:
  name:
    beside: {name: at home, any_of: [{email: same}, {given_name: same}]}
    levels: [{when: {given_name: same}}]
"""
    with pytest.raises(FileInvalid) as raised:
        rules_of(text)

    (problem,) = raised.value.problems
    assert problem.key == "comparisons.name.beside.any_of[1]"
    assert "name another attribute" in problem.message


def test_rarity_of_a_surname_counts_where_strangers_share_it_by_chance():
    rules = rules_of(
        "attributes: {family_name: family_name, phone: phone, postal_code: postal_code}"
    )
    (household,) = [c for c in rules.comparisons if c.name == "household"]

    assert [dict(level.when) for level in household.levels if level.term_frequency] == [
        {"phone": "differs", "family_name": "same"},
        {"family_name": "same", "postal_code": "area"},
        {"family_name": "same"},
    ]


SEVERAL = """
attributes:
  family_name: family_name
  birth_name: family_name
  email: email
  work_email: email
  mobile: phone
  landline: phone
  fax: phone
  home: street_address
  billing: street_address
  code: postal_code
  billing_code: postal_code
  city: place
  birth_place: place
"""


def test_all_that_a_household_shares_is_one_comparison_however_many_attributes_it_has():
    rules = rules_of(SEVERAL)
    apart = {"birth_name", "birth_place"}
    assert {comparison.name for comparison in rules.comparisons} == {"household", *apart}

    (household,) = [c for c in rules.comparisons if c.name == "household"]
    levels = [dict(level.when) for level in household.levels]
    shared = {attribute.name for attribute in rules.attributes} - apart
    assert {name for when in levels for name in when} == shared
    for phone in ("mobile", "landline", "fax"):
        assert {phone: "same", "family_name": "same", "home": "similar 0.9"} in levels
    assert household.else_u > 0.2
    assert sum(level.u for level in household.levels) + household.else_u == pytest.approx(
        1, abs=1e-3
    )
