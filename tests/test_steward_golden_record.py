"""The page of a golden record: where values came from, its records, what holds them together."""

from itertools import product

import pytest

from mdm.hub import Hub
from mdm.model.rules.load import rules_from_text
from tests.browsing import PASSWORD, Desks, desks_at
from tests.resolving import ANN, BOB, CID, RULES, Office, rules_text
from tests.steward_client import logged_in, take_hostile
from tests.stores import fresh, sqlite_url

MANY = 30
CAUTIOUS = rules_from_text(rules_text(link=2), "cautious.yaml")
DAVID = {"given_name": "David", "date_of_birth": "1960-06-06", "email": ("david@lee.example",)}
EVE = {"given_name": "Eve", "date_of_birth": BOB["date_of_birth"], "email": ("eve@x.example",)}


@pytest.fixture(scope="module")
def url(tmp_path_factory) -> str:
    return sqlite_url(tmp_path_factory.mktemp("golden"))


@pytest.fixture(scope="module")
def former() -> dict[str, str]:
    """The golden IDs that records had before the stewards judged."""
    return {}


@pytest.fixture(scope="module")
def office(url, former):
    """Ann of two departments, who spell her differently; thirty of David; a hostile one.

    Bob, Cid and Eve are one by stewards' words; only Bob and Eve have something in common.
    """
    with fresh(url) as store:
        Hub(store, RULES).users.add("ann", PASSWORD)
        office = Office(store)
        office.take(bank_1=ANN, shop_1={**ANN, "given_name": "Anne"})
        office.take(bank_2=BOB, bank_3=CID, bank_4=EVE)
        office.train(CAUTIOUS)
        office.take(**{f"shop_d{number:02}": DAVID for number in range(MANY)})
        take_hostile(office)
        office.resolve()
        former |= office.homes()
        office.judge(["bank/2", "bank/3", "bank/4"])
        office.resolve()
        yield office


@pytest.fixture(scope="module")
def client(office):
    return logged_in(Hub(office.store, RULES))


@pytest.fixture(scope="module")
def desks(browser, office, url):  # noqa: ARG001
    with desks_at(browser, url) as desks:
        yield desks


def path(office: Office, name: str, *, more: str = "") -> str:
    return f"/steward/golden-records/{office.homes()[name]}{more}"


def row(text: str, title: str) -> str:
    """Cut the table row of an attribute out of a page, without the markup's spaces."""
    (found,) = [part for part in text.split("<tr>") if f">{title}</th>" in part]
    return " ".join(found.split("</tr>")[0].split())


def test_each_value_tells_where_it_came_from_why_and_what_it_beat(office, client):
    text = client.get(path(office, "bank/1")).text
    value, beaten = row(text, "given name").split("</td>")[:2]
    assert '<bdi class="golden">Ann</bdi>' in value
    assert all(said in value for said in ("bank", "trust 0.9", "its source is trusted most"))
    assert "<bdi>Anne</bdi>" in beaten
    assert all(said in beaten for said in ("shop", "trust 0.4"))
    assert "nothing" in row(text, "date of birth")
    assert "all records agree" in row(text, "date of birth")


def test_the_graph_and_its_table_show_the_weights_that_the_api_tells(office, client):
    golden_id = office.homes()["bank/1"]
    (pair,) = client.get(f"/v1/golden-records/{golden_id}/explanation").json["pairs"]
    text = client.get(path(office, "bank/1")).text
    told = f"{pair['weight_bits']:+.1f}"
    svg, table = text.split("<svg")[1].split("</svg>")
    assert svg.count("<circle") == 2
    assert f">{told}</text>" in svg
    assert f">{told}</td>" in table
    links = client.get(path(office, "bank/1", more="/links")).text
    assert all(part["level"] in links for part in pair["parts"])


def test_a_weak_link_is_told_in_words_and_not_by_colour_alone(office, client):
    text = client.get(path(office, "bank/2")).text
    svg, table = text.split("<svg")[1].split("</svg>")
    assert svg.count("<line") == 3
    assert svg.count(" weak</text>") == 3
    assert '<span class="chip bad">Weak</span>' in table
    assert "3 pairs are weak." in text


def test_a_record_alone_says_what_will_be_shown(office, client):
    office.take(bank_9={**ANN, "date_of_birth": "1999-01-01", "email": ("x@alone.example",)})
    office.resolve()
    text = client.get(path(office, "bank/9")).text
    assert "It has one record alone." in text
    assert "<svg" not in text


def test_of_a_large_golden_record_a_part_is_shown_and_the_rest_is_a_page_away(office, client):
    text = client.get(path(office, "shop/d00")).text
    assert text.count('<article class="panel record"') == 12
    assert "12 of its 30 records are drawn" in text
    assert "20 of 435 scored pairs are drawn" in text
    seen, address = [], path(office, "shop/d00", more="/records")
    for _ in range(3):
        page = client.get(address).text
        seen += [f"d{number:02}" for number in range(MANY) if f">d{number:02}</span>" in page]
        if "The next ones" not in page:
            break
        address = page.split('<a class="button" href="')[1].split('"')[0]
    assert seen == [f"d{number:02}" for number in range(MANY)]


def test_what_is_said_over_the_graph_is_of_all_pairs_and_not_of_those_drawn(
    office, client, monkeypatch
):
    text = client.get(path(office, "shop/d00")).text
    assert "No link is weak, and it hangs on no single one." in text
    monkeypatch.setattr("mdm.inside.MOST_LINKING", 434)
    text = client.get(path(office, "shop/d00")).text
    assert "No link is weak. It is too large to seek a link on which it hangs alone." in text


def test_an_id_that_is_part_of_another_golden_record_leads_there_and_says_so(
    office, client, former
):
    old = former["bank/3"]
    assert old != office.homes()["bank/3"]
    answer = client.get(f"/steward/golden-records/{old}/links", follow_redirects=True)
    assert answer.request.path == path(office, "bank/3", more="/links")
    assert f"{old} is a part of this golden record by now." in answer.text


@pytest.mark.parametrize("golden_id", ["g" + "0" * 20, "nonsense"])
def test_what_is_no_golden_id_is_a_page_that_says_so(client, golden_id):
    answer = client.get(f"/steward/golden-records/{golden_id}")
    assert (answer.status_code, answer.mimetype) == (404, "text/html")
    assert golden_id in answer.text


def test_a_record_that_waits_for_a_resolve_says_so(office, client):
    office.take(shop_1={**ANN, "given_name": "Annie"})
    text = client.get(path(office, "shop/1")).text
    assert "changed since; counts from the next resolve on" in text
    assert "one of the two changed since it was scored" in text
    office.resolve()


@pytest.mark.parametrize(("dark", "width"), [(False, 1280), (True, 1280), (False, 400)])
def test_the_pages_are_fit_for_everybody_whatever_the_values(office, desks: Desks, dark, width):
    with desks.desk(dark=dark, width=width) as desk:
        for name, more in product(("shop/h5", "shop/d00"), ("", "/records", "/links", "/history")):
            desk.open(path(office, name, more=more))
            assert desk.page.get_by_role("heading", level=1).is_visible()
            assert desk.violations() == []
            assert desk.too_wide() == []
            assert desk.page.title() != "no"
