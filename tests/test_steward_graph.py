"""The cluster as it is drawn: which records and links, and where."""

from itertools import combinations

import networkx
from hypothesis import given
from hypothesis import strategies as st

from api.steward.graph import MOST_LINES, MOST_RECORDS, graph, letters, spanning
from api.steward.ring import POINT, WIDTH, Wire, ring
from mdm.model.inside import Inside, Link, Member
from mdm.model.records import RecordRef
from mdm.model.views import GoldenRecord


def ref(number: int) -> RecordRef:
    return RecordRef("bank", f"{number:03}")


def link(left: int, right: int, bits: float, *, weak: bool = False) -> Link:
    return Link(ref(left), ref(right), bits, pending=False, weak=weak, bridge=False)


def inside(size: int, links: list[Link]) -> Inside:
    members = {
        ref(number): Member(ref(number), "operational", 0.5, 1, None, "", pending=False)
        for number in range(size)
    }
    record = GoldenRecord("g", 1, "", "", {}, {}, ())
    strongest_first = sorted(links, key=lambda each: -each.weight_bits)
    return Inside(record, members, strongest_first, len(links), 0, 0, (), 1, 0.0)


def complete(size: int) -> list[Link]:
    return [link(one, other, one + other / 100) for one, other in combinations(range(size), 2)]


def test_a_single_record_is_no_graph():
    assert graph(inside(1, [])) is None


def test_all_records_of_a_small_cluster_are_drawn_inside_the_picture():
    for size in range(2, MOST_RECORDS + 1):
        drawn = graph(inside(size, complete(size)))
        assert sorted(drawn.refs) == [ref(number) for number in range(size)]
        for x, y in drawn.ring.points:
            assert POINT <= x <= WIDTH - POINT
            assert POINT <= y <= drawn.ring.height - POINT


def test_the_longest_name_beside_a_point_is_not_cut_off():
    name = 7.4 * 13  # the page shortens names to so many letters
    for count in range(2, MOST_RECORDS + 1):
        for x, _, anchor in ring(count, []).names:
            begins = x - name * {"start": 0, "middle": 0.5, "end": 1}[anchor]
            assert begins >= 0
            assert begins + name <= WIDTH


def test_of_a_large_cluster_the_ends_of_its_weakest_links_are_drawn():
    chain = [link(number, number + 1, 50.0 - number) for number in range(40)]
    drawn = graph(inside(41, chain))
    assert sorted(drawn.refs) == [ref(number) for number in range(41 - MOST_RECORDS, 41)]
    assert (drawn.all_records, drawn.all_links) == (41, 40)
    assert len(drawn.lines) == MOST_RECORDS - 1


def test_the_links_that_hold_it_together_are_drawn_before_weak_and_strong_ones():
    weak = link(0, 11, -3.0, weak=True)
    links = [each for each in complete(12) if (each.left, each.right) != (ref(0), ref(11))]
    drawn = graph(inside(12, [*links, weak]))
    shown = [line.link for line in drawn.lines]
    assert len(shown) == MOST_LINES
    assert set(spanning(inside(12, links).links)) <= set(shown)
    assert weak in shown
    assert [line.label for line in drawn.lines if line.link == weak] == ["−3.0 weak"]


@given(st.dictionaries(st.sampled_from(list(combinations(range(8), 2))), st.integers(-9, 9)))
def test_the_spanning_forest_is_as_heavy_as_that_of_networkx(weights):
    links = sorted(
        (link(*ends, bits) for ends, bits in weights.items()), key=lambda each: -each.weight_bits
    )
    oracle = networkx.Graph()
    oracle.add_weighted_edges_from((*ends, bits) for ends, bits in weights.items())
    expected = networkx.maximum_spanning_tree(oracle)
    assert sum(each.weight_bits for each in spanning(links)) == expected.size(weight="weight")
    assert len(spanning(links)) == expected.number_of_edges()


def test_no_label_lies_on_another_one_or_on_a_point():
    wires = [Wire(one, other, 45.0) for one, other in combinations(range(7), 2)]
    laid = ring(7, wires)
    placed = [label for label in laid.labels if label is not None]
    assert len(placed) > len(wires) / 2
    for one, other in combinations(placed, 2):
        assert abs(one.x - other.x) >= 44.9 or abs(one.y - other.y) >= 19.9
    for label in placed:
        for point in laid.points:
            assert abs(label.x - point.x) >= 22.4 + POINT or abs(label.y - point.y) >= 9.9 + POINT


def test_of_lines_that_cross_each_has_its_own_label():
    wires = [Wire(one, other, 45.0) for one, other in combinations(range(4), 2)]
    laid = ring(4, wires)
    for at, label in enumerate(laid.labels):
        assert label is not None
        for wire in wires[:at] + wires[at + 1 :]:
            one, other = laid.points[wire.one], laid.points[wire.other]
            for share in range(101):
                x = one.x + (other.x - one.x) * share / 100
                y = one.y + (other.y - one.y) * share / 100
                assert abs(x - label.x) >= 22.4 or abs(y - label.y) >= 9.9


def test_records_are_named_by_letters_however_many():
    named = list(letters(ref(number) for number in range(704)).values())
    assert (named[0], named[25], named[26], named[701], named[702]) == ("A", "Z", "AA", "ZZ", "AAA")
