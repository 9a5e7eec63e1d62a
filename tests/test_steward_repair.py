"""Splitting a golden record and putting two together, from the page of a golden record."""

import re
from html import unescape

import pytest

from mdm.hub import Hub
from tests.browsing import PASSWORD, Desks, desks_at
from tests.resolving import ANN, BOB, CID, RULES, Office
from tests.steward_client import logged_in
from tests.stores import fresh, sqlite_url


@pytest.fixture(scope="module")
def url(tmp_path_factory) -> str:
    return sqlite_url(tmp_path_factory.mktemp("repair"))


@pytest.fixture(scope="module")
def office(url):
    with fresh(url) as store:
        Hub(store, RULES).users.add("ann", PASSWORD)
        office = Office(store)
        office.take(bank_1=ANN, shop_1={**ANN, "given_name": "Anne"}, bank_2=BOB, bank_3=CID)
        office.train()
        office.resolve()
        yield office


@pytest.fixture(scope="module")
def client(office):
    return logged_in(Hub(office.store, RULES))


@pytest.fixture(scope="module")
def desks(browser, office, url):  # noqa: ARG001
    with desks_at(browser, url) as desks:
        yield desks


@pytest.fixture(autouse=True)
def _as_it_was(office):
    """Take back what a test judged, the last first."""
    yield
    hub = Hub(office.store, RULES)
    rows = office.query(
        "SELECT judgement_id FROM judgement WHERE withdrawn_at IS NULL ORDER BY 1 DESC"
    )
    for (number,) in rows:
        hub.withdraw(number, "ann", "test")


def address(office: Office, name: str, other: str = "") -> str:
    found = f"/steward/golden-records/{office.homes()[name]}/repair"
    return f"{found}?other={office.homes()[other]}" if other else found


def form(text: str, **given) -> dict:
    """Fill the form of a page as a browser does."""
    inner = text.split('class="panel stack">')[1]
    found: dict = {}
    for name, value in re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', inner):
        found.setdefault(name, []).append(unescape(value))
    for name, options in re.findall(r'<select name="(part-\d+)"[^>]*>(.*?)</select>', inner):
        found[name] = re.findall(r'value="(\d)" selected', options)
    return found | given


def test_a_split_is_shown_beforehand_and_kept_as_marked(office, client):
    path = address(office, "bank/1")
    golden_id = office.homes()["bank/1"]
    sent = form(client.get(path).text, **{"part-0": "0", "part-1": "1", "keeps": "1"})
    text = client.post(path, data=sent | {"decision": "preview"}).text
    assert "What this would give" in text
    assert office.homes()["shop/1"] == golden_id

    answer = client.post(path, data=sent | {"decision": "parts", "reason": "Mother, daughter"})
    assert answer.status_code == 303
    homes = office.homes()
    assert homes["shop/1"] == golden_id
    assert homes["bank/1"] != golden_id


def test_two_golden_records_are_put_together(office, client):
    older = office.homes()["bank/2"]
    path = address(office, "bank/3", other="bank/2")
    sent = form(client.get(path).text)
    text = client.post(path, data=sent | {"decision": "preview"}).text
    younger = office.homes()["bank/3"]
    assert f"<code>{younger}</code> will lead to <code>{older}</code>" in text
    answer = client.post(path, data=sent | {"decision": "merge"}, follow_redirects=True)
    assert answer.status_code == 200
    assert "It can be undone from the history." in answer.text
    homes = office.homes()
    assert homes["bank/2"] == homes["bank/3"]


def test_what_changed_since_it_was_shown_is_told_and_nothing_is_kept(office, client):
    path = address(office, "bank/1")
    sent = form(client.get(path).text, **{"part-1": "1"})
    office.take(bank_1={**ANN, "given_name": "Annabel"})
    office.resolve()
    answer = client.post(path, data=sent | {"decision": "parts"})
    assert answer.status_code == 412
    assert "bank 1 was changed by its department" in answer.text
    assert len(set(office.homes().values())) == 3
    again = form(answer.text, decision="parts", **{"part-0": "0", "part-1": "1"})
    assert client.post(path, data=again).status_code == 303


def test_a_contradiction_names_the_judgements_and_offers_to_supersede_them(office, client):
    path = address(office, "bank/1")
    sent = form(client.get(path).text)
    assert client.post(path, data=sent | {"decision": "merge"}).status_code == 303
    number = max(number for (number,) in office.query("SELECT judgement_id FROM judgement"))
    split = form(client.get(path).text, **{"part-0": "0", "part-1": "1"})
    answer = client.post(path, data=split | {"decision": "parts", "reason": "Two of them"})
    assert answer.status_code == 409
    assert f"Judgement {number}</a> of <b>ann</b>" in answer.text
    again = form(answer.text, decision="parts", supersedes=str(number))
    assert client.post(path, data=again).status_code == 303
    assert len(set(office.homes().values())) == 4


@pytest.mark.parametrize(
    ("other", "said"),
    [("nonsense", "A golden ID is g with"), ("g" + "0" * 20, "No golden ID"), ("own", "already")],
)
def test_what_cannot_be_put_together_is_told(office, client, other, said):
    path = address(office, "bank/1")
    other = office.homes()["bank/1"] if other == "own" else other
    answer = client.get(path, query_string={"other": other}, follow_redirects=True)
    assert said in answer.text


def test_records_in_one_part_are_no_split(office, client):
    path = address(office, "bank/1")
    sent = form(client.get(path).text, decision="parts", **{"part-0": "0", "part-1": "0"})
    answer = client.post(path, data=sent)
    assert answer.status_code == 422
    assert 'id="records-fault"' in answer.text


@pytest.mark.parametrize("scripts", [True, False])
def test_a_steward_splits_and_undoes_in_a_browser(office, desks: Desks, scripts):
    golden_id = office.homes()["bank/1"]
    with desks.desk(scripts=scripts, width=400, dark=scripts) as desk:
        desk.open(f"/steward/golden-records/{golden_id}")
        desk.page.get_by_role("link", name="Split").click()
        if scripts:
            assert desk.violations() == []
            assert desk.too_wide() == []
        desk.page.get_by_role("button", name="Show what the marked parts give").click()
        assert desk.page.locator("#outcome").is_visible()
        desk.page.get_by_role("button", name="Split as marked").click()
        assert office.homes()["bank/1"] != office.homes()["shop/1"]
        desk.page.get_by_role("link", name=re.compile("^Undo judgement")).click()
        assert desk.heading().startswith("Undo judgement")
        if scripts:
            assert desk.violations() == []
            assert desk.too_wide() == []
        desk.page.get_by_role("button", name="Undo it").click()
        assert office.homes()["bank/1"] == office.homes()["shop/1"] == golden_id
