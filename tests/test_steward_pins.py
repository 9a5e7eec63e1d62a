"""Pinning values to golden records on the page for it."""

import re
from html import unescape

import pytest
from playwright.sync_api import expect

from mdm.hub import Hub
from mdm.model.judgements import Proposal, Shown
from mdm.model.records import RecordRef
from mdm.model.submissions import Submission
from tests.browsing import PASSWORD, Desk, Desks, desks_at
from tests.resolving import ANN, BOB, RULES, Office
from tests.steward_client import logged_in
from tests.stores import fresh, sqlite_url

OFF = re.compile(r"Take pin (\d+) off")
CHOICE = re.compile(r'name="choice" value="([^>]+)">')


@pytest.fixture(scope="module")
def url(tmp_path_factory) -> str:
    return sqlite_url(tmp_path_factory.mktemp("pins"))


def opened(store) -> Office:
    Hub(store, RULES).users.add("ann", PASSWORD)
    office = Office(store)
    office.take(bank_1=ANN, shop_1={**ANN, "given_name": "Anne"}, bank_2=BOB)
    office.train()
    office.resolve()
    return office


@pytest.fixture(scope="module")
def office(url):
    with fresh(url) as store:
        yield opened(store)


def standing(hub: Hub, office: Office):
    """The pins of Ann's golden record."""
    return hub.reading.pins(office.homes()["bank/1"], after=None, limit=50).items


@pytest.fixture
def hub(office) -> Hub:
    """The hub of a store without pins."""
    hub = Hub(office.store, RULES)
    for each in standing(hub, office):
        hub.pinning.remove(each.pin.pin_id, "ann", "test")
    return hub


@pytest.fixture
def client(hub):
    return logged_in(hub)


@pytest.fixture(scope="module")
def desks(browser, office, url):  # noqa: ARG001
    with desks_at(browser, url) as desks:
        yield desks


def address(office: Office, attribute: str = "") -> str:
    found = f"/steward/golden-records/{office.homes()['bank/1']}/pins"
    return f"{found}?attribute={attribute}" if attribute else found


def send(client, office: Office, attribute: str, **entered):
    """Send the form of an attribute, with what a steward enters."""
    page = client.get(address(office, attribute)).text
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)[1]
    form = {"csrf_token": token, "attribute": attribute, **entered}
    return client.post(address(office), data=form, follow_redirects=True)


def said(hub: Hub, office: Office, attribute: str = "given_name"):
    return hub.reading.golden_record(office.homes()["bank/1"]).attributes[attribute]


def test_a_records_value_is_pinned_and_taken_off(hub, office, client):
    page = client.get(address(office, "given_name")).text
    assert CHOICE.findall(unescape(page)) == ['["bank","1",1]', '["shop","1",1]', "own"]
    answer = send(client, office, "given_name", choice='["shop","1",1]', reason="her letter")
    assert said(hub, office) == "Anne"
    assert "as shop <bdi>1</bdi> said" in answer.text
    assert "her letter" in answer.text
    assert "said then too" in answer.text
    (shown,) = standing(hub, office)
    token = re.search(r'name="csrf_token" value="([^"]+)"', answer.text)[1]
    removal = f"{address(office)}/{shown.pin.pin_id}/removal"
    for told in ("is taken off", "was removed at"):
        done = client.post(removal, data={"csrf_token": token}, follow_redirects=True)
        assert told in done.text
    assert said(hub, office) == "Ann"


