"""What pages are made of, by itself: differences, suggestions, the waterfall, times and weights."""

import math
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from itertools import combinations

import networkx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.steward import words
from api.steward.differences import agreement, pieces
from api.steward.evidence import LEFT, RIGHT, waterfall
from api.steward.showing import Side, rows
from api.steward.suggesting import parts
from mdm.model.explanation import Part
from mdm.model.inside import Link
from mdm.model.records import RecordRef
from mdm.model.rules.load import load_rules
from mdm.model.views import Evidence
from mdm.standardise import Standardiser

NOW = datetime(2026, 5, 15, 12, tzinfo=UTC)
RULES = load_rules()
REFS = [RecordRef("bank", str(number)) for number in range(6)]


def marked(value: str, other: str) -> str:
    return "".join(f"[{each.text}]" if each.differs else each.text for each in pieces(value, other))


@pytest.mark.parametrize(
    ("value", "other", "shown"),
    [
        ("Smith", "Smyth", "Sm[i]th"),
        ("Smyth", "Smith", "Sm[y]th"),
        ("SMITH", "smith", "SMITH"),
        ("Ann", "Anne", "Ann"),
        ("Anne", "Ann", "Ann[e]"),
        ("Ann", "Bob", "[Ann]"),
        ("Ann", "", "Ann"),
        ("Straße", "Strasse", "Straße"),
        ("İzmir", "izmir", "[İ]zmir"),
    ],
)
def test_a_difference_is_marked_down_to_the_character(value, other, shown):
    assert marked(value, other) == shown


@given(st.text(max_size=600), st.text(max_size=600))
def test_nothing_of_a_value_is_lost_by_marking_it(value, other):
    assert "".join(each.text for each in pieces(value, other)) == value


@pytest.mark.parametrize(
    ("values", "told"),
    [
        (["Ann", "ANN"], "same"),
        (["Ann", "Bob"], "differs"),
        (["Ann", ""], "only one"),
        (["", ""], "missing"),
        (["Ann", "", "ann"], "same"),
    ],
)
def test_values_agree_differ_or_are_missing(values, told):
    assert agreement(values) == told


def shown(*columns: Mapping[str, object]) -> Mapping[str, tuple[str, list[str]]]:
    """Lay records side by side; each row's agreement, and its values with their differences."""
    sides = [Side("", None, (), each, {}) for each in columns]
    return {
        row.title: (
            row.agreement,
            [
                "".join(f"[{each.text}]" if each.differs else each.text for each in value.pieces)
                for cell in row.cells
                for value in cell
            ],
        )
        for row in rows(sides, {}, RULES, Standardiser(RULES).column)
    }


def test_values_that_say_the_same_in_other_characters_agree():
    one = {"phone": ["+44 20 7946 0018"], "family_name": "Müller", "date_of_birth": "1980-02-21"}
    other = {"phone": ["020 7946 0018"], "family_name": "MUELLER", "date_of_birth": "1980-02-24"}
    assert shown(one, other) == {
        "family name": ("same", ["Müller", "MUELLER"]),
        "date of birth": ("differs", ["1980-02-2[1]", "1980-02-2[4]"]),
        "phone": ("same", ["+44 20 7946 0018", "020 7946 0018"]),
    }


def test_of_several_values_each_is_held_against_the_one_like_it():
    one = {"email": ["b@lee.example", "ann@lee.example"]}
    other = {"email": ["Ann@Lee.example"]}
    told = ["[b]@lee.example", "ann@lee.example", "Ann@Lee.example"]
    assert shown(one, other) == {"email": ("same", told)}


def link(left: int, right: int, bits: float) -> Link:
    return Link(REFS[left], REFS[right], bits, pending=False, weak=bits < 0, bridge=False)


def test_a_golden_record_falls_apart_at_its_weakest_link():
    links = [link(0, 1, 9.0), link(1, 2, 8.0), link(2, 3, 1.0), link(3, 4, 7.0), link(0, 2, 3.0)]
    assert parts(REFS[:5], links) == dict(zip(REFS, [0, 0, 0, 1, 1], strict=False))


@given(st.lists(st.integers(-900, 900), min_size=15, max_size=15, unique=True))
def test_the_suggestion_is_the_cut_of_the_maximum_spanning_tree(weights):
    links = [
        link(left, right, bits)
        for (left, right), bits in zip(combinations(range(6), 2), weights, strict=True)
    ]
    graph = networkx.Graph()
    for each in links:
        graph.add_edge(each.left, each.right, weight=each.weight_bits)
    tree = networkx.maximum_spanning_tree(graph)
    tree.remove_edge(*min(tree.edges, key=lambda edge: tree.edges[edge]["weight"]))
    found = parts(REFS, links)
    assert {frozenset(group) for group in networkx.connected_components(tree)} == {
        frozenset(ref for ref in REFS if found[ref] == part) for part in (0, 1)
    }


def pair(*addends: float) -> Evidence:
    named = [Part("prior", "", addends[0]), *(Part(f"c{bits}", "", bits) for bits in addends[1:])]
    return Evidence(REFS[0], REFS[1], sum(addends), pending=False, parts=named)


def test_each_bar_of_the_waterfall_begins_where_the_one_before_it_ended():
    drawn = waterfall(pair(-13.0, 7.0, 15.0, -2.0), 0.0)
    prior, first, second, third, total = drawn.steps
    assert (prior.kind, first.kind, third.kind, total.kind) == ("against", "for", "against", "sum")
    assert prior.x == first.x == LEFT
    assert first.end == pytest.approx(second.x, abs=0.11)
    assert second.end == pytest.approx(third.end, abs=0.11) == pytest.approx(RIGHT, abs=0.11)
    assert total.x == drawn.zero == drawn.link
    assert total.end == pytest.approx(third.x, abs=0.11)
    assert total.bits == pytest.approx(7.0)


def test_a_pair_that_changed_since_it_was_scored_has_no_waterfall():
    assert waterfall(Evidence(REFS[0], REFS[1], 3.0, pending=True, parts=()), 0.0) is None


@pytest.mark.parametrize(
    ("passed", "told"),
    [
        (timedelta(seconds=3), "now"),
        (timedelta(seconds=40), "40 seconds ago"),
        (timedelta(seconds=61), "1 minute ago"),
        (timedelta(hours=5), "5 hours ago"),
        (timedelta(days=3), "3 days ago"),
        (timedelta(days=70), "2 months ago"),
        (timedelta(days=800), "2 years ago"),
        (-timedelta(days=3), "in 3 days"),
    ],
)
def test_times_are_told_in_words_with_the_exact_one_on_hover(passed, told):
    moment = (NOW - passed).isoformat()
    shown = words.ago(moment, now=NOW)
    assert shown.endswith(f">{told}</time>")
    assert f'datetime="{moment}"' in shown


@pytest.mark.parametrize(
    ("bits", "told"), [(11.34, "+11.3"), (-2.0, "\N{MINUS SIGN}2.0"), (-0.04, "0.0"), (0.0, "0.0")]
)
def test_weights_are_written_with_their_sign(bits, told):
    assert words.bits(bits) == told


@given(st.floats(-60, 60))
def test_a_probability_is_never_rounded_to_certainty(bits):
    told = words.percent(1 / (1 + math.pow(2, -bits)))
    assert told not in ("0.0 %", "100.0 %") or abs(bits) > 52
