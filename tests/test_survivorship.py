"""Which value survives, from which record, by which rule, and what it beat."""

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mdm.identity.contest import Member
from mdm.identity.survivorship import Golden, Plan, plan, survive
from mdm.model.rules.rules import Attribute, Kind, Rules, Survivorship, Training

ATTRIBUTES = (
    Attribute("name", Kind.FULL_NAME),
    Attribute("street", Kind.STREET_ADDRESS),
    Attribute("email", Kind.EMAIL, many=True),
    Attribute("town", Kind.PLACE),
)
ADDRESS = {"address": ("street", "town")}
ALL = ("trust", "recent", "frequent", "longest")


def standardise(_name: str, values) -> list[str | None]:
    """Lower case; what begins with a question mark is a placeholder."""
    return [None if value.startswith("?") else value.lower() for value in values]


def planned(*default: str, groups=ADDRESS, **attributes: tuple[str, ...]) -> Plan:
    survivorship = Survivorship(default or ALL, attributes, groups)
    training = Training((), (), 0.7)
    rules = Rules("person", ATTRIBUTES, (), (), (), training, 0.0, 0.0, survivorship, "hash")
    return plan(rules, standardise)


def record(ref: str, trust: float = 0.5, modified_at: str | None = None, **attributes) -> Member:
    """A record 'source:key' with attributes, standardised as the service does it."""
    source, key = ref.split(":")
    standardised = {}
    for name, value in attributes.items():
        forms = standardise(name, [value] if isinstance(value, str) else value)
        usable = [form for form in dict.fromkeys(forms) if form is not None]
        if usable:
            standardised[name] = usable[0] if isinstance(value, str) else tuple(usable)
    return Member(source, key, trust, modified_at, attributes, standardised)


def decided(golden: Golden, name: str) -> tuple[str, str, str]:
    """The value, the record it came from, and the rule."""
    entry = golden.provenance[name]
    return golden.attributes[name], f"{entry['source']}:{entry['key']}", entry["rule"]


OLD = record("core:1", 0.9, "2019-01-01", name="Jon Smith")
NEW = record("web:1", 0.2, "2024-01-01", name="John Smith")
AGAIN = record("web:2", 0.2, "2018-01-01", name="JOHN SMITH")
BARE = record("web:0", 0.2, name="Johnathan Smith")


@pytest.mark.parametrize(
    ("strategy", "value", "ref"),
    [
        ("trust", "Jon Smith", "core:1"),
        ("recent", "John Smith", "web:1"),
        ("frequent", "John Smith", "web:1"),
        ("longest", "Johnathan Smith", "web:0"),
    ],
)
def test_each_strategy_decides_when_it_comes_first(strategy, value, ref):
    golden = survive(planned(strategy, "recent"), [OLD, NEW, AGAIN, BARE])
    assert decided(golden, "name") == (value, ref, strategy)


def test_the_next_strategy_decides_what_the_first_leaves_even():
    golden = survive(planned("trust", "frequent", "recent"), [BARE, NEW, AGAIN])
    assert decided(golden, "name") == ("John Smith", "web:1", "frequent")


def test_an_attributes_own_strategies_replace_the_default_ones():
    golden = survive(planned("trust", name=("recent",)), [OLD, NEW])
    assert decided(golden, "name") == ("John Smith", "web:1", "recent")


def test_the_last_tie_falls_to_trust_then_source_then_key():
    one, other = record("a:2", name="X"), record("a:10", name="Y")
    assert decided(survive(planned("longest"), [one, other]), "name") == ("Y", "a:10", "tie")
    trusted = record("b:1", 0.6, name="Z")
    assert decided(survive(planned("longest"), [one, other, trusted]), "name")[1] == "b:1"


def test_a_missing_modification_time_counts_as_oldest():
    golden = survive(planned("recent"), [BARE, AGAIN])
    assert decided(golden, "name") == ("JOHN SMITH", "web:2", "recent")


def test_agreement_takes_the_best_records_spelling_and_beats_nothing():
    golden = survive(planned(), [NEW, AGAIN])
    assert decided(golden, "name") == ("John Smith", "web:1", "all agree")
    assert golden.provenance["name"]["beat"] == []
    assert decided(survive(planned(), [NEW]), "name")[2] == "only value"


def test_provenance_lists_each_value_that_was_beaten_best_first():
    golden = survive(planned(), [BARE, AGAIN, NEW, OLD])
    assert golden.provenance["name"] == {
        "source": "core",
        "key": "1",
        "rule": "trust",
        "beat": [
            {"value": "John Smith", "source": "web", "key": "1"},
            {"value": "Johnathan Smith", "source": "web", "key": "0"},
        ],
    }


def test_a_placeholder_never_survives():
    better, worse = record("a:1", name="?", email=("?", "?x")), record("b:1", 0.1, name="Jon")
    assert decided(survive(planned(), [better, worse]), "name") == ("Jon", "b:1", "only value")
    assert survive(planned(), [better]) == Golden({}, {})


