"""A YAML file is read as it is written, with its lines, and never breaks the reader."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st
from marshmallow import Schema, fields

from mdm.model.errors import FileInvalid
from mdm.model.yaml_file import LARGEST_FILE, parse_yaml, read_yaml, validate


class _Anything(Schema):
    class Meta:
        unknown = "include"


class _Department(Schema):
    key = fields.String(required=True)
    trust = fields.Float()


class _Departments(Schema):
    sources = fields.Dict(keys=fields.String(), values=fields.Nested(_Department))


def problems_of(text, schema=None):
    with pytest.raises(FileInvalid) as raised:
        validate(parse_yaml(text, "x.yaml"), schema or _Anything())
    return [str(problem) for problem in raised.value.problems]


@pytest.mark.parametrize(
    "text",
    ["no", "on", "off", "yes", "1900-01-01", "0000000000", "1_000", "0x1F", "null", "~", "1.50"],
)
def test_a_plain_value_stays_the_text_that_stands_in_the_file(text):
    assert parse_yaml(f"{text}: [{text}]", "x").data == {text: [text]}


def test_only_plain_true_and_false_are_booleans_and_only_nothing_is_none():
    file = parse_yaml('a: true\nb: "true"\nc: True\nd:\ne: ""\n', "x")
    assert file.data == {"a": True, "b": "true", "c": "True", "d": None, "e": ""}


def test_every_key_and_item_has_its_line():
    file = parse_yaml("a:\n  - x\n  -\n    b: 1\n", "x")
    assert file.line_of(("a",)) == 1
    assert file.line_of(("a", 0)) == 2
    assert file.line_of(("a", 1, "b")) == 4
    assert file.line_of(("a", 1, "missing", 7)) == 4


def test_a_key_that_stands_twice_is_a_problem_that_names_both_lines():
    assert problems_of("a: 1\nb: 2\na: 3\n") == [
        "x.yaml:3: a: is here twice: keep this one or the one in line 1 (it says 'a')"
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: &x 1\nb: 2", "x.yaml:1: the file: is not YAML that can be read: anchors and aliases"),
        ("a: 1\nb: *x", "x.yaml:2: the file: is not YAML that can be read: anchors and aliases"),
        ("[" * 5000, "nested more than 20 levels"),
        ("a: [1", "the file: is not YAML that can be read: while parsing a flow sequence"),
        ("a: 1\n---\nb: 2", "a second document starts here"),
        ('a: "\\UFFFFFFFF"', "the file: is not YAML"),
        ('a: "\\uD800"', "x.yaml:1: "),
        ('a: "\\0"', "x.yaml:1: a: holds a character that cannot be stored"),
        ("a: !!python/object:os.system 1", "x.yaml:1: a: tags (!…) are not read"),
        ("? [a, b]\n: 1", "x.yaml:1: the file: is not YAML that can be read: a key must be text"),
        ("x" * (LARGEST_FILE + 1), "must not be larger than 200,000 bytes"),
        ("", "the file: must be keys with values"),
        ("- a", "the file: must be keys with values"),
    ],
)
def test_what_is_not_read_is_refused_with_the_reason(text, message):
    assert message in "\n".join(problems_of(text))


def test_a_file_that_is_not_there_or_not_utf_8_says_so(tmp_path):
    with pytest.raises(FileInvalid, match=r"none.yaml: the file: cannot be read: No such file"):
        read_yaml(tmp_path / "none.yaml")
    latin = tmp_path / "latin.yaml"
    latin.write_bytes("a: 1\nb: é".encode("latin-1"))
    with pytest.raises(FileInvalid, match=r"latin.yaml:2: the file: must be UTF-8"):
        read_yaml(latin)


def test_a_byte_order_mark_and_windows_line_ends_are_read(tmp_path):
    windows = tmp_path / "windows.yaml"
    windows.write_bytes(b"\xef\xbb\xbfa: 1\r\nb: 2\r\n")
    file = read_yaml(windows)
    assert file.data == {"a": "1", "b": "2"}
    assert file.line_of(("b",)) == 2


def test_a_schema_with_named_entries_and_a_key_called_key_gets_right_paths_and_all_faults():
    text = "sources:\n  crm:\n    trust: much\n    kee: id\n  erp: 5\n  bank:\n    key:\nmore: 1\n"
    assert problems_of(text, _Departments()) == [
        "x.yaml:2: sources.crm.key: is missing: it must be given",
        "x.yaml:3: sources.crm.trust: must be a number (it says 'much')",
        "x.yaml:4: sources.crm.kee: no such key here; did you mean 'key'? (known: key, trust) "
        "(it says 'id')",
        "x.yaml:5: sources.erp: must be keys with values (it says '5')",
        "x.yaml:7: sources.bank.key: is empty: write a value (in quotes if it is meant), or leave "
        "it out",
        "x.yaml:8: more: no such key here; known: sources (it says '1')",
    ]


def test_a_duplicate_key_is_told_together_with_the_faults_of_the_schema():
    text = "sources:\n  crm: {key: a, key: b, trust: x}\n"
    assert len(problems_of(text, _Departments())) == 2


@given(
    st.text(
        alphabet=st.sampled_from("ab:-[]{}&*!|>%@`'\"#, \n\t?~\\0é\x85\ufeff\ud7ff"), max_size=60
    )
)
def test_any_text_is_read_or_refused_with_file_invalid(text):
    with suppress(FileInvalid):
        validate(parse_yaml(text, "x"), _Anything())
