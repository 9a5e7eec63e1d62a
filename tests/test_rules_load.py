"""A rules file, however short, loads as complete rules, and every whole file loads as itself."""

import string
from dataclasses import replace
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from mdm.model.rules import vocabulary
from mdm.model.rules.dump import dump_rules
from mdm.model.rules.expand import expand
from mdm.model.rules.fields import KEPT_ENDS, KEPT_NAMES, KEPT_STARTS, KEPT_WITHIN
from mdm.model.rules.kinds import defaults_for
from mdm.model.rules.load import load_rules, named, rules_from_text
from mdm.model.rules.rules import (
    Attribute,
    Beside,
    BlockingRule,
    Comparison,
    Kind,
    Level,
    Rules,
    Survivorship,
    Training,
)
from mdm.model.rules.sql_words import SQL_WORDS

SHORT = """\
attributes:
  given_name: given_name
  family_name: family_name
  born: {kind: date_of_birth, format: "%d/%m/%Y"}
  email: {kind: email, standardise: []}
  phone: {kind: phone, many: false, region: GB}
  number: {kind: identifier, once: true, placeholders: [0000000000, 1900-01-01, no, "true"]}
"""


def test_a_short_file_is_filled_in_from_its_kinds():
    rules = rules_from_text(SHORT, "x")
    defaults = defaults_for("person", rules.attributes)
    assert rules.entity == "person"
    assert [rule.on for rule in rules.blocking] == [tuple(b["on"]) for b in defaults["blocking"]]
    assert [comparison.name for comparison in rules.comparisons] == list(defaults["comparisons"])
    assert rules.placeholders == tuple(defaults["placeholders"])
    assert rules.attribute("given_name").standardise == ("name",)
    assert (rules.link_bits, rules.review_bits) == tuple(defaults["thresholds"].values())


def test_what_is_written_wins_over_the_kinds_section_by_section_and_step_by_step():
    text = SHORT + "blocking:\n  - [email]\nthresholds: {link: 2, review: -1}\nplaceholders: []\n"
    rules = rules_from_text(text, "x")
    assert rules.blocking == (BlockingRule("email", ("email",)),)
    assert (rules.link_bits, rules.review_bits) == (2.0, -1.0)
    assert rules.placeholders == ()
    assert rules.attribute("email").standardise == ()
    assert rules.comparisons == rules_from_text(SHORT, "x").comparisons


def test_e_mail_and_phone_may_have_many_values_unless_the_file_says_otherwise():
    rules = rules_from_text(SHORT, "x")
    assert [a.name for a in rules.attributes if a.many] == ["email"]


def test_placeholders_stay_the_text_that_stands_in_the_file():
    number = rules_from_text(SHORT, "x").attribute("number")
    assert number.placeholders == ("0000000000", "1900-01-01", "no", "true")


def test_a_blocking_rule_in_short_is_named_after_its_terms_and_on_is_a_key():
    text = SHORT + "blocking:\n  - [family_name.sound, born.year]\n  - {on: [email], name: mail}\n"
    assert rules_from_text(text, "x").blocking == (
        BlockingRule("family_name.sound + born.year", ("family_name.sound", "born.year")),
        BlockingRule("mail", ("email",)),
    )


def test_a_predicate_has_one_form_however_it_is_written():
    text = SHORT + "comparisons:\n  c:\n    levels:\n      - when: {email: 'similar   .90'}\n"
    (comparison,) = rules_from_text(text, "x").comparisons
    assert comparison.levels == (Level({"email": "similar 0.9"}),)


def test_the_hash_names_the_content_and_not_its_layout():
    laid_out = "# hello\n\n" + SHORT.replace(
        "email: {kind: email, standardise: []}",
        "email:\n    standardise: [ ]  # none\n    kind: 'email'",
    )
    rules = rules_from_text(SHORT, "x")
    assert rules_from_text(laid_out, "y") == rules
    assert rules_from_text(SHORT + "entity: customer\n", "x").rules_hash != rules.rules_hash
    assert len(rules.rules_hash) == 64


