"""Every rule that a rules file breaks is named with file, line, key, value and what is right."""

import pytest

from mdm.model.errors import FileInvalid
from mdm.model.rules.load import load_rules, rules_from_text

ATTRIBUTES = """\
attributes:
  given_name: given_name
  family_name: family_name
  born: date_of_birth
  email: email
  number: identifier
  postal_code: postal_code
"""


def problems_of(text):
    with pytest.raises(FileInvalid) as raised:
        rules_from_text(text, "x.yaml")
    return raised.value.problems


# What follows the attributes (7 lines), the key at fault, its line, the value that is shown, and
# what the message says.
BROKEN = [
    ("entity: Person", "entity", 8, "Person", "a name starts with a-z"),
    ("entitty: person", "entitty", 8, "person", "no such key here; did you mean 'entity'?"),
    ("  Phone: phone", "attributes.Phone", 8, "phone", "a name starts with a-z"),
    ("  record_id: text", "attributes.record_id", 8, "text", "the service uses this name"),
    ("  tf_x: text", "attributes.tf_x", 8, "text", "the service uses this name"),
    ("  x_l: text", "attributes.x_l", 8, "text", "the service uses this name"),
    ("  phone: fone", "attributes.phone", 8, "fone", "no such kind; did you mean 'phone'?"),
    ("  phone:", "attributes.phone", 8, None, "is empty"),
    ("  phone: {many: true}", "attributes.phone.kind", 8, None, "is missing"),
    ("  phone: {kind: phone, many: yes}", "attributes.phone.many", 8, "yes", "true or false"),
    ("  phone: {kind: phone, meny: 1}", "attributes.phone.meny", 8, "1", "did you mean 'many'?"),
    ("  phone: {kind: phone, once: true}", "attributes.phone.once", 8, True, "only an identifier"),
    (
        "  id: {kind: identifier, once: true, many: true}",
        "attributes.id.many",
        8,
        True,
        "cannot have many",
    ),
    ("  d: {kind: date, format: '%d/%m'}", "attributes.d.format", 8, "%d/%m", "%d/%m/%Y"),
    ("  d: {kind: date, format: '%Q'}", "attributes.d.format", 8, "%Q", "must be a strptime"),
    ("  d: {kind: text, format: '%x'}", "attributes.d.format", 8, "%x", "only dates have a format"),
    ("  p: {kind: phone, region: UK}", "attributes.p.region", 8, "UK", "ISO 3166: GB"),
    ("  p: {kind: text, region: GB}", "attributes.p.region", 8, "GB", "only phone and postal_code"),
    (
        "  p: {kind: phone, standardise: [fone]}",
        "attributes.p.standardise[0]",
        8,
        "fone",
        "did you mean 'phone'?",
    ),
    (
        "  p: {kind: phone, standardise: [latin, email]}",
        "attributes.p.standardise[1]",
        8,
        "email",
        "does not fit the kind phone",
    ),
    (
        "  p: {kind: phone, placeholders: ['']}",
        "attributes.p.placeholders[0]",
        8,
        "",
        "must not be empty",
    ),
    ('placeholders: ["a\\tb"]', "placeholders[0]", 8, "a\tb", "must be on one line"),
    ("placeholders: unknown", "placeholders", 8, "unknown", "must be a list"),
    ("placeholders:\n  - a\n  - [b]", "placeholders[1]", 10, None, "must be text"),
    ("placeholders:\n  - a\n  - true", "placeholders[1]", 10, True, "must be text"),
    ("placeholders: [a, b, a]", "placeholders[2]", 8, "a", "stands here twice: first at [0]"),
    ("blocking: []", "blocking", 8, None, "must not be empty"),
    ("blocking:\n  - []", "blocking[0]", 9, None, "must not be empty"),
    ("blocking:\n  - email", "blocking[0]", 9, "email", "must be a list"),
    ("blocking:\n  - [emial]", "blocking[0][0]", 9, "emial", "did you mean 'email'?"),
    ("blocking:\n  - on: [email, born.yeer]", "blocking[0].on[1]", 9, "born.yeer", "'year'?"),
    ("blocking:\n  - [email.sound]", "blocking[0][0]", 9, "email.sound", "not fit the kind email"),
    ("blocking:\n  - [email.]", "blocking[0][0]", 9, "email.", "no such feature"),
    ("blocking:\n  - {name: x}", "blocking[0].on", 9, None, "is missing"),
    (
        "blocking:\n  - [born]\n  - {name: born, on: [email]}",
        "blocking[1]",
        10,
        None,
        "blocking[0]",
    ),
    ("comparisons: {}", "comparisons", 8, None, "must not be empty"),
    ("comparisons:\n  Mail: {levels: []}", "comparisons.Mail.levels", 9, None, "must not be empty"),
    ("comparisons:\n  m:\n    level: []", "comparisons.m.level", 10, None, "'levels'?"),
    ("training: {blocks: [], deterministic: []}", "training.recall", 8, None, "is missing"),
    (
        "training: {blocks: [[bron]], deterministic: [], recall: 0.5}",
        "training.blocks[0][0]",
        8,
        "bron",
        "did you mean 'born'?",
    ),
    (
        "training: {blocks: [], deterministic: [], recall: 1}",
        "training.recall",
        8,
        "1",
        "more than 0 and less than 1",
    ),
    ("thresholds: {link: 0}", "thresholds.review", 8, None, "is missing"),
    ("thresholds: {link: 0, review: 1}", "thresholds.review", 8, "1", "not be more than link"),
    ("thresholds: {link: nan, review: 1}", "thresholds.link", 8, "nan", "must be a number"),
    ("thresholds: {link: 1e9, review: 1}", "thresholds.link", 8, "1e9", "must be bits"),
    ("survivorship: {default: []}", "survivorship.default", 8, None, "must not be empty"),
    ("survivorship: {default: [newest]}", "survivorship.default[0]", 8, "newest", "no such strat"),
    (
        "survivorship:\n  default: [trust]\n  attributes: {emial: [trust]}",
        "survivorship.attributes.emial",
        10,
        None,
        "did you mean 'email'?",
    ),
    (
        "survivorship:\n  default: [trust]\n  groups:\n    a: [born, mail]",
        "survivorship.groups.a[1]",
        11,
        "mail",
        "did you mean 'email'?",
    ),
    (
        "survivorship:\n  default: [trust]\n  groups: {a: [born], b: [email, born]}",
        "survivorship.groups.b[1]",
        10,
        "born",
        "is already in the group 'a'",
    ),
]


