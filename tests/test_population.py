"""The population: the same for a seed however it is asked for, and as spoilt as it says it is."""

from dataclasses import fields, replace

import numpy as np
import phonenumbers
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import strategies as st

from demo.population import (
    ATTRIBUTES,
    NAMES_AND_BIRTH_DATES,
    Population,
    Rates,
    names,
    record_chunks,
    records,
)
from demo.population.dice import Dice
from demo.population.people import people_of_block
from demo.population.records import PLACEHOLDERS, TYPED

CLEAN = Rates(**{rate.name: 0.0 for rate in fields(Rates)})
SHARES = st.floats(0, 1, exclude_max=True)


def differing(one: pa.Table, other: pa.Table, column: str) -> pa.BooleanArray:
    """Tell row by row where the second table says something else, missing counted as a value."""
    left, right = (table[column].fill_null("<missing>") for table in (one, other))
    return pc.not_equal(left, right).combine_chunks()


def share(one: pa.Table, other: pa.Table, column: str) -> float:
    """The share of the rows at which two tables differ."""
    return pc.mean(differing(one, other, column)).as_py()


def made(rates: Rates, *, people: int = 12_000) -> pa.Table:
    return records(Population(rates=rates), people=people)


@pytest.fixture(scope="module")
def plain() -> pa.Table:
    """The records of 12,000 people at whom nothing is spoilt."""
    return made(CLEAN)


def test_the_same_seed_makes_the_same_records():
    assert records(Population(), people=5_000).equals(records(Population(), people=5_000))


def test_another_seed_makes_other_people():
    one, two = (records(Population(seed=seed), records=1_000) for seed in (1, 2))
    assert share(one, two, "family_name") > 0.9


@pytest.mark.parametrize("chunk", [1, 999, 10_000, 1_000_000])
def test_chunks_of_any_size_hold_the_same_records(chunk):
    count = 50 if chunk == 1 else 25_000
    chunks = list(record_chunks(Population(), records=count, chunk=chunk))
    assert all(table.num_rows <= chunk for table in chunks)
    assert pa.concat_tables(chunks).equals(records(Population(), records=count))


def test_a_smaller_population_is_the_beginning_of_a_larger_one():
    larger = records(Population(), records=30_000)
    assert records(Population(), records=12_345).equals(larger.slice(0, 12_345))


def test_asking_for_people_gives_every_one_of_them_at_least_one_record():
    entities = records(Population(), people=9_000)["entity"].unique().to_pylist()
    assert sorted(entities) == list(range(9_000))


def test_either_people_or_records_must_be_asked_for():
    with pytest.raises(ValueError, match="either"):
        records(Population())


def test_columns_can_be_just_names_and_birth_dates_and_are_otherwise_the_same():
    short = records(Population(columns=NAMES_AND_BIRTH_DATES), records=500)
    assert short.column_names == ["entity", "source", *NAMES_AND_BIRTH_DATES]
    assert short.equals(records(Population(), records=500).select(short.column_names))


def test_keys_are_unique_and_do_not_follow_the_people():
    table = records(Population(), records=50_000)
    assert pc.count_distinct(table["key"]).as_py() == 50_000
    order = np.argsort(np.asarray(table["key"]).astype(str))[:4_000]
    assert abs(np.corrcoef(order, np.asarray(table["entity"])[order])[0, 1]) < 0.1


@pytest.mark.parametrize("attribute", TYPED)
def test_each_typed_field_has_the_stated_rate_of_errors(plain, attribute):
    assert share(plain, made(replace(CLEAN, typing=0.12)), attribute) == pytest.approx(
        0.12, abs=0.008
    )


@pytest.mark.parametrize("attribute", PLACEHOLDERS)
def test_placeholders_stand_for_values_at_the_stated_rate(plain, attribute):
    spoilt = made(replace(CLEAN, placeholder=0.04))
    values = pc.filter(spoilt[attribute], differing(plain, spoilt, attribute)).unique()
    assert share(plain, spoilt, attribute) == pytest.approx(0.04, abs=0.005)
    assert set(values.to_pylist()) == set(PLACEHOLDERS[attribute])


