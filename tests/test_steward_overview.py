"""The overview in a browser, and the charts that it draws: what they say and that they fit."""

from datetime import date
from itertools import pairwise
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.steward.charts import WIDTH, Columns, Row, columns, nice, rows, spread
from api.steward.overview import DAYS, open_by_day, whole
from mdm.model.overview import BacklogDay
from tests.browsing import NARROW, WIDE, Desks, desks_at, with_stewards
from tests.resolving import ANN, BOB, CID, Office
from tests.stores import fresh, sqlite_url

OVERVIEW = "/steward/overview"
ANNA = {"given_name": "Anna", "date_of_birth": "1980-01-31", "email": ("ann@lee.example",)}
DAN = {"given_name": "Dan", "date_of_birth": "1955-05-05", "email": ("ann@lee.example",)}
"""Shares Ann's e-mail: worth a review and no more."""


@pytest.fixture(scope="module")
def desks(browser, tmp_path_factory):
    """Desks before a store with four golden records, a pair worth a review, a record that waits."""
    url = sqlite_url(tmp_path_factory.mktemp("overview"))
    with fresh(url) as store:
        with_stewards(store, "ann")
        office = Office(store)
        office.take(bank_1=ANN, bank_2=ANNA, shop_1=ANN, bank_3=BOB, shop_2=CID, shop_3=DAN)
        office.train()
        office.resolve()
        office.take(shop_4=BOB)
        with desks_at(browser, url) as desks:
            yield desks


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("width", [WIDE, NARROW])
def test_the_overview_is_fit_for_everybody(desks: Desks, dark, width):
    with desks.desk(dark=dark, width=width) as desk:
        desk.open(OVERVIEW)
        for summary in desk.page.get_by_text("As a table").all():
            summary.click()
        assert desk.violations() == []
        assert desk.too_wide() == []


@pytest.mark.parametrize("scripts", [True, False])
def test_the_overview_tells_what_there_is(desks: Desks, scripts):
    with desks.desk(scripts=scripts) as desk:
        desk.page.get_by_role("link", name="Overview").click()
        assert desk.heading() == "Overview"
        told = desk.page.get_by_label("In all").inner_text().split("\n")
        assert [each for each in told if each.strip().isdigit()] == ["6", "4", "1", "1", "0", "1"]
        sources = desk.page.get_by_role("table", name="By source").get_by_role("row")
        assert sources.nth(1).inner_text().split() == ["bank", "3", "2", "1", "0", "0"]
        assert sources.nth(2).inner_text().split() == ["shop", "3", "3", "0", "1", "0"]
        shared = desk.page.get_by_role("table", name="records of both").get_by_role("row")
        assert shared.nth(1).inner_text().split() == ["bank", "shop", "1", "50", "%", "33", "%"]
        weights = desk.page.get_by_role("img", name="Pairs by match weight")
        assert "review −6.0" in weights.text_content()
        assert "link 0.0" in weights.text_content()
        desk.page.get_by_label("In all").get_by_role("link").click()
        assert desk.heading() == "Queue"


def test_an_empty_store_says_what_to_do(browser, tmp_path):
    url = sqlite_url(tmp_path)
    with fresh(url) as store:
        with_stewards(store, "ann")
        with desks_at(browser, url) as desks, desks.desk() as desk:
            desk.open(OVERVIEW)
            assert "mdm ingest" in desk.page.locator(".empty").inner_text()
            office = Office(store)
            office.take(bank_1=ANN, bank_2=BOB)
            desk.open(OVERVIEW)
            told = desk.page.locator(".empty").all_inner_texts()
            assert "mdm train" in told[0]
            assert len(told) == 4
            assert desk.violations() == []


numbers = st.integers(0, 10**9)


def parsed(drawn: str) -> ElementTree.Element:
    """Read a chart as XML."""
    return ElementTree.fromstring(drawn)  # noqa: S314 -- our own markup


@given(st.lists(st.tuples(st.text("ab<&\"'", max_size=9), numbers, numbers), max_size=9))
def test_rows_are_markup_whatever_their_labels_and_stay_inside_the_chart(given):
    drawn = rows(
        "<told>", [Row(label, [(a, f"{a:,} x"), (b, f"{b:,} y")]) for label, a, b in given]
    )
    svg = parsed(drawn)
    boxes = [float(box.get("width")) for box in svg.iter("rect")]
    assert len(boxes) == 2 * len(given)
    assert all(0 <= width <= WIDTH for width in boxes)
    flat = [number for _, *both in given for number in both]
    assert [width > 0 for width in boxes] == [number > 0 for number in flat]
    assert "style" not in drawn


@given(st.integers(-40, 40), st.lists(numbers, min_size=1, max_size=90), st.floats(0, 1))
def test_columns_stay_inside_the_chart_and_a_mark_stands_at_its_place(first, given, part):
    place = first + part * len(given)
    drawn = columns("told", Columns(first, given, [(first, "first")], [(place, "mark")]))
    svg = parsed(drawn)
    boxes = [
        (float(b.get("x")), float(b.get("width")), float(b.get("height"))) for b in svg.iter("rect")
    ]
    assert len(boxes) == len(given)
    assert all(x >= 0 and x + width <= WIDTH + 0.1 for x, width, _ in boxes)
    assert [height > 0 for _, _, height in boxes] == [number > 0 for number in given]
    (mark,) = (line for line in svg.iter("line") if line.get("class") == "threshold")
    left = [x + width / 2 for x, width, _ in boxes]
    before = sum(x <= float(mark.get("x1")) for x in left)
    assert abs(before - part * len(given)) <= 1


@given(numbers)
def test_an_axis_ends_at_a_round_number_not_far_above_the_largest(number):
    assert number <= nice(number) <= max(1, 2 * number)
    assert len(str(nice(number)).rstrip("0")) <= 1


@given(st.integers(-99, 99), st.integers(1, 120), st.integers(2, 9))
def test_ticks_are_few_and_the_same_apart(first, count, most):
    found = spread(first, count, most=most)
    assert len(found) <= most
    assert len({b - a for a, b in pairwise(found)}) <= 1
    assert set(found) <= set(range(first, first + count))


def test_a_day_without_a_change_has_as_many_open_reviews_as_the_one_before():
    known = [BacklogDay("2026-01-30", 5, 0, 5), BacklogDay("2026-02-01", 1, 4, 2)]
    assert open_by_day(known, date(2026, 2, 3)) == [
        (date(2026, 1, 30), 5),
        (date(2026, 1, 31), 5),
        (date(2026, 2, 1), 2),
        (date(2026, 2, 2), 2),
        (date(2026, 2, 3), 2),
    ]
    assert len(open_by_day(known, date(2026, 12, 31))) == DAYS
    assert open_by_day([], date(2026, 2, 3)) == []


def test_whole_bits_have_a_sign():
    assert [whole(bits) for bits in (-6, 0, 12)] == ["−6", "0", "+12"]
