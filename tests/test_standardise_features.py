"""Features and nicknames."""

import pytest

from mdm.model.rules.rules import Kind
from mdm.model.rules.vocabulary import FEATURES
from mdm.standardise.features import feature
from mdm.standardise.nicknames import nickname_group


@pytest.mark.parametrize(
    ("kind", "name", "value", "part"),
    [
        (Kind.GIVEN_NAME, "initial", "anne marie", "a"),
        (Kind.FAMILY_NAME, "start", "robinson", "robi"),
        (Kind.FULL_NAME, "first", "anne van dam", "anne"),
        (Kind.FULL_NAME, "last", "anne van dam", "dam"),
        (Kind.FULL_NAME, "sorted", "van dam anne", "anne dam van"),
        (Kind.DATE_OF_BIRTH, "year", "1980-01-19", "1980"),
        (Kind.DATE_OF_BIRTH, "year_month", "1980-01-19", "1980-01"),
        (Kind.DATE_OF_BIRTH, "year_month", "1980-01", "1980-01"),
        (Kind.DATE_OF_BIRTH, "year_month", "1980", None),
        (Kind.DATE_OF_BIRTH, "month_day", "1980-01-19", "01-19"),
        (Kind.DATE_OF_BIRTH, "month_day", "1980-01", None),
        (Kind.EMAIL, "local", "ann@x.org", "ann"),
        (Kind.PHONE, "tail", "+442079460958", "9460958"),
        (Kind.PHONE, "tail", "+12345", None),
        (Kind.POSTAL_CODE, "area", "SW1A1AA", "SW1A"),
        (Kind.POSTAL_CODE, "area", "M54NF", "M5"),
        (Kind.POSTAL_CODE, "area", "SW1A", "SW1A"),
        (Kind.POSTAL_CODE, "area", "K1A0B1", "K1A"),
        (Kind.POSTAL_CODE, "area", "D02AF30", "D02"),
        (Kind.POSTAL_CODE, "area", "94107", "941"),
        (Kind.POSTAL_CODE, "area", "101", None),
        (Kind.STREET_ADDRESS, "number", "flat 3 12a high st", "12a"),
        (Kind.STREET_ADDRESS, "number", "hauptstr 5", "5"),
        (Kind.STREET_ADDRESS, "number", "the cottage", None),
        (Kind.STREET_ADDRESS, "number", "po box 12", None),
    ],
)
def test_a_feature_is_a_part_of_the_value_or_nothing(kind, name, value, part):
    assert feature(kind, name, value) == part


@pytest.mark.parametrize(("left", "right"), [("smith", "smyth"), ("catherine", "katherine")])
def test_names_that_sound_alike_share_a_sound(left, right):
    sound = feature(Kind.FAMILY_NAME, "sound", left)
    assert sound is not None
    assert sound == feature(Kind.FAMILY_NAME, "sound", right)


@pytest.mark.parametrize("name", FEATURES)
def test_every_feature_of_the_vocabulary_can_be_taken_of_any_value_of_its_kinds(name):
    for kind in FEATURES[name].kinds:
        for value in ("a", "1975", "a b c", "1980-01-19", "5"):
            assert feature(kind, name, value) != ""


@pytest.mark.parametrize("name", ["colour", "year"])
def test_a_feature_that_the_kind_does_not_have_is_an_error(name):
    with pytest.raises(KeyError):
        feature(Kind.TEXT, name, "red")


def _meet(left: str, right: str) -> bool:
    return bool(nickname_group(left) & nickname_group(right))


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("william", "bill"),
        ("bill", "will"),
        ("robert", "bob"),
        ("bob", "rob"),
        ("elizabeth", "liz"),
        ("liz", "betty"),
        ("margaret", "peggy"),
        ("john", "jack"),
        ("hailey", "hayley"),
        ("bob james", "robert"),
        ("xyzzy", "xyzzy"),
    ],
)
def test_usual_forms_of_one_name_meet(left, right):
    assert _meet(left, right)
    assert _meet(right, left)


@pytest.mark.parametrize(
    ("left", "right"),
    [("robert", "william"), ("fred", "william"), ("mary", "john"), ("xyzzy", "william")],
)
def test_names_that_only_share_a_nickname_do_not_meet(left, right):
    assert not _meet(left, right)
