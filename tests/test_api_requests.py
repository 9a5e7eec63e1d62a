"""What every answer carries and every request must be, whatever it is about."""

import logging
from urllib.parse import unquote_to_bytes

import pytest
from flask.testing import FlaskClient

from api.problems import MEDIA_TYPE, PROBLEMS
from tests.world import World, client_of

UNKNOWN = "/v1/golden-records/g0123456789abcdef0123"


@pytest.fixture
def client(sqlite_store) -> FlaskClient:
    return client_of(World(sqlite_store))


def _as_servers_send(path: str) -> dict[str, str]:
    """Give the path as a WSGI server does; the test client would send U+FFFD for `%ff`."""
    raw, _, query = path.partition("?")
    return {"PATH_INFO": unquote_to_bytes(raw).decode("latin-1"), "QUERY_STRING": query}


@pytest.mark.parametrize(
    "path",
    [
        "/v1/golden-records/%ff",
        "/v1/golden-records/%ff/records",
        "/nowhere/%ff",
        "/v1/golden-records?source=bank&key=%ff",
        "/v1/golden-records?source=bank&key=%ed%a0%80",
        "/v1/golden-records?%ff=1",
        "/v1/sources?%00",
    ],
)
def test_an_address_that_is_not_utf8_is_refused_rather_than_repaired(client, path):
    answer = client.get(path, environ_overrides=_as_servers_send(path))

    assert (answer.status_code, answer.json["type"]) == (400, "/problems/malformed-request")


@pytest.mark.parametrize("method", ["PUT", "DELETE"])
def test_a_key_that_is_not_utf8_is_taken_for_no_other(client, method):
    path = "/v1/sources/bank/records/a%ffb"
    asked = {"json": {"attributes": {"given_name": "Ann"}}} if method == "PUT" else {}
    answer = client.open(path, method=method, environ_overrides=_as_servers_send(path), **asked)

    assert (answer.status_code, answer.json["type"]) == (400, "/problems/malformed-request")


@pytest.mark.parametrize("place", ["source=%00&key=1", "source=bank&key=a%00b", "email=a%00b"])
def test_a_nul_character_is_refused_on_either_database(store, place):
    answer = client_of(World(store)).get(f"/v1/golden-records?{place}")

    assert (answer.status_code, answer.json["type"]) == (400, "/problems/malformed-request")


@pytest.mark.parametrize("key", ["' OR 1=1 --", "%", "日本", "😀", "\\", "a|b", "{{7*7}}"])
def test_odd_keys_are_looked_up_as_they_are(store, key):
    query = {"source": "bank", "key": key}

    answer = client_of(World(store)).get("/v1/golden-records", query_string=query)

    assert (answer.status_code, answer.json["type"]) == (404, "/problems/not-found")


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/healthz", 200),
        ("/v1/sources", 200),
        (UNKNOWN, 404),
        ("/nowhere", 404),
        ("/v1/golden-records", 422),
        ("/v1/golden-records?key=%ff", 400),
        ("/docs", 200),
        ("/openapi.json", 200),
        ("/problems/pending", 200),
    ],
)
def test_every_answer_carries_the_security_headers(client, path, status):
    answer = client.get(path)

    assert answer.status_code == status
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["Cache-Control"] == "no-store"
    policy = answer.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'")
    assert "http" not in policy
    assert "unsafe" not in policy


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("PUT", "/v1/sources/bank/records/7"),
        ("POST", "/v1/sources/bank/records"),
        ("POST", "/v1/match"),
        ("POST", "/v1/judgements"),
    ],
)
@pytest.mark.parametrize("coding", ["gzip", "br", "gzip, identity", "nonsense"])
def test_a_body_that_is_encoded_is_refused_unread(client, method, path, coding):
    asked = {"data": b"\x1f\x8b", "content_type": "application/json"}
    answer = client.open(path, method=method, headers={"Content-Encoding": coding}, **asked)

    assert (answer.status_code, answer.mimetype) == (415, MEDIA_TYPE)
    assert answer.json["detail"].startswith(f"Content-Encoding: {coding} is not understood")


def test_a_body_that_says_it_is_as_it_is_is_read(client):
    answer = client.post("/v1/match", json={}, headers={"Content-Encoding": "Identity"})

    assert answer.status_code == 422


def test_a_wrong_method_is_told_which_ones_are_right(client):
    answer = client.post("/v1/sources", json={})

    assert (answer.status_code, answer.json["type"]) == (405, "/problems/method-not-allowed")
    assert set(answer.headers["Allow"].split(", ")) == {"GET", "HEAD", "OPTIONS"}


@pytest.mark.parametrize("method", ["GET", "DELETE"])
@pytest.mark.parametrize("path", ["/v1/judgements/9007199254740992", "/v1/pins/9007199254740992"])
def test_a_number_that_is_too_large_for_any_is_not_found(client, method, path):
    answer = client.open(path, method=method)

    assert (answer.status_code, answer.json["type"]) == (404, "/problems/not-found")
    assert "Allow" not in answer.headers


def test_an_unknown_page_is_a_problem_document(client):
    answer = client.get("/v1/nothing")

    assert answer.mimetype == MEDIA_TYPE
    assert answer.json == {
        "type": "/problems/not-found",
        "title": "Not found",
        "status": 404,
        "detail": "there is no such page",
    }


def test_a_fault_of_ours_is_logged_and_tells_nothing_of_the_inside(sqlite_store, caplog):
    world = World(sqlite_store)
    world.take("bank/1", given_name="Jane")
    (golden_id,) = world.publish(["bank/1"])
    with sqlite_store.write() as tx:
        tx.connection.exec_driver_sql("UPDATE golden_record SET attributes = 'broken'")
        tx.commit()

    with caplog.at_level(logging.ERROR):
        answer = client_of(world).get(f"/v1/golden-records/{golden_id}")

    assert (answer.status_code, answer.json["type"]) == (500, "/problems/internal-error")
    assert answer.mimetype == MEDIA_TYPE
    assert "Traceback" not in answer.text
    assert "JSONDecodeError" in caplog.text


def test_head_answers_as_get_does_without_a_body(client):
    answer = client.head("/v1/sources")

    assert (answer.status_code, answer.data) == (200, b"")


@pytest.mark.parametrize("problem", PROBLEMS, ids=lambda problem: problem.name)
def test_the_type_of_every_problem_is_a_page_that_explains_it(client, problem):
    page = client.get(problem.uri)

    assert page.status_code == 200
    assert problem.title in page.text


def test_a_kind_of_problem_that_does_not_exist_has_no_page(client):
    assert client.get("/problems/bad-luck").status_code == 404