@pytest.mark.parametrize(("text", "key", "line", "value", "message"), BROKEN)
def test_a_broken_rule_is_named_with_file_line_key_value_and_what_is_right(
    text, key, line, value, message
):
    found = [problem for problem in problems_of(ATTRIBUTES + text) if problem.key == key]
    assert [(problem.file, problem.line, problem.value) for problem in found] == [
        ("x.yaml", line, value)
    ]
    assert message in found[0].message
    assert str(found[0]).startswith(f"x.yaml:{line}: {key}: ")


# A level of a comparison, the key at fault within it, the value shown, what the message says.
LEVELS = [
    ("{when: {}}", "when", None, "must be attributes with predicates"),
    ("{when: same}", "when", "same", "must be keys with values"),
    ("{when: {emial: same}}", "when.emial", "same", "did you mean 'email'?"),
    ("{when: {email: sane}}", "when.email", "sane", "did you mean 'same'?"),
    ("{when: {email: swapped}}", "when.email", "swapped", "does not fit the kind email"),
    ("{when: {email: }}", "when.email", None, "must be a predicate"),
    ("{when: {email: similar}}", "when.email", "similar", "needs one thing after it, a share"),
    ("{when: {email: similar 1.5}}", "when.email", "similar 1.5", "more than 0 and at most 1"),
    ("{when: {email: similar x}}", "when.email", "similar x", "must be a share"),
    ("{when: {email: same 1}}", "when.email", "same 1", "takes nothing after it"),
    ("{when: {email: typo 0}}", "when.email", "typo 0", "a whole number from 1"),
    ("{when: {email: typo 1.5}}", "when.email", "typo 1.5", "a whole number from 1"),
    ("{when: {given_name: crossed}}", "when.given_name", "crossed", "the name of another"),
    ("{when: {given_name: crossed famly}}", "when.given_name", "crossed famly", "'family_name'?"),
    ("{when: {given_name: crossed born}}", "when.given_name", "crossed born", "only names"),
    (
        "{when: {given_name: crossed given_name}}",
        "when.given_name",
        "crossed given_name",
        "the attribute itself",
    ),
    ("{when: {email: same}, term_frequency: born}", "term_frequency", "born", "looks at: email"),
    ("{when: {email: same}, term_frequency: x}", "term_frequency", "x", "no such attribute"),
    ("{when: {email: same}, m: 1.2}", "m", "1.2", "must be a probability"),
    ("{when: {email: same}, u: 0}", "u", "0", "must be a probability"),
    ("{when: {email: same}, u: low}", "u", "low", "must be a number"),
    ("{when: {email: same}, w: 1}", "w", "1", "no such key here"),
]


