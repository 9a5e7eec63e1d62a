"""The standardiser: rules applied to records and columns, and what counts as missing."""

import pytest

from mdm.model.rules.defaults_data import (
    DEFAULT_PLACEHOLDERS,
    DEFAULT_STEPS,
    KIND_PLACEHOLDERS,
)
from mdm.model.rules.rules import Attribute, Kind, Rules, Survivorship, Training
from mdm.model.rules.vocabulary import STEPS as STEP_WORDS
from mdm.standardise import Standardiser
from mdm.standardise.steps import STEPS


def _attribute(kind: Kind, **options) -> Attribute:
    listed = KIND_PLACEHOLDERS[kind] + options.pop("placeholders", ())
    return Attribute(kind.value, kind, placeholders=listed, **options)


def _rules(*attributes: Attribute) -> Rules:
    return Rules(
        entity="person",
        attributes=attributes,
        placeholders=DEFAULT_PLACEHOLDERS,
        blocking=(),
        comparisons=(),
        training=Training(blocks=(), deterministic=(), recall=0.7),
        link_bits=0.0,
        review_bits=-2.0,
        survivorship=Survivorship(default=("trust",), attributes={}, groups={}),
        rules_hash="",
    )


def _standardised(kind: Kind, text: str, **options) -> str | None:
    standardiser = Standardiser(_rules(_attribute(kind, **options)))
    return standardiser.column(kind.value, [text])[0]


def _every_kind() -> Standardiser:
    return Standardiser(_rules(*(_attribute(kind, many=kind is Kind.EMAIL) for kind in Kind)))


def test_a_record_is_standardised_attribute_by_attribute_and_the_missing_ones_are_absent():
    record = {
        "given_name": "Dr. JÜRGEN",
        "family_name": "unknown",
        "date_of_birth": "31/02/1980",
        "email": ("Ann@x.org", "ann+shop@X.org", "unknown@example.com", "b@x.org"),
        "phone": "0000000000",
    }
    assert _every_kind().attributes(record) == {
        "given_name": "jurgen",
        "email": ("ann@x.org", "b@x.org"),
    }


def test_an_attribute_with_no_usable_value_of_several_is_absent():
    assert _every_kind().attributes({"email": ("none@none.com", "nonsense")}) == {}


def test_a_column_keeps_its_length_and_says_none_where_there_is_no_value():
    column = _every_kind().column("place", ["Köln", "n/a", "KOELN", ""])
    assert column == ["koln", None, "koln", None]


def test_named_steps_outrank_those_of_the_kind():
    assert _standardised(Kind.GIVEN_NAME, "Dr. Ann", standardise=("latin",)) == "dr. ann"


def test_an_unknown_attribute_is_an_error():
    with pytest.raises(KeyError):
        _every_kind().attributes({"colour": "red"})


def test_missing_is_what_says_nothing_and_not_what_cannot_be_read():
    standardiser = _every_kind()
    assert not standardiser.missing("date_of_birth", "31 Feb 1980")
    assert not standardiser.missing("date_of_birth", "31 Jan 1980")
    assert standardiser.missing("date_of_birth", "n/a")
    assert standardiser.missing("date_of_birth", " ")


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        (Kind.DATE_OF_BIRTH, "1900-01-01"),
        (Kind.DATE_OF_BIRTH, "01.01.1900"),
        (Kind.DATE_OF_BIRTH, "1 Jan 1900 00:00:00"),
        (Kind.DATE_OF_BIRTH, "9999-12-31"),
        (Kind.DATE, "N/A"),
        (Kind.EMAIL, "Unknown@Example.com"),
        (Kind.EMAIL, "a@a.com"),
        (Kind.EMAIL, "na@na.co.uk"),
        (Kind.PHONE, "0000000000"),
        (Kind.PHONE, "+44 0000 000000"),
        (Kind.PHONE, "01234567890"),
        (Kind.PHONE, "99999"),
        (Kind.POSTAL_CODE, "00000"),
        (Kind.POSTAL_CODE, "zz99 3vz"),
        (Kind.IDENTIFIER, "XXXXXXXXX"),
        (Kind.IDENTIFIER, "123456789"),
        (Kind.IDENTIFIER, "N/A"),
        (Kind.GIVEN_NAME, "UNKNOWN"),
        (Kind.GIVEN_NAME, "неизвестно"),
        (Kind.GIVEN_NAME, "xxx"),
        (Kind.GIVEN_NAME, "aaaa"),
        (Kind.GIVEN_NAME, "-"),
        (Kind.FAMILY_NAME, "<NULL>"),
        (Kind.FAMILY_NAME, "(none)"),
        (Kind.FAMILY_NAME, "\\N"),
        (Kind.FAMILY_NAME, "#N/A"),
        (Kind.FAMILY_NAME, "asdfgh"),
        (Kind.FULL_NAME, "Unknown unknown"),
        (Kind.FULL_NAME, "n/a"),
        (Kind.PLACE, "***"),
        (Kind.PLACE, "NULL"),
        (Kind.STREET_ADDRESS, "No fixed abode."),
        (Kind.CATEGORY, "not specified"),
    ],
)
def test_what_only_fills_a_field_counts_as_missing(kind, text):
    assert _standardised(kind, text) is None


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        (Kind.FAMILY_NAME, "Null"),
        (Kind.FAMILY_NAME, "Test"),
        (Kind.FAMILY_NAME, "None"),
        (Kind.FAMILY_NAME, "Na"),
        (Kind.FAMILY_NAME, "Oo"),
        (Kind.GIVEN_NAME, "Nil"),
        (Kind.GIVEN_NAME, "Nan"),
        (Kind.GIVEN_NAME, "N.A."),
        (Kind.GIVEN_NAME, "Abcde"),
        (Kind.GIVEN_NAME, "Baby"),
        (Kind.FULL_NAME, "John Test"),
        (Kind.FULL_NAME, "Thomas Thomas"),
        (Kind.DATE, "1900-01-01"),
        (Kind.DATE_OF_BIRTH, "1900"),
        (Kind.POSTAL_CODE, "44444"),
        (Kind.EMAIL, "smith@smith.net"),
        (Kind.PHONE, "+442079460958"),
        (Kind.IDENTIFIER, "00012"),
    ],
)
def test_a_value_that_somebody_really_has_is_kept(kind, text):
    assert _standardised(kind, text) is not None


def test_a_declared_placeholder_covers_its_other_spellings_and_repetitions():
    assert _standardised(Kind.FULL_NAME, "Test TEST!", placeholders=("TEST",)) is None
    assert _standardised(Kind.PHONE, "(0123) 555 0100", placeholders=("01235550100",)) is None
    form = "%d.%m.%Y"
    assert (
        _standardised(Kind.DATE, "07.08.1909", placeholders=("1909-08-07",), date_format=form)
        is None
    )


def test_every_step_of_the_vocabulary_exists_and_every_kind_has_steps():
    assert set(STEPS) == set(STEP_WORDS)
    assert set(DEFAULT_STEPS) == set(Kind) == set(KIND_PLACEHOLDERS)
    assert all(kind in STEP_WORDS[step].kinds for kind in Kind for step in DEFAULT_STEPS[kind])