def test_each_distinct_value_of_many_records_is_offered_once(sqlite_store, monkeypatch):
    office = opened(sqlite_store)
    written = ("Ann", "ANN", " ann ")
    many = {f"shop_m{n}": {**ANN, "given_name": written[n % 3]} for n in range(120)}
    office.take(**many, shop_z={**ANN, "given_name": "Annie"})
    office.resolve()
    client = logged_in(Hub(office.store, RULES))
    page = client.get(address(office, "given_name")).text
    assert CHOICE.findall(unescape(page)) == [
        '["bank","1",1]',
        '["shop","1",1]',
        '["shop","z",1]',
        "own",
    ]
    assert "121 records of bank, shop" in page
    assert "ot listed" not in page
    monkeypatch.setattr("api.steward.pinning.MOST", 1)
    page = client.get(address(office, "given_name")).text
    assert "Not listed: 2 other values, of 2 records." in page
    assert "Annie" not in page


def test_a_value_of_ones_own_needs_a_reason_told_beside_the_field(hub, office, client):
    entered = {"choice": "own", "value-given_name": "Anna <b>"}
    answer = send(client, office, "given_name", **entered)
    assert answer.status_code == 422
    assert 'id="reason-fault"' in answer.text
    assert "Anna &lt;b&gt;" in answer.text
    assert said(hub, office) == "Ann"
    send(client, office, "given_name", **entered, reason="as on her passport")
    assert said(hub, office) == "Anna <b>"


def test_several_values_are_a_line_each(hub, office, client):
    lines = {"value-email": "a@x.example\n\n b@x.example "}
    send(client, office, "email", choice="own", reason="asked", **lines)
    assert said(hub, office, "email") == ("a@x.example", "b@x.example")


@pytest.mark.parametrize(
    ("attribute", "entered", "status"),
    [
        ("shoe", {"choice": "own"}, 422),
        ("given_name", {}, 422),
        ("given_name", {"choice": "{}"}, 422),
        ("given_name", {"choice": '["bank"]'}, 422),
        ("given_name", {"choice": "own", "reason": "x" * 3_000}, 422),
        ("given_name", {"choice": "own", "value-given_name": "a\0b", "reason": "x"}, 422),
        ("date_of_birth", {"choice": "own", "value-date_of_birth": "never", "reason": "x"}, 422),
        ("given_name", {"choice": '["bank", "never", 1]'}, 200),
        ("given_name", {"choice": '["bank", "2", 1]'}, 200),
        ("given_name", {"choice": '["bank", "\\u0000", 1]'}, 422),
    ],
)
def test_what_cannot_be_pinned_is_told_and_nothing_is_kept(
    hub, office, client, attribute, entered, status
):
    answer = send(client, office, attribute, **entered)
    assert answer.status_code == status
    assert 'class="fault"' in answer.text or "Nothing was pinned" in answer.text
    assert standing(hub, office) == []


def test_a_value_that_changed_since_it_was_shown_is_not_pinned(sqlite_store):
    office = opened(sqlite_store)
    hub = Hub(office.store, RULES)
    hub.submit("shop", [Submission("1", ANN | {"given_name": "Wrong", "email": [*ANN["email"]]})])
    answer = send(logged_in(hub), office, "given_name", choice='["shop","1",1]')
    assert "Nothing was pinned" in answer.text
    assert "at version 2 by now" in answer.text
    assert standing(hub, office) == []


def test_a_form_for_an_id_that_was_merged_says_that_nothing_was_kept(sqlite_store):
    office = opened(sqlite_store)
    hub = Hub(office.store, RULES)
    client = logged_in(hub)
    ids = {*office.homes().values()}
    token = re.search(
        r'name="csrf_token" value="([^"]+)"', client.get(address(office, "given_name")).text
    )[1]
    together = [[Shown(RecordRef(*name.split("/"))) for name in office.homes()]]
    hub.judge(Proposal("partition", together, "bob", ""))
    (gone,) = ids - {*office.homes().values()}
    form = {"csrf_token": token, "attribute": "given_name", "choice": "own"}
    answer = client.post(f"/steward/golden-records/{gone}/pins", data=form, follow_redirects=True)
    assert "Nothing was kept" in answer.text
    led = client.get(f"/steward/golden-records/{gone}/pins?attribute=email&_scheme=ftp")
    assert led.location.startswith("/steward/golden-records/")
    assert led.location.endswith("/pins?attribute=email&_scheme=ftp")


