"""matching_rules/README.md explains every key and word of a rules file, and its examples load."""

import re
from pathlib import Path

import pytest
from marshmallow import Schema, fields

from mdm.model.errors import FileInvalid
from mdm.model.rules.load import rules_from_text
from mdm.model.rules.rules import Kind
from mdm.model.rules.schema import RulesSchema
from mdm.model.rules.vocabulary import FEATURES, PREDICATES, STEPS, STRATEGIES
from mdm.model.yaml_file import LARGEST_FILE

README = (Path(__file__).parent.parent / "matching_rules" / "README.md").read_text("utf-8")
EXAMPLES = re.findall(r"```yaml\n(.*?)```", README, re.DOTALL)


def section(title):
    """The text from a heading to the next one of any depth."""
    return re.search(rf"^#+ {title}\n(.*?)(?=^#+ |\Z)", README, re.DOTALL | re.MULTILINE)[1]


def words_in_table(text):
    """The first word of the first column of each row, from `code`, with the row."""
    return dict(re.findall(r"^\| `(\w+)[^`]*` \| (.*) \|$", text, re.MULTILINE))


def keys_of(schema):
    keys = {}
    for name, field in schema.fields.items():
        keys[field.data_key or name] = None
        while isinstance(field, fields.List | fields.Dict):
            field = field.inner if isinstance(field, fields.List) else field.value_field
        if isinstance(field, fields.Nested):
            keys |= keys_of(field.schema)
    return keys


SECTIONS = {
    "Keys at the top": RulesSchema,
    "Attributes": RulesSchema().fields["attributes"].value_field.schema,
    "Blocking": RulesSchema().fields["blocking"].inner.schema,
    "Comparisons": RulesSchema().fields["comparisons"].value_field.schema,
    "Training": RulesSchema().fields["training"].schema,
    "Thresholds": RulesSchema().fields["thresholds"].schema,
    "Survivorship": RulesSchema().fields["survivorship"].schema,
}


@pytest.mark.parametrize("title", SECTIONS)
def test_every_key_is_explained_in_the_table_of_its_section(title):
    schema = SECTIONS[title]
    wanted = keys_of(schema) if isinstance(schema, Schema) else RulesSchema().fields
    assert set(words_in_table(section(title))) == set(wanted)


def test_the_sections_together_cover_every_key_there_is():
    explained = set().union(*(words_in_table(section(title)) for title in SECTIONS))
    assert explained == set(keys_of(RulesSchema()))


@pytest.mark.parametrize(
    ("title", "words"),
    [("Standardising steps", STEPS), ("Features", FEATURES), ("Predicates", PREDICATES)],
)
def test_every_word_is_explained_in_the_words_of_the_vocabulary(title, words):
    table = words_in_table(section(title))
    assert list(table) == list(words)
    for word, entry in words.items():
        assert entry.meaning in table[word]
        assert bool(re.search(rf"^\| `{word} ", section(title), re.MULTILINE)) == bool(
            entry.argument
        )


def test_every_kind_and_strategy_is_explained():
    assert list(words_in_table(section("Kinds"))) == list(Kind)
    assert words_in_table(section("Strategies")) == STRATEGIES


@pytest.mark.parametrize("example", EXAMPLES)
def test_every_example_is_a_rules_file_that_loads(example):
    rules = rules_from_text(example, "README.md")
    assert rules.rules_hash


def test_the_errors_that_are_shown_are_those_that_a_file_gets():
    shown = re.search(r"```text\n(.*?)```", section("When a file is refused"), re.DOTALL)[1]
    file = """\
entity: person
attributes:
  name: full_name
  email: {kind: emial}
  work_email: email


blocking:
  - [name]
  - [work_email.sound]
thresholds: {link: 0, review: 4}
"""
    with pytest.raises(FileInvalid) as raised:
        rules_from_text(file, "mine.yaml")
    told = [re.sub(r"\(known.*?\)", "", problem.message) for problem in raised.value.problems]
    for message in told:
        assert message.strip() in re.sub(r"\(known.*?\)", "", shown)


def test_the_limit_that_is_named_is_the_limit():
    assert f"{LARGEST_FILE:,} bytes" in section("What YAML does not do here")
