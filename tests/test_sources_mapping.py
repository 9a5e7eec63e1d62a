"""Mapping: what each declared way makes of a row, and which rows it refuses."""

import datetime as dt
import math
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mdm.model.records import IncomingRecord, Rejected
from mdm.sources import Mapping
from mdm.sources.key_index import KeyIndex
from mdm.sources.rows import RawBatch
from mdm.sources.values import BadValue, date_of, text_of, time_of
from mdm.standardise import Standardiser
from tests import departments


def map_row(directory, row: dict, **how: str) -> IncomingRecord | list[Rejected]:
    config = departments.source(directory, "{csv: a.csv}", **how)
    mapping = Mapping(config, departments.rules(), Standardiser(departments.rules()))
    batch = mapping.map(RawBatch([(1, {"id": "1"} | row)], []))
    return batch.records[0] if batch.records else batch.rejected


NAME = '{name: {column: n, split: "(?P<family_name>[^,]+),(?P<given_name>.*)"%s}}'


def test_a_value_is_split_into_the_groups_that_are_not_empty(tmp_path):
    assert map_row(tmp_path, {"n": "Lee, Ann "}, attributes=NAME % "").attributes == {
        "family_name": "Lee",
        "given_name": "Ann",
    }
    assert map_row(tmp_path, {"n": "Lee, "}, attributes=NAME % "").attributes == {
        "family_name": "Lee"
    }


@pytest.mark.parametrize("nothing", ["0000-00-00", "00.00.0000", "n/a", "unknown"])
def test_a_placeholder_is_no_broken_date_also_in_a_strict_column(tmp_path, nothing):
    born = '{date_of_birth: {column: b, format: "%Y-%m-%d", strict: true}}'
    assert map_row(tmp_path, {"b": nothing}, attributes=born).attributes == {}
    (refused,) = map_row(tmp_path, {"b": "31 Feb 1980"}, attributes=born)
    assert (refused.field, refused.value) == ("b", "31 Feb 1980")


def test_a_placeholder_is_no_name_that_breaks_its_pattern(tmp_path):
    assert map_row(tmp_path, {"n": "n/a"}, attributes=NAME % ", strict: true").attributes == {}


def test_a_value_that_does_not_match_its_split_is_left_out_or_refused_when_strict(tmp_path):
    assert map_row(tmp_path, {"n": "Ann"}, attributes=NAME % "").attributes == {}
    (refused,) = map_row(tmp_path, {"n": "Ann"}, attributes=NAME % ", strict: true")
    assert (refused.line, refused.key, refused.field, refused.value) == (1, "1", "n", "Ann")
    assert map_row(tmp_path, {"n": " "}, attributes=NAME % ", strict: true").attributes == {}


def test_joined_columns_skip_what_is_missing(tmp_path):
    joined = "{street_address: {join: [a, b, c], with: '/'}}"
    whole = map_row(tmp_path, {"a": "1", "b": " ", "c": "x"}, attributes=joined)
    assert whole.attributes == {"street_address": "1/x"}
    assert map_row(tmp_path, {"a": None, "b": "", "c": ""}, attributes=joined).attributes == {}


def test_an_attribute_of_many_values_gets_a_tuple_however_it_is_filled(tmp_path):
    row = {"a": "x@y.org", "b": "", "c": "x@y.org", "d": "z@y.org"}
    listed = map_row(tmp_path, row, attributes="{email: [a, b, c, d]}")
    assert listed.attributes == {"email": ("x@y.org", "z@y.org")}
    assert map_row(tmp_path, row, attributes="{email: b}").attributes == {}
    joined = map_row(
        tmp_path, {"a": "x", "b": "y.org"}, attributes="{email: {join: [a, b], with: '@'}}"
    )
    assert joined.attributes == {"email": ("x@y.org",)}
    constant = map_row(tmp_path, {}, attributes="{email: {constant: a@b.org}}")
    assert constant.attributes == {"email": ("a@b.org",)}


def test_a_date_of_a_declared_form_becomes_iso_8601(tmp_path):
    how = "{date_of_birth: {column: b, format: '%m/%d/%Y'}}"
    assert map_row(tmp_path, {"b": "02/01/1630"}, attributes=how).attributes == {
        "date_of_birth": "1630-02-01"
    }
    assert map_row(tmp_path, {"b": "13/13/1980"}, attributes=how).attributes == {}


def test_a_date_without_a_declared_form_stays_as_it_is_written(tmp_path):
    how = "{date_of_birth: b}"
    assert map_row(tmp_path, {"b": "1 Feb 80"}, attributes=how).attributes == {
        "date_of_birth": "1 Feb 80"
    }
    assert map_row(tmp_path, {"b": dt.datetime(1980, 2, 1)}, attributes=how).attributes == {
        "date_of_birth": "1980-02-01"
    }


def test_keys_of_several_columns_cannot_be_confused(tmp_path):
    more = "key: [a, b]"
    keys = {
        map_row(tmp_path, {"a": a, "b": b}, attributes="{country: c}", more=more).key
        for a, b in (("1|2", "3"), ("1", "2|3"), ("1\\|2", "3"), ("1\\", "2|3"))
    }
    assert len(keys) == 4
    (refused,) = map_row(tmp_path, {"a": "1", "b": ""}, attributes="{country: c}", more=more)
    assert (refused.key, refused.field, refused.reason) == (None, "b", "no key")