def test_an_address_is_taken_whole_from_one_record():
    old = record("a:1", 0.9, "2019", street="Elm 1", town="Ayr")
    new = record("b:1", 0.1, "2024", street="Oak 2")
    golden = survive(planned(street=("recent",)), [old, new])
    assert golden.attributes == {"street": "Oak 2"}
    assert golden.provenance["street"] == {
        "source": "b",
        "key": "1",
        "rule": "recent",
        "beat": [{"value": "Elm 1", "source": "a", "key": "1"}],
    }


def test_a_part_of_an_address_speaks_for_the_whole_one():
    moved = record("a:1", 0.9, "2019", street="Elm 1", town="Ayr")
    full = record("b:1", 0.1, "2018", street="Oak 2", town="Ely")
    part = record("c:1", 0.1, "2024", street="OAK 2")
    golden = survive(planned(street=("recent",)), [moved, full, part])
    assert decided(golden, "street") == ("Oak 2", "b:1", "recent")
    assert decided(golden, "town") == ("Ely", "b:1", "recent")
    assert golden.provenance["town"]["beat"] == [{"value": "Ayr", "source": "a", "key": "1"}]


def test_a_town_alone_is_worse_than_any_street():
    town = record("a:1", 0.9, "2024", town="Ayr")
    street = record("b:1", 0.1, "2018", street="Oak 2", town="Ely")
    golden = survive(planned(), [town, street])
    assert decided(golden, "town") == ("Ely", "b:1", "leading attribute")
    assert decided(survive(planned(), [town]), "town") == ("Ayr", "a:1", "only value")


def test_every_distinct_value_of_an_attribute_with_many_survives_best_first():
    one = record("a:1", 0.2, email=("Home@x", "?", "job@x", "HOME@X"))
    two = record("b:1", 0.9, email=("JOB@x", "new@x"))
    golden = survive(planned(), [one, two])
    assert golden.attributes["email"] == ["JOB@x", "new@x", "Home@x"]
    assert golden.provenance["email"] == [
        {"source": source, "key": "1", "rule": "every value", "beat": []} for source in "bba"
    ]
    frequent = survive(planned("frequent", "longest"), [one, two])
    assert frequent.attributes["email"] == ["JOB@x", "Home@x", "new@x"]


values = st.sampled_from(["A", "a", "B", "bb", "?", "C"])
attributes = st.fixed_dictionaries(
    {},
    optional={
        "name": values,
        "street": values,
        "town": values,
        "email": st.lists(values, min_size=1, max_size=3, unique=True).map(tuple),
    },
)
clusters = st.dictionaries(
    st.sampled_from(["a:1", "a:2", "b:1", "b:2", "c:1"]),
    st.tuples(st.sampled_from([0.2, 0.9]), st.sampled_from([None, "2019", "2024"]), attributes),
    min_size=1,
).map(lambda rows: [record(r, trust, at, **given) for r, (trust, at, given) in rows.items()])
orders = st.lists(st.sampled_from(ALL), min_size=1, unique=True).map(tuple)
alone = st.builds(lambda default, own: planned(*default, groups={}, street=own), orders, orders)
grouped = st.builds(lambda default, own: planned(*default, street=own), orders, orders)
plans = alone | grouped


@given(plans, clusters, st.randoms())
def test_the_order_of_the_members_does_not_show_in_a_single_byte(plan, members, random):
    shuffled = random.sample(members, len(members))
    one, other = survive(plan, members), survive(plan, shuffled)
    assert orjson.dumps([one.attributes, one.provenance]) == orjson.dumps(
        [other.attributes, other.provenance]
    )


@given(plans, clusters)
def test_every_golden_value_is_the_usable_original_of_the_record_that_is_named(plan, members):
    golden = survive(plan, members)
    by_ref = {(member.source, member.key): member for member in members}
    assert golden.attributes.keys() == golden.provenance.keys()
    for name, value in golden.attributes.items():
        many = isinstance(value, list)
        entries = golden.provenance[name] if many else [golden.provenance[name]]
        for each, entry in zip(value if many else [value], entries, strict=True):
            written = by_ref[entry["source"], entry["key"]].attributes[name]
            assert each in (written if many else [written])
            assert standardise(name, [each]) != [None]


@given(alone, clusters)
def test_the_golden_value_and_those_it_beat_are_all_the_usable_values(plan, members):
    golden = survive(plan, members)
    for name in ("name", "street", "town"):
        usable = {m.standardised[name] for m in members if name in m.standardised}
        assert (name in golden.attributes) == bool(usable)
        if usable:
            beat = [entry["value"] for entry in golden.provenance[name]["beat"]]
            told = standardise(name, [golden.attributes[name], *beat])
            assert sorted(told) == sorted(usable)


@given(grouped, clusters)
def test_a_group_comes_from_one_record_and_lacks_nothing_that_this_record_has(plan, members):
    golden = survive(plan, members)
    entries = [golden.provenance[name] for name in ("street", "town") if name in golden.provenance]
    assert len({(entry["source"], entry["key"], entry["rule"]) for entry in entries}) <= 1
    for entry in entries[:1]:
        [member] = [m for m in members if (m.source, m.key) == (entry["source"], entry["key"])]
        for name in ("street", "town"):
            assert (name in golden.attributes) == (name in member.standardised)