@pytest.mark.parametrize("attribute", ["email", "phone", "date_of_birth", "national_id", "gender"])
def test_values_are_missing_at_the_stated_rate(attribute):
    gaps = made(replace(CLEAN, missing=0.06))[attribute].null_count
    assert gaps / made(CLEAN).num_rows == pytest.approx(0.06, abs=0.006)


@pytest.mark.parametrize(
    ("rate", "attribute", "low", "high"),
    [
        ("swapped_names", "given_name", 0.008, 0.012),
        ("initial", "given_name", 0.008, 0.012),
        ("wrong_gender", "gender", 0.003, 0.007),
        # Of all records; 12 of 365 days in a year are unchanged, 221 cannot be exchanged.
        ("swapped_day_month", "date_of_birth", 0.002, 0.006),
        # Half of the given names have a pet form; one name in ten has two spellings.
        ("nickname", "given_name", 0.02, 0.08),
        ("other_spelling", "family_name", 0.01, 0.06),
        # Half of a mover's records are of before; a third of the people are wives.
        ("moved", "street_address", 0.06, 0.09),
        ("married_name", "family_name", 0.01, 0.03),
    ],
)
def test_each_other_rate_changes_its_attribute_as_often_as_said(rate, attribute, low, high):
    households = {n: getattr(Rates(), n) for n in ("families", "couples", "sharers")}
    base = replace(CLEAN, **households)
    turned_on = replace(base, **{rate: getattr(Rates(), rate)})
    assert low < share(made(base), made(turned_on), attribute) < high


def test_people_stand_twice_in_one_source_at_the_stated_rate():
    table = made(replace(CLEAN, twice=0.05))
    counts = table.group_by(["entity", "source"]).aggregate([("key", "count")])["key_count"]
    assert pc.sum(pc.equal(counts, 2)).as_py() / 12_000 == pytest.approx(0.05, abs=0.006)


@pytest.fixture(scope="module")
def blocks():
    return [people_of_block(Dice(3, block), Rates()) for block in range(10)]


def test_one_person_in_a_hundred_is_a_twin_of_another_name_in_the_same_home(blocks):
    twins = 0
    for people in blocks:
        second = people.households.second_twin
        first, bearers = second - 1, people.bearers
        assert (bearers.born[first] == bearers.born[second]).all()
        assert (bearers.family[first] == bearers.family[second]).all()
        assert (bearers.given[first] != bearers.given[second]).all()
        assert (people.home.street_address[first] == people.home.street_address[second]).all()
        twins += 2 * len(second)
    assert twins / (10 * len(blocks[0].bearers)) == pytest.approx(0.01, abs=0.002)


def test_many_twins_are_half_the_time_named_alike():
    people = people_of_block(Dice(1, 0), replace(CLEAN, twins=0.3))
    second = people.households.second_twin
    initials = [name[0] for name in names.GIVEN.native[people.bearers.given]]
    alike = [initials[row] == initials[row - 1] for row in second]
    assert 0.45 < np.mean(alike) < 0.65
    assert len(second) / len(people.bearers) == pytest.approx(0.15, abs=0.01)


def test_namesakes_are_men_of_one_name_a_generation_apart(blocks):
    sons = 0
    for people in blocks:
        son, bearers = people.households.namesake, people.bearers
        father = people.households.head[son]
        assert (bearers.given[son] == bearers.given[father]).all()
        assert (bearers.family[son] == bearers.family[father]).all()
        assert (bearers.born[son] - bearers.born[father] > 19 * 365).all()
        assert (people.gender[son] == 1).all()
        assert (people.gender[father] == 1).all()
        sons += len(son)
    assert 2 * sons / (10 * len(blocks[0].bearers)) == pytest.approx(0.01, abs=0.002)


def test_members_of_a_family_have_one_surname_and_different_given_names(blocks):
    for people in blocks:
        child, head = people.households.child, people.households.head
        assert (people.bearers.family[child] == people.bearers.family[head[child]]).all()
        kin = people.households.kin.copy()
        kin[people.households.namesake] = False
        homes = people.households.household[kin]
        pairs = set(zip(homes, people.bearers.given[kin], strict=True))
        assert len(pairs) == len(homes)


