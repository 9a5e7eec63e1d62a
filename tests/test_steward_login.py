"""Stewards log in: sessions begin, are kept safe, and end."""

import re
import time

import pytest
from flask.testing import FlaskClient

from api import create_app
from api.steward import session
from mdm.hub import Hub
from tests.browsing import PASSWORD, Desks, desks_at, with_stewards
from tests.stores import fresh, sqlite_url

QUEUE = "/steward/queue"
WRONG = "anything else"


@pytest.fixture
def hub(sqlite_store) -> Hub:
    return with_stewards(sqlite_store, "ann")


@pytest.fixture
def client(hub) -> FlaskClient:
    return create_app(hub).test_client()


def token(client: FlaskClient, path: str = "/steward/login") -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', client.get(path).text)
    assert found is not None
    return found[1]


def log_in(client: FlaskClient, *, password: str = PASSWORD, back: str = "", **more):
    form = {"csrf_token": token(client), "name": "ann", "password": password, "next": back}
    return client.post("/steward/login", data=form, **more)


def test_a_session_begins_with_the_password_and_ends_with_the_log_out(client):
    assert client.get(QUEUE).location == f"/steward/login?next={QUEUE}"
    answer = log_in(client, back=f"{QUEUE}?kind=match")
    assert (answer.status_code, answer.location) == (303, f"{QUEUE}?kind=match")
    assert client.get(QUEUE).status_code == 200
    assert client.get("/steward/login").location == "/steward/"

    client.post("/steward/logout", data={"csrf_token": token(client, QUEUE)})
    assert client.get(QUEUE).status_code == 303


def test_a_wrong_password_is_told_beside_the_field(client):
    answer = log_in(client, password=WRONG)
    assert answer.status_code == 401
    assert "The name or the password is wrong: try again." in answer.text
    assert client.get(QUEUE).status_code == 303


def test_too_many_attempts_are_told_with_when_to_come_again(client):
    for _ in range(5):
        log_in(client, password=WRONG)
    answer = log_in(client)
    assert answer.status_code == 429
    assert "wait 15 minutes" in answer.text
    assert int(answer.headers["Retry-After"]) > 800


@pytest.mark.parametrize("end", ["password", "disable"])
def test_all_sessions_end_with_the_password_and_with_the_user(hub, client, end):
    log_in(client)
    assert client.get(QUEUE).status_code == 200
    if end == "password":
        hub.users.set_password("ann", "another long one")
    else:
        hub.users.disable("ann")
    assert client.get(QUEUE).status_code == 303


@pytest.mark.parametrize("limit", ["IDLE", "LONGEST"])
def test_a_session_ends_by_itself(client, monkeypatch, limit):
    log_in(client)
    monkeypatch.setattr(session, limit, 0)
    assert client.get(QUEUE).status_code == 303


def test_who_works_stays_logged_in_for_half_a_day_and_no_longer(client, monkeypatch):
    log_in(client)
    hours = session.LONGEST // 3_600
    clock = [time.time()]
    monkeypatch.setattr(session.time, "time", lambda: clock[0])
    for _ in range(hours - 1):
        clock[0] += 3_600
        assert client.get(QUEUE).status_code == 200
    clock[0] += 3_600
    assert client.get(QUEUE).status_code == 303


def test_workers_share_one_key_that_nobody_chose(store):
    hub = with_stewards(store, "ann")
    client = create_app(hub).test_client()
    log_in(client)
    cookie = client.get_cookie("mdm_steward", path="/steward")
    other = create_app(hub).test_client()
    other.set_cookie("mdm_steward", cookie.value, path="/steward")
    assert other.get(QUEUE).status_code == 200
    assert len(hub.users.session_key()) == 64


def test_a_cookie_that_was_altered_is_nobodys(client):
    log_in(client)
    cookie = client.get_cookie("mdm_steward", path="/steward").value
    head, dot, tail = cookie.partition(".")
    client.set_cookie("mdm_steward", head[:-4] + "AAAA" + dot + tail, path="/steward")
    assert client.get(QUEUE).status_code == 303


@pytest.mark.parametrize(("host", "secure"), [("localhost", False), ("mdm.example.com", True)])
def test_the_cookie_is_kept_from_scripts_other_sites_and_open_networks(client, host, secure):
    headers = client.get("/steward/login", headers={"Host": host}).headers
    cookie = headers["Set-Cookie"]
    assert {"HttpOnly", "SameSite=Lax", "Path=/steward"} <= set(cookie.split("; "))
    assert ("Secure" in cookie.split("; ")) is secure
    assert "Set-Cookie" not in client.get("/docs").headers


def test_a_form_without_the_token_of_its_session_changes_nothing(client):
    log_in(client)
    for form in ({}, {"csrf_token": "made up"}):
        answer = client.post("/steward/logout", data=form)
        assert answer.status_code == 400
        assert "load the page again" in answer.text
    assert client.get(QUEUE).status_code == 200


@pytest.mark.parametrize(
    "address",
    ["//evil.example", "https://evil.example/steward/", "/steward\\@evil", "/v1/x", "http://[", ""],
)
def test_a_login_leads_to_no_other_place(client, address):
    assert log_in(client, back=address).location == "/steward/"


def test_pages_may_load_nothing_from_elsewhere_and_run_nothing_of_their_own(client):
    headers = client.get("/steward/login").headers
    policy = dict(part.split(" ", 1) for part in headers["Content-Security-Policy"].split("; "))
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == policy["form-action"] == "'self'"
    assert headers["Cache-Control"] == "no-store"


def test_errors_of_pages_are_pages(client):
    log_in(client)
    for path, status in (
        ("/steward/nowhere", 404),
        ("/steward/reviews/r0", 404),
        ("/steward/queue?after=x", 422),
        ("/steward/queue?kind=match&kind=cluster", 422),
    ):
        answer = client.get(path)
        assert (path, answer.status_code, answer.mimetype) == (path, status, "text/html")


@pytest.fixture(scope="module")
def desks(browser, tmp_path_factory):
    url = sqlite_url(tmp_path_factory.mktemp("login"))
    with fresh(url) as store:
        with_stewards(store, "ann")
        with desks_at(browser, url) as desks:
            yield desks


@pytest.mark.parametrize("dark", [False, True])
def test_the_login_page_is_fit_for_everybody(desks: Desks, dark):
    with desks.desk(None, dark=dark) as desk:
        desk.expects(401)
        desk.open("/steward/login")
        assert desk.violations() == []
        desk.log_in("ann", WRONG)
        assert desk.page.get_by_role("alert").is_visible()
        assert desk.violations() == []
    with desks.desk(None, width=400) as desk:
        desk.open("/steward/login")
        assert desk.too_wide() == []


@pytest.mark.parametrize("scripts", [True, False])
def test_a_steward_logs_in_and_out_in_a_browser(desks: Desks, scripts):
    with desks.desk(scripts=scripts) as desk:
        assert desk.heading() == "Queue"
        desk.page.get_by_role("button", name="Log out").click()
        assert desk.heading() == "Log in"
        assert desk.page.get_by_role("status").inner_text() == "You are logged out."
