"""A sources file: what it may say, and how its faults are told."""

import re
from pathlib import Path

import pytest

import mdm.sources
from mdm.model.errors import FileInvalid, NotFound
from mdm.model.rules.load import load_rules
from mdm.sources import load_sources
from mdm.sources.config import (
    Columns,
    Constant,
    CsvFile,
    Database,
    DateColumn,
    Joined,
    ModifiedAt,
    Split,
)
from mdm.sources.mapped import ColumnSchema, ConstantSchema, JoinSchema, SplitSchema
from mdm.sources.schema import LocationSchema, ModifiedAtSchema, SourceSchema
from tests import departments


def faults(directory: Path, entry: str) -> str:
    with pytest.raises(FileInvalid) as raised:
        departments.sources(directory, entry)
    return str(raised.value)


def test_every_way_to_fill_an_attribute_is_understood(tmp_path):
    config = departments.source(
        tmp_path,
        '{csv: data/a.csv, delimiter: ";", encoding: latin1}',
        attributes="""
      name: {column: NAME, split: "(?P<family_name>[^,]+), *(?P<given_name>.+)", strict: true}
      street_address: {join: [no, street], with: ", "}
      date_of_birth: {column: born, format: "%d/%m/%Y"}
      email: [mail, mail2]
      country: {constant: GB}""",
        more="modified_at: {column: changed, format: '%Y'}\nkey: [branch, no]",
    )
    assert config.location == CsvFile(tmp_path / "data/a.csv", ";", "iso8859-1")
    assert config.key == ("branch", "no")
    assert config.modified_at == ModifiedAt("changed", "%Y")
    assert config.attributes == {
        "name": Split("NAME", "(?P<family_name>[^,]+), *(?P<given_name>.+)", strict=True),
        "street_address": Joined(("no", "street"), ", "),
        "date_of_birth": DateColumn("born", "%d/%m/%Y", strict=False),
        "email": Columns(("mail", "mail2")),
        "country": Constant("GB"),
    }


def test_all_faults_are_told_at_once_each_with_its_line(tmp_path):
    path = tmp_path / "sources.yaml"
    path.write_text(
        "sources:\n"
        "  shop:\n"
        "    kind: operational\n"
        "    trust: 7\n"
        "    from: {csv: a.csv, table: x}\n"
        "    key: id\n"
        "    attributes:\n"
        "      given_nme: first\n"
        "      family_name: [a, b]\n"
        "      country: {constant: GB, colour: red}\n"
        "  web shop:\n"
        "    kind: other\n"
    )
    with pytest.raises(FileInvalid) as raised:
        load_sources(path, departments.rules())
    lines = {problem.line for problem in raised.value.problems}
    assert lines >= {4, 5, 8, 9, 10, 11, 12}
    text = str(raised.value)
    assert "did you mean 'given_name'?" in text
    assert "must be a number from 0 to 1" in text
    assert "must be one of: operational, marketing, external" in text


@pytest.mark.parametrize(
    ("place", "said"),
    [
        ("{delimiter: x}", "exactly one of csv, json_lines, parquet, url"),
        ("{csv: a, parquet: b}", "exactly one of"),
        ('{url: "sqlite:///a"}', "either table or query"),
        ('{url: "sqlite:///a", table: t, query: "select 1"}', "either table or query"),
        ('{url: "sqlite:///a", query: "delete from t"}', "single SELECT"),
        ("{parquet: a, encoding: utf-8}", "go with csv only"),
        ("{csv: a, encoding: martian}", "no text encoding"),
        ("{csv: a, encoding: base64}", "no text encoding"),
        ("{csv: a, delimiter: '::'}", "one character"),
        ("a.csv", "must be keys with values"),
    ],
)
def test_a_place_that_cannot_be_is_refused(tmp_path, place, said):
    assert said in faults(tmp_path, departments.source_entry("shop", place))


@pytest.mark.parametrize(
    ("attributes", "said"),
    [
        ('{name: {column: n, split: "("}}', "no regular expression"),
        ('{name: {column: n, split: "(.*)"}}', "needs a group for each attribute"),
        ('{name: {column: n, split: "(?P<nobody>.*)"}}', "no such attribute"),
        ('{n: {column: n, split: "(?P<given_name>.*)"}, given_name: g}', "is filled by n already"),
        ('{given_name: {column: g, format: "%d/%m/%Y"}}', "are for dates"),
        ('{date_of_birth: {column: b, format: "%Y"}}', "day, month and year"),
        ("{given_name: [a, b]}", "has one value"),
        ("{given_name: {}}", "is missing"),
        ("{given_name: {constant: ''}}", "must not be empty"),
        ("{given_name: {join: []}}", "given_name"),
        ("{given_name: []}", "name of a column"),
        ("{given_name: }", "a list of columns"),
        ("{}", "attributes"),
    ],
)
def test_a_mapping_that_cannot_be_is_refused(tmp_path, attributes, said):
    entry = departments.source_entry("shop", "{csv: a.csv}", attributes=attributes)
    assert said in faults(tmp_path, entry)


def test_a_password_is_not_read_before_the_source_is_opened(tmp_path, monkeypatch):
    monkeypatch.setenv("SHOP_PASSWORD", "secret")
    place = '{url: "postgresql://shop:${SHOP_PASSWORD}@db/shop", table: customer}'
    config = departments.source(tmp_path, place)
    assert isinstance(config.location, Database)
    assert "secret" not in repr(config)


def test_sources_are_picked_by_name_in_the_order_of_the_file(tmp_path):
    entries = [departments.source_entry(name, "{csv: a.csv}") for name in ("b", "a", "c")]
    config = departments.sources(tmp_path, *entries)
    assert [picked.source.name for picked in config.named(["c", "b"])] == ["b", "c"]
    with pytest.raises(NotFound, match="no source 'd'"):
        config.named(["a", "d"])


def test_the_shipped_example_is_valid():
    example = Path(mdm.sources.__file__).with_name("sources.example.yaml")
    assert len(load_sources(example, load_rules()).sources) == 5


def test_every_key_of_a_sources_file_is_documented():
    documented = (Path(__file__).parents[1] / "docs/sources.md").read_text(encoding="utf-8")
    schemas = (SourceSchema, LocationSchema, ModifiedAtSchema, ColumnSchema, SplitSchema)
    schemas += (JoinSchema, ConstantSchema)
    fields = (item for schema in schemas for item in schema().fields.items())
    keys = {field.data_key or name for name, field in fields}
    assert {key for key in keys if not re.search(rf"\b{key}\b", documented)} == set()