def test_a_fifth_of_those_who_live_with_others_use_the_heads_phone(blocks):
    sharing, mailing, others = 0, 0, 0
    for people in blocks:
        member = people.households.place > 0
        head = people.households.head[member]
        sharing += (people.phone[member] == people.phone[head]).sum()
        mailing += (people.email[member] == people.email[head]).sum()
        others += member.sum()
    assert sharing / others == pytest.approx(0.20, abs=0.01)
    assert mailing / others == pytest.approx(0.10, abs=0.01)


def test_nobody_shares_a_phone_or_an_identifier_beyond_the_household(blocks):
    phones = np.concatenate([people.phone + "" for people in blocks])
    homes = np.concatenate([b * 10_000 + p.households.household for b, p in enumerate(blocks)])
    assert len(set(zip(phones, homes, strict=True))) == len(set(phones))
    identifiers = np.concatenate([people.national_id for people in blocks])
    assert len(set(identifiers)) == len(identifiers)


def test_strangers_hardly_ever_share_an_email(blocks):
    mails = np.concatenate([people.email for people in blocks])
    homes = np.concatenate([b * 10_000 + p.households.household for b, p in enumerate(blocks)])
    assert len(set(zip(mails, homes, strict=True))) - len(set(mails)) < len(mails) / 10_000


def test_phones_are_valid_and_identifiers_have_their_check_digit(blocks):
    for phone in blocks[0].phone[:300]:
        assert phonenumbers.is_valid_number(phonenumbers.parse(phone, "GB"))
    for identifier in blocks[0].national_id:
        digits = [int(digit) for digit in reversed(identifier)]
        doubled = sum(sum(divmod(2 * digit, 10)) for digit in digits[1::2])
        assert len(digits) == 10
        assert (sum(digits[::2]) + doubled) % 10 == 0


def test_birth_dates_are_from_1920_to_2010_and_do_not_pile_up(blocks):
    born = np.concatenate([people.bearers.born for people in blocks]).astype("datetime64[D]")
    assert born.min() >= np.datetime64("1920-01-01")
    assert born.max() <= np.datetime64("2010-12-31")
    assert np.unique(born, return_counts=True)[1].max() < 20


def test_names_are_many_and_some_are_much_more_frequent():
    table = made(CLEAN, people=40_000)
    family = sorted(pc.value_counts(table["family_name"]).field("counts").to_pylist(), reverse=True)
    assert len(family) > 8_000
    assert 0.008 < family[0] / table.num_rows < 0.02
    assert family[0] > 3 * family[50] > 6 * family[500]
    assert pc.count_distinct(table["given_name"]).as_py() > 600


def test_given_names_go_with_the_era():
    table = made(CLEAN, people=40_000)
    old = pc.less(table["date_of_birth"], "1935")
    young = pc.greater(table["date_of_birth"], "1995")
    for name, of_old in [("Doris", True), ("Chloe", False), ("Albert", True), ("Callum", False)]:
        named = pc.equal(table["given_name"], name)
        counts = [pc.sum(pc.and_(named, era)).as_py() for era in (old, young)]
        assert (counts[0] > 3 * counts[1]) is of_old


def test_neighbours_share_a_postal_code(plain):
    homes = plain.group_by(["postal_code", "street_address"]).aggregate([("entity", "min")])
    codes = pc.value_counts(homes["postal_code"]).field("counts")
    assert pc.max(codes).as_py() > 2
    assert pc.all(pc.match_substring_regex(plain["postal_code"], r"^[A-Z]{1,2}\d{1,2} \d[A-Z]{2}$"))


def test_names_of_other_scripts_appear_in_both_spellings():
    table = made(replace(CLEAN, other_spelling=0.5), people=20_000)
    assert {"Łukasz", "Lukasz", "Сергей", "Sergey", "Γιώργος", "Giorgos"} <= set(
        table["given_name"].to_pylist()
    )


@pytest.mark.parametrize("rate", [{"typing": 1.5}, {"twins": -0.1}, {"families": 0.9}])
def test_rates_that_cannot_be_are_refused(rate):
    with pytest.raises(ValueError, match=r"share|between"):
        Rates(**rate)


def test_every_attribute_is_documented_as_a_column():
    assert set(records(Population(), records=1).column_names) == {"entity", "source", *ATTRIBUTES}