def test_expand_prints_the_whole_file_which_loads_as_the_same_rules(tmp_path):
    path = tmp_path / "short.yaml"
    path.write_text(SHORT)
    whole = expand(path)
    assert rules_from_text(whole, "whole") == load_rules(path)
    assert "\n      - {when: {given_name: same}, term_frequency: given_name, m: " in whole
    assert "\n  - {name: " not in whole
    path.write_text(whole)
    assert expand(path) == whole


def test_the_rules_of_the_environment_come_before_the_shipped_ones(tmp_path, monkeypatch):
    path = tmp_path / "mine.yaml"
    path.write_text("entity: customer\n" + SHORT)
    monkeypatch.setenv("MDM_RULES", str(path))
    assert load_rules().entity == "customer"


def test_the_shipped_rules_load_wherever_the_work_directory_is(tmp_path, monkeypatch):
    monkeypatch.delenv("MDM_RULES", raising=False)
    monkeypatch.chdir(tmp_path)
    assert load_rules() == load_rules(
        Path(__file__).parent.parent / "matching_rules" / "person.yaml"
    )


def _is_free(name):
    starts_or_ends = name.startswith(KEPT_STARTS) or name.endswith(KEPT_ENDS)
    return not (name in KEPT_NAMES | SQL_WORDS or starts_or_ends or KEPT_WITHIN in name)


NAMES = st.from_regex(r"[a-z][a-z0-9_]{0,8}", fullmatch=True).filter(_is_free)
TEXTS = st.text(
    st.characters(exclude_categories=("Cs", "Cc", "Zl", "Zp")), min_size=1, max_size=12
).filter(str.strip) | st.sampled_from(["true", "no", "null", "0000", "1900-01-01", "- a", "a: b"])
PROBABILITIES = st.floats(0.001, 0.06)
ONCE = st.just(Kind.IDENTIFIER)


@st.composite
def attributes(draw, name):
    kind = draw(st.sampled_from(Kind))
    many = draw(st.booleans())
    steps = [step for step, word in vocabulary.STEPS.items() if kind in word.kinds]
    return Attribute(
        name=name,
        kind=kind,
        many=many,
        once=kind is Kind.IDENTIFIER and not many and draw(st.booleans()),
        date_format=draw(st.sampled_from([None, "%d.%m.%y", "%Y%m%d"]))
        if kind in vocabulary.DATES
        else None,
        region=draw(st.sampled_from([None, "GB"])) if kind is Kind.PHONE else None,
        standardise=tuple(draw(st.lists(st.sampled_from(steps), unique=True))),
        placeholders=tuple(draw(st.lists(TEXTS, unique=True, max_size=3))),
    )


def terms(known):
    fitting = [
        f"{attribute.name}.{feature}"
        for attribute in known
        for feature, word in vocabulary.FEATURES.items()
        if attribute.kind in word.kinds
    ]
    choice = st.sampled_from([attribute.name for attribute in known] + fitting)
    return st.lists(choice, min_size=1, max_size=3, unique=True).map(tuple)


@st.composite
def predicates(draw, attribute, known):
    others = [a.name for a in known if a.kind in vocabulary.NAMES and a.name != attribute.name]
    fitting = [
        word
        for word, entry in vocabulary.PREDICATES.items()
        if attribute.kind in entry.kinds and (others or entry.argument != "attribute")
    ]
    word = draw(st.sampled_from(fitting))
    arguments = {
        "share": st.floats(0.001, 1).map(repr),
        "count": st.integers(1, 100_000).map(str),
        "attribute": st.sampled_from(others or [""]),
        None: st.just(""),
    }
    return f"{word} {draw(arguments[vocabulary.PREDICATES[word].argument])}".rstrip()


@st.composite
def levels(draw, known):
    seen = draw(st.lists(st.sampled_from(known), min_size=1, max_size=3, unique=True))
    return Level(
        when={attribute.name: draw(predicates(attribute, known)) for attribute in seen},
        term_frequency=draw(st.sampled_from([None, *(a.name for a in seen if not a.many)])),
        m=draw(st.none() | PROBABILITIES),
        u=draw(st.none() | PROBABILITIES),
    )


