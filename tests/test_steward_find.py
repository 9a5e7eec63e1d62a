"""The page that finds customers: by text, attributes, IDs and keys."""

import pytest

from mdm.hub import Hub
from tests.browsing import PASSWORD, Desks, desks_at
from tests.resolving import ANN, BOB, CID, RULES, Office
from tests.steward_client import HOSTILE, logged_in, take_hostile
from tests.stores import fresh, sqlite_url

FIND = "/steward/find"


@pytest.fixture(scope="module")
def url(tmp_path_factory) -> str:
    return sqlite_url(tmp_path_factory.mktemp("find"))


@pytest.fixture(scope="module")
def office(url):
    with fresh(url) as store:
        Hub(store, RULES).users.add("ann", PASSWORD)
        office = Office(store)
        office.take(bank_1=ANN, shop_1=ANN, bank_2=BOB)
        office.train()
        take_hostile(office)
        office.resolve()
        yield office


@pytest.fixture(scope="module")
def client(office):
    return logged_in(Hub(office.store, RULES))


@pytest.fixture(scope="module")
def desks(browser, office, url):  # noqa: ARG001
    with desks_at(browser, url) as desks:
        yield desks


def test_before_anything_is_asked_the_page_says_what_can_be(client):
    assert "Type what you know" in client.get(FIND).text


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ({"q": "31/01/1980 ann@lee.example"}, "date of birth the same"),
        ({"q": "bank/1"}, "It holds the record"),
        ({"source": "bank", "key": "1"}, "It holds the record"),
        ({"a.email": "ANN@lee.example", "a.given_name": "Xaver"}, "given name: different"),
    ],
)
def test_a_customer_is_found_and_the_page_says_why(office, client, query, said):
    answer = client.get(FIND, query_string=query)
    assert answer.status_code == 200
    assert said in answer.text
    first = answer.text.split("<h3>")[1]
    assert f"/steward/golden-records/{office.homes()['bank/1']}" in first


def test_a_golden_id_is_found(office, client):
    golden_id = office.homes()["bank/2"]
    text = client.get(FIND, query_string={"q": golden_id}).text
    assert "It has this golden ID." in text
    assert "1 golden record, the best first" in text


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"a.date_of_birth": "soon", "a.given_name": "Ann"}, "a.date_of_birth"),
        ({"source": "bank"}, "key"),
        ({"key": "1"}, "source"),
    ],
)
def test_what_is_wrong_is_told_beside_the_field(client, query, field):
    answer = client.get(FIND, query_string=query)
    assert answer.status_code == 422
    assert f'aria-describedby="{field}-fault"' in answer.text
    assert f'class="fault" id="{field}-fault"' in answer.text


def test_where_nobody_is_found_the_page_says_what_to_do(client):
    text = client.get(FIND, query_string={"q": "nobody@nowhere.example"}).text
    assert "Nobody was found." in text
    assert "tell another attribute" in text


def test_a_record_that_waits_is_told_of(office, client):
    office.take(shop_77=CID)
    text = client.get(FIND, query_string={"source": "shop", "key": "77"}).text
    assert "golden record" in text.split('class="notice warn"')[1].split("</p>")[0]


@pytest.mark.parametrize(("dark", "width"), [(False, 1280), (True, 1280), (False, 400)])
def test_the_page_is_fit_for_everybody(desks: Desks, dark, width):
    with desks.desk(dark=dark, width=width) as desk:
        desk.expects(422)
        for query in ("", "?q=15/05/1975", "?a.date_of_birth=soon", "?q=nobody%40x.example"):
            desk.open(FIND + query)
            assert desk.heading() == "Find a customer"
            assert desk.violations() == []
            assert desk.too_wide() == []
            assert desk.page.title() == "Find · Master data"


@pytest.mark.parametrize("scripts", [True, False])
def test_a_steward_finds_a_customer_and_opens_the_golden_record(desks: Desks, scripts):
    with desks.desk(scripts=scripts) as desk:
        desk.page.get_by_role("link", name="Find").click()
        desk.page.get_by_role("searchbox").fill("1990-05-05")
        desk.page.get_by_role("searchbox").press("Enter")
        desk.page.get_by_role("link", name="Bob").click()
        assert desk.heading() == "Bob"


def test_whatever_is_typed_comes_back_as_it_was(desks: Desks):
    with desks.desk() as desk:
        desk.open(FIND)
        for name in HOSTILE.values():
            desk.page.get_by_role("searchbox").fill(name)
            desk.page.get_by_role("button", name="Find", exact=True).click()
            assert desk.page.get_by_role("searchbox").input_value() == name
            assert desk.page.title() == "Find · Master data"
