"""JSON to the letter: what is refused is told with its place."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mdm.model.errors import Malformed
from mdm.model.strict_json import read_json, text_named

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inside: st.lists(inside, max_size=4) | st.dictionaries(st.text(), inside, max_size=4),
)
LONG = b"9" * 5_000


def refusal(data: bytes) -> str:
    with pytest.raises(Malformed) as caught:
        read_json(data)
    caught.value.message.encode()
    return caught.value.message


@given(VALUES)
def test_what_is_json_is_read_as_it_is(value):
    assert read_json(json.dumps(value).encode()) == value


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b'{"a": {"b": [1, NaN, NaN]}}', "it holds NaN in a.b.1; send a number"),
        (b'{"a": [{}, {"b": -Infinity}]}', "it holds -Infinity in a.1.b; send a number"),
        (b'{"a": NaN, "a": 1}', "it holds NaN in a; send"),
        (b"NaN", "it holds NaN; send"),
        (b'{"a": "b", "c": "\\ud800"}', "an unpaired surrogate in c; send whole ones"),
        (b'{"a": {"\\udfff": 1}}', "an unpaired surrogate in a.\\udfff; send whole ones"),
        (b'{"a": [' + LONG + b"]}", "a number that is too long in a.0; send it as a text"),
        (b"[NaN, " + LONG + b"]", "it holds NaN in 0;"),
    ],
)
def test_what_no_database_keeps_is_told_with_its_place(data, told):
    assert told in refusal(data)


@pytest.mark.parametrize("rest", [b"", b"[" * 3_000 + b"]" * 3_001, b", oh]"])
def test_what_cannot_be_read_further_is_told_without_a_place(rest):
    assert "it holds NaN; send" in refusal(b"[NaN, " + rest)


def test_a_long_place_is_cut():
    name = json.dumps("n" * 500_000).encode()
    data = b"{" + name + b": [" + b"1, " * 100_000 + b"NaN]}"
    assert len(refusal(data)) < 250


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b'{"key": "7", "more": NaN}', "7"),
        (b'{"key": "7", "key": "8"}', None),
        (b'{"key": 7}', None),
        (b'{"key": Infinity}', None),
        (b'{"key": "\\ud800"}', None),
        (b'[["key", "7"]]', None),
        (b'{"key": "7"', None),
        (b"\xff", None),
    ],
)
def test_a_text_is_found_in_an_object_that_breaks_rules(data, text):
    assert text_named(data, "key") == text