def with_rarity_to_count(levels, counted):
    """Add the level that each `term_frequency` is counted from, where it is not there yet.

    Those that are `counted` in another comparison are left out.
    """
    kept = [
        replace(level, term_frequency=None) if level.term_frequency in counted else level
        for level in levels
    ]
    whens = [level.when for level in kept]
    wanted = sorted({level.term_frequency for level in kept if level.term_frequency})
    counted |= set(wanted)
    added = (Level({name: "same"}) for name in wanted if {name: "same"} not in whens)
    return (*kept, *added)


@st.composite
def comparisons(draw, name, known, counted):
    found = Comparison(
        name,
        with_rarity_to_count(
            draw(st.lists(levels(known), min_size=1, max_size=4, unique_by=repr)), counted
        ),
        draw(st.none() | PROBABILITIES),
        draw(st.none() | PROBABILITIES),
    )
    others = [attribute for attribute in known if attribute.name not in found.attributes]
    if not others or draw(st.booleans()):
        return found
    shared = draw(
        st.lists(levels(others), min_size=1, max_size=3, unique_by=lambda one: repr(one.when))
    )
    return replace(
        found,
        levels=tuple(
            replace(level, beside_u=draw(st.none() | PROBABILITIES)) for level in found.levels
        ),
        else_beside_u=draw(st.none() | PROBABILITIES),
        beside=Beside(draw(TEXTS), tuple(level.when for level in shared)),
    )


@st.composite
def whole_rules(draw):
    names = draw(st.lists(NAMES, min_size=1, max_size=4, unique=True))
    known = tuple(draw(attributes(name)) for name in names)
    strategies = st.lists(
        st.sampled_from(sorted(vocabulary.STRATEGIES)), min_size=1, unique=True
    ).map(tuple)
    blocking = draw(st.lists(terms(known), min_size=1, max_size=3, unique=True))
    counted: set[str] = set()
    bits = sorted(draw(st.tuples(st.floats(-50, 50), st.floats(-50, 50))))
    return named(
        Rules(
            entity=draw(NAMES),
            attributes=known,
            placeholders=tuple(draw(st.lists(TEXTS, unique=True, max_size=8))),
            blocking=tuple(
                BlockingRule(draw(st.just(" + ".join(on)) | TEXTS.map(f"{at} {{}}".format)), on)
                for at, on in enumerate(blocking)
            ),
            comparisons=tuple(
                draw(comparisons(name, known, counted))
                for name in draw(st.lists(NAMES, min_size=1, max_size=3, unique=True))
            ),
            training=Training(
                tuple(draw(st.lists(terms(known), max_size=2, unique=True))),
                tuple(draw(st.lists(terms(known), max_size=2, unique=True))),
                draw(st.floats(0.01, 0.99)),
            ),
            link_bits=bits[1],
            review_bits=bits[0],
            survivorship=Survivorship(
                draw(strategies),
                {name: draw(strategies) for name in draw(st.sets(st.sampled_from(names)))},
                draw(st.just({}) | NAMES.map(lambda group: {group: tuple(names)})),
            ),
            rules_hash="",
        )
    )


@settings(max_examples=60, deadline=None)
@given(whole_rules())
def test_whole_rules_load_as_they_were_dumped(rules):
    text = dump_rules(rules)
    assert rules_from_text(text, "x") == rules
    assert dump_rules(rules_from_text(text, "x")) == text


@settings(max_examples=40, deadline=None)
@given(st.lists(st.sampled_from(Kind), max_size=9), st.booleans())
def test_any_kinds_with_a_name_and_an_e_mail_give_rules_that_the_schema_accepts(kinds, once):
    lines = [
        f"  a{at}: {{kind: {kind}{', once: true' if once and kind is Kind.IDENTIFIER else ''}}}\n"
        for at, kind in enumerate([Kind.EMAIL, Kind.FULL_NAME, *kinds])
    ]
    rules = rules_from_text("attributes:\n" + "".join(lines), "x")
    assert rules_from_text(dump_rules(rules), "x") == rules


def test_the_same_content_under_another_hash_is_given_its_own():
    rules = rules_from_text(SHORT, "x")
    assert named(replace(rules, rules_hash="other")) == rules
    assert set(rules.rules_hash) <= set(string.hexdigits)