@pytest.mark.parametrize("scripts", [True, False])
def test_a_value_is_pinned_in_the_browser(hub, office, desks: Desks, scripts):
    with desks.desk(scripts=scripts) as desk:
        desk.open(f"/steward/golden-records/{office.homes()['bank/1']}")
        desk.page.get_by_role("link", name="Pin", exact=True).click()
        desk.page.get_by_label("Attribute").select_option("given_name")
        desk.page.get_by_role("button", name="Show its values").click()
        desk.page.get_by_role("radio", name="Anne").check()
        desk.page.get_by_role("button", name="Pin it").click()
        expect(desk.page.get_by_text("Counts", exact=True)).to_be_visible()
    assert said(hub, office) == "Anne"


def refused(desk: Desk, control: str, *faults: str) -> None:
    """Send the form; the one control that is wrong says so to those who hear it."""
    desk.expects(422)
    with desk.page.expect_navigation():
        desk.page.get_by_role("button", name="Pin it").click()
    wrong = desk.page.locator("[aria-invalid=true]")
    expect(wrong).to_have_count(1)
    expect(wrong).to_have_role(control)
    for fault in faults:
        expect(wrong).to_have_accessible_description(re.compile(re.escape(fault)))
    assert desk.violations() == []


def test_a_choice_that_is_missing_is_heard_at_the_choice(office, desks: Desks):
    with desks.desk() as desk:
        desk.open(address(office, "given_name"))
        refused(desk, "radiogroup", "is missing: choose one of the values")


def test_an_attribute_that_is_none_is_heard_at_the_attribute(office, desks: Desks):
    with desks.desk() as desk:
        desk.open(address(office, "given_name"))
        desk.page.locator("input[name=attribute]").evaluate("each => { each.value = 'shoe' }")
        refused(desk, "combobox", "is none: choose one of the list")


def test_all_that_is_wrong_with_a_value_is_heard_at_it(office, desks: Desks):
    with desks.desk() as desk:
        desk.open(address(office, "email"))
        desk.page.get_by_role("radio", name="A value of your own").check()
        desk.page.get_by_role("textbox", name="email").fill("no\nnever")
        desk.page.get_by_label("Why?").fill("asked")
        refused(desk, "textbox", "'no' is no email", "'never' is no email")


def test_the_pins_are_listed_by_the_page(hub, office, client, monkeypatch):
    monkeypatch.setattr("api.steward.pinning.PAGE", 2)
    for name in ("Anna", "Anne", "Nancy"):
        send(
            client, office, "given_name", choice="own", reason="asked", **{"value-given_name": name}
        )
    numbers = [each.pin.pin_id for each in standing(hub, office)]
    page = client.get(address(office, "email")).text
    assert OFF.findall(page) == [str(each) for each in numbers[:2]]
    (further,) = re.findall(r'href="([^"]+)">Earlier pins', page)
    rest = client.get(unescape(further)).text
    assert OFF.findall(rest) == [str(numbers[2])]
    assert f"Outvoted by pin {numbers[0]}" in rest
    assert "Earlier pins" not in rest
    assert 'value="email" selected' in rest


def test_the_page_is_fit_for_everybody(hub, office, desks: Desks, client):
    send(client, office, "given_name", choice='["shop","1",1]')
    send(client, office, "given_name", choice="own", reason="W" * 200, **{"value-given_name": "Z"})
    newest, *_ = standing(hub, office)
    assert newest.outvoted_by is None
    for width, dark in ((1280, True), (400, False)):
        with desks.desk(width=width, dark=dark) as desk:
            desk.open(address(office, "email"))
            assert desk.violations() == []
            assert desk.too_wide() == []
            expect(desk.page.get_by_text("Outvoted by pin")).to_be_visible()