@pytest.mark.parametrize(("level", "key", "value", "message"), LEVELS)
def test_a_broken_level_is_named_with_its_key_and_value(level, key, value, message):
    text = f"{ATTRIBUTES}comparisons:\n  c:\n    levels:\n      - {level}\n"
    found = {problem.key: problem for problem in problems_of(text)}
    problem = found[f"comparisons.c.levels[0].{key}"]
    assert (problem.line, problem.value) == (11, value)
    assert any(message in each.message for each in problems_of(text))


def test_probabilities_of_a_comparison_that_exceed_one_are_refused():
    text = (
        f"{ATTRIBUTES}comparisons:\n  c:\n    levels:\n"
        "      - {when: {email: same}, m: 0.7}\n    else: {m: 0.6}\n"
    )
    (problem,) = problems_of(text)
    assert problem.key == "comparisons.c.levels"
    assert "the m of all levels and `else` add up to more than 1" in problem.message


def test_a_level_that_stands_twice_is_refused():
    text = (
        f"{ATTRIBUTES}comparisons:\n  c:\n    levels:\n"
        "      - {when: {email: same}}\n      - {when: {email: same}}\n"
    )
    (problem,) = problems_of(text)
    assert (problem.key, problem.line) == ("comparisons.c.levels[1]", 12)


def test_a_file_without_attributes_says_that_they_are_missing():
    (problem,) = problems_of("entity: person\n")
    assert (problem.key, problem.message) == ("attributes", "is missing: it must be given")


def test_attributes_that_cannot_be_read_do_not_hide_or_invent_other_faults():
    problems = problems_of("attributes: {a: txt, b: text}\nblocking: [[a.year], [c]]\nx: 1\n")
    assert [problem.key for problem in problems] == ["attributes.a", "blocking[1][0]", "x"]
    problems = problems_of("attributes: text\nblocking: [[a.year]]\n")
    assert [problem.key for problem in problems] == ["attributes"]


def test_kinds_from_which_nothing_to_match_on_follows_are_refused():
    (problem,) = problems_of("entity: person\nattributes:\n  sex: gender\n")
    assert (problem.key, problem.line) == ("blocking", 2)
    assert "write this section, or add attributes" in problem.message


def test_all_faults_of_a_file_are_told_at_once_in_the_order_of_its_lines():
    text = """\
entity: person
attributes:
  given_name: given_name
  born: {kind: date_of_birth, format: "%d"}
  email: {kind: emial, many: on}
  email: email
blocking:
  - on: [given_name.sond, given_name.sond]
  - [born.sound, mail]
comparisons:
  born:
    levels:
      - {when: {born: typos 1}, m: 3}
      - {when: {born: same, x: same}}
treshholds: {link: 0}
thresholds: {link: 0, review: 4, maybe: 2}
"""
    assert [(problem.line, problem.key) for problem in problems_of(text)] == [
        (4, "attributes.born.format"),
        (5, "attributes.email.kind"),
        (5, "attributes.email.many"),
        (6, "attributes.email"),
        (8, "blocking[0].on[1]"),
        (8, "blocking[0].on[0]"),
        (9, "blocking[1][0]"),
        (9, "blocking[1][1]"),
        (13, "comparisons.born.levels[0].when.born"),
        (13, "comparisons.born.levels[0].m"),
        (14, "comparisons.born.levels[1].when.x"),
        (15, "treshholds"),
        (16, "thresholds.maybe"),
        (16, "thresholds.review"),
    ]


def test_the_error_text_is_one_line_a_problem_with_the_path_of_the_file(tmp_path):
    path = tmp_path / "mine.yaml"
    path.write_text("attributes: {email: mail}\n")
    with pytest.raises(FileInvalid) as raised:
        load_rules(path)
    assert str(raised.value).startswith(
        f"{path}:1: attributes.email: no such kind; did you mean 'email'? (known: given_name, "
    )
    assert str(raised.value).endswith("(it says 'mail')")
