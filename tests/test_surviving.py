"""Golden records of all clusters at once are those of one cluster at a time, to the byte."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import duckdb
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mdm.identity.contest import Member
from mdm.identity.pins import with_pins
from mdm.identity.survivorship import plan, survive
from mdm.matching.columns import load_records
from mdm.model.pins import Pin
from mdm.model.progress import SILENT
from mdm.model.records import RecordRef
from mdm.model.rules.load import rules_from_text
from mdm.model.rules.rules import Rules, Survivorship
from mdm.resolution.pinning import pin_all
from mdm.resolution.surviving import make_golden
from mdm.standardise import Standardiser
from mdm.store.codec import to_json

RULES = rules_from_text(
    """
attributes:
  name: full_name
  street: street_address
  town: place
  alias: {kind: text, many: true}
  email: email
""",
    "rules.yaml",
)
STANDARDISER = Standardiser(RULES)
STRATEGIES = ("trust", "recent", "frequent", "longest")

Clusters = Sequence[Sequence[Member]]

# Some are equal when standardised, some say nothing, some are hard to write as JSON.
texts = st.sampled_from(
    [
        "Elm 1",
        "ELM  1",
        "Oak 22",
        "Ayr",
        "unknown",
        'a "quote" \\u000B',
        "tab\tof\x0btwo",
        "é 日本 🙂",
    ]
)
emails = st.sampled_from(["a@x.org", "A@X.ORG", "b@x.org", "unknown@example.com", "n/a"])


def several(values: st.SearchStrategy[str]) -> st.SearchStrategy[tuple[str, ...]]:
    return st.lists(values, min_size=1, max_size=4).map(tuple)


attributes = st.fixed_dictionaries(
    {},
    optional={
        "name": texts,
        "street": texts,
        "town": texts,
        "alias": several(texts),
        "email": several(emails),
    },
)
orders = st.lists(st.sampled_from(STRATEGIES), min_size=1, unique=True).map(tuple)
groups = st.sampled_from(
    [{}, {"address": ("street", "town")}, {"all": ("town", "name", "alias")}, {"mail": ("email",)}]
)
rules_files = st.builds(
    lambda default, own, together: replace(
        RULES, survivorship=Survivorship(default, {"street": own, "town": own}, together)
    ),
    orders,
    orders,
    groups,
)
records = st.tuples(
    st.sampled_from(["core", 'we"b']),
    st.sampled_from([0.2, 0.9]),
    st.sampled_from([None, "2019-01-01T00:00:00.000000Z", "2024-01-01T00:00:00.000000Z"]),
    attributes,
)
clusters = st.lists(st.lists(records, min_size=1, max_size=6), min_size=1, max_size=4).map(
    lambda told: list(_members(told))
)


def _members(told: Sequence[Sequence[tuple]]) -> Iterator[list[Member]]:
    for number, records in enumerate(told):
        yield [
            Member(source, f"{number}-{place}", trust, at, given, STANDARDISER.attributes(given))
            for place, (source, trust, at, given) in enumerate(records)
        ]


def all_at_once(
    clusters: Clusters, rules: Rules, pins: Sequence[Pin] = ()
) -> list[tuple[int, str, str]]:
    rows = [(serial, member) for serial, cluster in enumerate(clusters) for member in cluster]
    raw = pa.table(
        {
            "record_id": range(len(rows)),
            "source": [member.source for _, member in rows],
            "key": [member.key for _, member in rows],
            "trust": [member.trust for _, member in rows],
            "modified_at": pa.array([member.modified_at for _, member in rows], pa.string()),
            "attributes": [to_json(member.attributes) for _, member in rows],
            "standardised": [to_json(member.standardised) for _, member in rows],
        }
    )
    home = pa.table({"record_id": range(len(rows)), "serial": [serial for serial, _ in rows]})
    with duckdb.connect() as connection:
        load_records(connection, raw, rules)
        connection.register("home", home)
        connection.register("own", home)
        make_golden(connection, rules, SILENT)
        pin_all(connection, rules, pins)
        return connection.execute("from new_golden order by serial").fetchall()


def one_by_one(
    clusters: Clusters, rules: Rules, pins: Sequence[Pin] = ()
) -> list[tuple[int, str, str]]:
    chosen = plan(rules, STANDARDISER.column)
    found = [
        with_pins(
            survive(chosen, cluster),
            [pin for pin in pins if pin.serial == serial],
            rules,
            STANDARDISER.column,
        )
        for serial, cluster in enumerate(clusters)
    ]
    return [
        (serial, to_json(golden.attributes), to_json(golden.provenance))
        for serial, golden in enumerate(found)
    ]


pinned = st.dictionaries(
    st.sampled_from(["name", "street", "town", "alias", "email", "colour"]),
    st.none() | texts | several(texts),
    min_size=1,
)
pins = st.lists(st.tuples(st.integers(0, 4), pinned), max_size=4).map(
    lambda told: [
        Pin(number, serial, values, RecordRef("core", "1") if number % 2 else None, "ann", "", "")
        for number, (serial, values) in enumerate(told, 1)
    ]
)


@settings(max_examples=100)
@given(clusters, rules_files, pins)
def test_all_clusters_at_once_give_what_one_at_a_time_gives(clusters, rules, pins):
    assert all_at_once(clusters, rules, pins) == one_by_one(clusters, rules, pins)


@pytest.mark.parametrize("code", [*range(1, 32), 0x7F, 0x85, 0x2028, 0xFEFF, 0x1F600])
def test_every_character_is_written_in_one_way(code):
    given = {"name": f"An{chr(code)}n \\u{code:04X}", "alias": (f"x{chr(code)}", "unknown")}
    member = Member("a", chr(code), 0.5, None, given, STANDARDISER.attributes(given))
    assert all_at_once([[member]], RULES) == one_by_one([[member]], RULES)


def test_of_equally_full_addresses_the_part_speaks_for_the_first():
    rules = replace(
        RULES, survivorship=Survivorship(("frequent",), {}, {"address": ("street", "town")})
    )
    told = [
        ("core", 0.9, None, {"street": "Elm 1", "town": "Ayr"}),
        ("core", 0.2, None, {"street": "Oak 22", "town": "Ayr"}),
        ("core", 0.2, None, {"town": "Ayr"}),
    ]
    [cluster] = _members([told])
    [(_, attributes, provenance)] = all_at_once([cluster], rules)
    assert '"street":"Elm 1"' in attributes
    assert '"rule":"frequent"' in provenance
    assert all_at_once([cluster], rules) == one_by_one([cluster], rules)