def test_the_content_hash_changes_with_the_row_and_with_the_mapping(tmp_path):
    hashes = {
        map_row(tmp_path, {"first": first, "last": "x", "note": note}, attributes=how).content_hash
        for first, note, how in (
            ("a", "n", "{given_name: first}"),
            ("b", "n", "{given_name: first}"),
            ("a", "m", "{given_name: first}"),
            ("a", "n", "{given_name: last}"),
        )
    }
    assert len(hashes) == 4
    again = map_row(
        tmp_path, {"note": "n", "last": "x", "first": "a"}, attributes="{given_name: first}"
    )
    assert again.content_hash in hashes


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (["a"], "wrong type: a list"),
        ({"a": 1}, "wrong type: an object"),
        (b"a", "wrong type: bytes"),
        (math.inf, "wrong type: an infinite number"),
        (Decimal("NaN"), "wrong type: Decimal, which cannot be written as text"),
        ("x" * 10_001, "longer than 10000 characters"),
        ("a\0b", "holds a NUL character"),
        ("\udc80", "half characters"),
    ],
)
def test_a_value_that_cannot_be_taken_is_refused_with_field_value_and_reason(
    tmp_path, value, reason
):
    (refused,) = map_row(tmp_path, {"first": value}, attributes="{given_name: first}")
    assert (refused.key, refused.field) == ("1", "first")
    assert reason in refused.reason
    refused.row.encode()
    assert "\0" not in f"{refused.row}{refused.value}"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, None),
        ("  ", None),
        (" a b ", "a b"),
        ("12345.0", "12345.0"),
        (12345.0, "12345"),
        (1.5, "1.5"),
        (1e300, "1e+300"),
        (math.nan, None),
        (10**30, str(10**30)),
        (False, "false"),
        (Decimal("1E+3"), "1000"),
        (dt.date(1, 2, 3), "0001-02-03"),
        (dt.timedelta(hours=1), "1:00:00"),
    ],
)
def test_a_scalar_becomes_text_in_one_way(value, text):
    assert text_of("c", value) == text


@pytest.mark.parametrize(
    ("value", "form", "moment"),
    [
        ("2026-01-31", None, "2026-01-31T00:00:00.000000Z"),
        ("2026-01-31T12:00:00.5-05:00", None, "2026-01-31T17:00:00.500000Z"),
        ("20260131t120000", None, "2026-01-31T12:00:00.000000Z"),
        ("2026-W05-6 12", None, "2026-01-31T12:00:00.000000Z"),
        ("2026-01-31x12", "%Y-%m-%dx%H", "2026-01-31T12:00:00.000000Z"),
        ("2026-02-01", "%Y-%d-%m", "2026-01-02T00:00:00.000000Z"),
        ("31.01.2026 12:30", "%d.%m.%Y %H:%M", "2026-01-31T12:30:00.000000Z"),
        ("2026-01-31 12:30", "%Y-%m-%d %H:%M", "2026-01-31T12:30:00.000000Z"),
        (dt.date(2026, 1, 31), None, "2026-01-31T00:00:00.000000Z"),
        ("", None, None),
    ],
)
def test_a_moment_is_told_in_utc(value, form, moment):
    assert time_of("c", value, form) == moment


@pytest.mark.parametrize("value", ["soon", 1_700_000_000, "9999-12-31T23:00:00-05:00", [1]])
def test_what_is_no_moment_is_refused(value):
    with pytest.raises(BadValue):
        time_of("c", value, None)


@pytest.mark.parametrize(
    "value",
    [
        "2026-12-31T23:59:60Z",
        "2026-12-31T24:00:00Z",
        "2026-031",
        "2026-01-31x12:00:00",
        "2026-01-31-12:00:00",
        "2026-01-31\u00a012:00:00",
    ],
)
def test_a_time_in_another_form_hears_which_forms_are_taken(value):
    with pytest.raises(BadValue, match=r"^not a time of the form .* 2026-01-31T12:00:00Z .* to 59"):
        time_of("c", value, None)


@given(st.dates())
def test_a_quarantined_date_of_a_database_is_understood_when_it_is_retried(day):
    assert date_of("c", day.isoformat(), "%d/%m/%Y") == date_of("c", day, "%d/%m/%Y")


ROWS = st.lists(
    st.tuples(
        st.sampled_from("abcd"),
        st.sampled_from("xyz"),
        st.sampled_from([None, "2026-01-01T00:00:00.000000Z", "2026-01-02T00:00:00.000000Z"]),
    )
)


@given(ROWS)
def test_of_the_rows_with_one_key_exactly_the_newest_and_last_is_taken(rows):
    index = KeyIndex()
    for key, content, modified_at in rows:
        index.add(IncomingRecord(key, "", {}, {}, "", content, modified_at))
    refused, same = index.beaten()
    winners: dict[str, int] = {}
    for place, (key, _, modified_at) in enumerate(rows):
        best = winners.get(key)
        if best is None or (modified_at or "") >= (rows[best][2] or ""):
            winners[key] = place
    for place, (key, content, _) in enumerate(rows):
        wins, says_same = winners[key] == place, rows[winners[key]][1] == content
        assert (bool(refused[place]), bool(same[place])) == (
            not wins and not says_same,
            not wins and says_same,
        )
