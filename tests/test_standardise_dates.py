"""`date`: every usual form of a day, in several languages, at any time since the year 1."""

from datetime import date as calendar_date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mdm.standardise.dates import date, parse_date


@pytest.mark.parametrize(
    "text",
    [
        "1980-01-19",
        "1980/1/19",
        "19800119",
        "19011980",
        "19/01/1980",
        "19.1.1980",
        "19-01-80",
        "01/19/1980",
        "19 Jan 1980",
        "19JAN1980",
        "19-Jan-80",
        "19th of January, 1980",
        "January 19, 1980",
        "Sat, 19 Jan 1980",
        "19. Januar 1980",
        "19 janvier 1980",
        "19 de enero de 1980",
        "19 gennaio 1980",
        "19 stycznia 1980",
        "1980-01-19T23:59:59.000Z",
        "1980-01-19 00:00:00+02:00",
        "19/01/1980 12:00 AM",
        " １９８０-０１-１９ ",
    ],
)
def test_a_day_in_any_usual_form_is_written_as_year_month_day(text):
    assert date(text) == "1980-01-19"


@pytest.mark.parametrize(
    ("text", "known"),
    [
        ("1975", "1975"),
        ("1975-03", "1975-03"),
        ("03/1975", "1975-03"),
        ("März 1975", "1975-03"),
        ("Maerz 1975", "1975-03"),
        ("1er août 1975", "1975-08-01"),
        ("1975-03-00", "1975-03"),
        ("1975-00-00", "1975"),
        ("1st september 1975", "1975-09-01"),
        ("3 maart 1975", "1975-03-03"),
    ],
)
def test_a_date_of_which_a_part_is_known_is_that_part(text, known):
    assert date(text) == known


@pytest.mark.parametrize(
    "text",
    [
        "31/02/1980",
        "1980-13-45",
        "0000-00-00",
        "0000",
        "00/1980",
        "today",
        "",
        "123",
        "1980-01-19x",
        "12 Foo 1980",
        "\ud800",
    ],
)
def test_what_is_no_date_is_unusable(text):
    assert date(text) is None


def test_the_day_comes_first_where_both_could_and_the_month_where_only_it_can():
    assert date("03/04/1980") == "1980-04-03"
    assert date("04/25/1980") == "1980-04-25"


def test_a_declared_format_outranks_the_usual_forms():
    assert date("03/04/1980", "%m/%d/%Y") == "1980-03-04"
    assert date("1980-03-04", "%m/%d/%Y") == "1980-03-04"


def test_by_a_declared_format_alone_other_forms_do_not_parse():
    assert parse_date("25/04/1980", "%m/%d/%Y") is None
    assert parse_date("19Jan1980", "%d%b%Y") == "1980-01-19"


def test_two_digits_of_a_year_mean_1930_to_2029_declared_or_not():
    assert parse_date("190130", "%d%m%y") == "1930-01-19"
    assert parse_date("19/01/29", None) == "2029-01-19"
    assert parse_date("29/02/68", "%d/%m/%y") == "1968-02-29"


def test_a_birth_in_1630_is_a_date():
    assert date("3 February 1630") == "1630-02-03"


@given(st.dates(), st.sampled_from(["%d.%m.{y}", "{y}%m%d", "{y}-%m-%d", "%d %B {y}"]))
def test_every_day_since_the_year_1_is_read_back(day: calendar_date, form: str):
    # strftime does not pad years before 1000 on every system.
    assert date(day.strftime(form.format(y=f"{day.year:04}"))) == day.isoformat()
