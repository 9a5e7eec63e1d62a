"""Records submitted over HTTP: one at a time and many, each resolved at once."""

import json
from dataclasses import replace
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient

from api import LONGEST_BODY, create_app
from mdm.hub import Hub
from mdm.store import Store
from mdm.store.schema import metadata
from tests.resolving import ANN, BOB, RULES, Office
from tests.test_api_records import ODD_KEYS

TABLES = [table.name for table in metadata.sorted_tables]
ANN_AGAIN = {"given_name": "ANN", "date_of_birth": "31.01.1980", "email": "Ann@Lee.example"}
BRIDGE = {"date_of_birth": "1990-05-05", "email": ["ann@lee.example", "bob@ray.example"]}


@pytest.fixture
def office(store) -> Office:
    """Ann, whom two departments know, and Bob."""
    office = Office(store)
    office.begin(bank_1=ANN, shop_1=ANN, bank_2=BOB)
    return office


@pytest.fixture
def client(office) -> FlaskClient:
    return create_app(Hub(office.store, RULES)).test_client()


def put(client: FlaskClient, name: str, attributes, modified_at=None, **headers):
    source, key = name.split("/", 1)
    body = {"attributes": attributes, "modified_at": modified_at}
    address = f"/v1/sources/{source}/records/{quote(key, safe='')}"
    return client.put(address, json=body, headers=headers)


def delete(client: FlaskClient, name: str, **headers):
    source, key = name.split("/", 1)
    return client.delete(f"/v1/sources/{source}/records/{quote(key, safe='')}", headers=headers)


def post(client: FlaskClient, source: str, *records, content_type="application/x-ndjson"):
    """Submit records, or lines as they are; the result is the answers by line."""
    lines = [each if isinstance(each, bytes) else json.dumps(each).encode() for each in records]
    answer = client.post(
        f"/v1/sources/{source}/records", data=b"\n".join(lines), content_type=content_type
    )
    assert answer.status_code == 200, answer.json
    return [json.loads(line) for line in answer.data.splitlines()]


def problem(answer, status: int, name: str) -> dict:
    assert (answer.status_code, answer.json["type"]) == (status, f"/problems/{name}")
    return answer.json


def batch_says_the_same(office: Office, fresh) -> None:
    assert office.rebuilt(fresh).meaning() == office.meaning()


def test_a_record_of_a_known_customer_is_linked_at_once(office, client):
    answer = put(client, "shop/7", ANN_AGAIN)

    told = answer.json
    assert answer.status_code == 201
    assert (told["source"], told["key"], told["version"]) == ("shop", "7", 1)
    assert told["outcome"] == "linked"
    assert told["golden_id"] == office.homes()["bank/1"] == office.homes()["shop/7"]
    assert told["changed"] == [told["golden_id"]]
    assert answer.headers["ETag"] == '"1"'
    assert client.get(answer.headers["Location"]).json["golden_id"] == told["golden_id"]


def test_an_unknown_customer_gets_a_golden_record_of_their_own(client):
    told = put(client, "shop/7", {"given_name": "Dee"}).json
    assert told["outcome"] == "new"
    assert told["changed"] == [told["golden_id"]]
    golden = client.get(f"/v1/golden-records/{told['golden_id']}").json
    assert golden["attributes"] == {"given_name": "Dee"}


def test_a_bridge_merges_and_taking_it_away_brings_both_ids_back(office, client):
    before = office.homes()
    told = put(client, "shop/7", {**BRIDGE, "given_name": "Ann"}).json
    if told["outcome"] != "merged":
        pytest.fail(str(told))
    assert set(told["changed"]) == {before["bank/1"], before["bank/2"]}
    assert len(set(office.homes().values())) == 1

    told = delete(client, "shop/7").json
    assert (told["outcome"], told["golden_id"]) == ("split", None)
    assert office.homes() == before


def test_the_same_content_again_writes_nothing(office, client):
    put(client, "shop/7", ANN_AGAIN)
    before = office.rows(TABLES)
    answer = put(client, "shop/7", ANN_AGAIN)
    assert (answer.status_code, answer.json["outcome"]) == (200, "unchanged")
    assert answer.json["golden_id"] == office.homes()["bank/1"]
    assert (answer.json["version"], answer.json["changed"]) == (1, [])
    assert office.rows(TABLES) == before


def test_a_record_that_becomes_another_customer_moves(office, client):
    homes = office.homes()
    told = put(client, "shop/1", {**BOB, "email": [*BOB["email"]]}).json
    assert (told["outcome"], told["golden_id"]) == ("moved", homes["bank/2"])
    assert set(told["changed"]) == {homes["bank/1"], homes["bank/2"]}


def test_what_is_worth_a_review_is_told_with_its_weight(office, client):
    office.train(replace(RULES, link_bits=4.0))
    office.resolve()
    eve = {"given_name": "Eve", "date_of_birth": "1999-09-09", "email": "bob@ray.example"}
    told = put(client, "shop/7", eve).json
    (candidate,) = told["candidates"]
    assert (candidate["source"], candidate["key"]) == ("bank", "2")
    assert candidate["golden_id"] == office.homes()["bank/2"] != told["golden_id"]
    assert -6 <= candidate["weight_bits"] < 4


def test_a_retired_record_stays_readable_and_comes_back(client):
    told = delete(client, "bank/2").json
    assert (told["outcome"], told["golden_id"]) == ("retired", None)
    assert client.get("/v1/sources/bank/records/2").json["retired_at"]
    gone = told["changed"][0]
    problem(client.get(f"/v1/golden-records/{gone}"), 410, "retired")
    assert delete(client, "bank/2").json["outcome"] == "unchanged"

    told = put(client, "bank/2", {**BOB, "email": [*BOB["email"]]}).json
    assert (told["golden_id"], told["version"]) == (gone, 2)


def test_older_than_what_is_kept_is_refused(office, client):
    put(client, "shop/7", ANN_AGAIN, "2026-03-01T00:00:00Z")
    before = office.rows(TABLES)
    answer = put(client, "shop/7", {**ANN_AGAIN, "given_name": "Anna"}, "2026-02-28T23:00:00Z")
    assert "2026-03-01" in problem(answer, 409, "stale")["detail"]
    assert office.rows(TABLES) == before
    newer = put(client, "shop/7", {**ANN_AGAIN, "given_name": "Anna"}, "2026-03-01T02:00:00+01:00")
    assert newer.json["version"] == 2


def test_without_a_time_the_arrival_stands_for_it(client):
    put(client, "shop/7", ANN_AGAIN)
    answer = put(client, "shop/7", {**ANN_AGAIN, "given_name": "Anna"}, "2001-01-01T00:00:00Z")
    problem(answer, 409, "stale")
    assert put(client, "shop/7", {**ANN_AGAIN, "given_name": "Anna"}).json["version"] == 2


def test_unknown_sources_and_records_are_told(client):
    problem(put(client, "nowhere/1", ANN_AGAIN), 404, "not-found")
    problem(delete(client, "nowhere/1"), 404, "not-found")
    problem(delete(client, "bank/99"), 404, "not-found")
    assert (
        client.post(
            "/v1/sources/nowhere/records", data=b"{}", content_type="application/x-ndjson"
        ).status_code
        == 404
    )


@pytest.mark.parametrize("key", ODD_KEYS)
def test_a_key_may_hold_anything(client, key):
    told = put(client, f"bank/{key}", {"given_name": "Odd"}).json
    assert told["key"] == key
    assert client.get(f"/v1/sources/bank/records/{quote(key, safe='')}").json["key"] == key
    (told,) = post(client, "bank", {"key": key, "attributes": {"given_name": "Odd"}})
    assert (told["key"], told["outcome"]) == (key, "unchanged")
    assert delete(client, f"bank/{key}").json["key"] == key


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({"attributes": {"given": 1}}, {"attributes.given"}),
        ({"attributes": {"given_name": {}}}, {"attributes.given_name"}),
        ({"attributes": {"date_of_birth": "1980-02-31"}}, {"attributes.date_of_birth"}),
        ({"attributes": {"given_name": "a\0"}}, {"attributes.given_name"}),
        ({"attributes": {}, "modified_at": "yesterday"}, {"modified_at"}),
        ({"attributes": {"x": 1}, "modified_at": "0000"}, {"modified_at", "attributes.x"}),
        ({"attributes": {}, "modified_at": 7}, {"modified_at"}),
        ({"attributes": []}, {"attributes"}),
        ({}, {"attributes"}),
        ({"attributes": {}, "key": "7"}, {"key"}),
        ([], {"body"}),
    ],
)
def test_every_field_that_breaks_a_rule_is_named(office, client, body, fields):
    before = office.rows(TABLES)
    answer = client.put("/v1/sources/shop/records/7", json=body)
    told = problem(answer, 422, "invalid-parameters")
    assert {fault["field"] for fault in told["errors"]} == fields
    assert office.rows(TABLES) == before


@pytest.mark.parametrize(
    ("data", "status"),
    [
        (b"", 400),
        (b'{"attributes": {"given_name": "A', 400),
        (b'{"attributes": {"given_name": NaN}}', 400),
        (b'{"attributes": {"given_name": "A", "given_name": "B"}}', 400),
        (b'{"attributes": {"given_name": "\\ud800"}}', 400),
        (b'{"attributes": {"given_name": "\xff"}}', 400),
        (b'{"attributes": ' + b"[" * 100_000, 400),
        (b'{"attributes": {"given_name": "' + b"a" * 10_000_000 + b'"}}', 413),
    ],
    ids=lambda value: str(value)[:40],
)
def test_a_body_that_cannot_be_read_is_refused(client, data, status):
    answer = client.put("/v1/sources/shop/records/7", data=data, content_type="application/json")
    assert answer.status_code == status
    assert answer.json["type"].startswith("/problems/")


def test_a_body_that_is_too_large_is_told_how_large_it_may_be(client):
    told = problem(put(client, "shop/7", {"given_name": "a" * LONGEST_BODY}), 413, "too-large")
    assert told["errors"] == [{"field": "body", "message": "has more than 1,048,576 bytes"}]


def test_a_key_that_is_too_long_or_no_text_is_refused(client):
    long = put(client, "shop/" + "k" * 501, ANN_AGAIN)
    assert problem(long, 422, "invalid-parameters")["errors"][0]["field"] == "key"
    problem(put(client, "shop/a\0", ANN_AGAIN), 400, "malformed-request")


def test_what_was_submitted_is_what_a_batch_would_publish(office, client, sqlite_store, database):
    put(client, "shop/7", {**BRIDGE, "given_name": "Ann"})
    post(client, "bank", *({"key": str(n), "attributes": BRIDGE} for n in range(3, 7)))
    delete(client, "shop/7")
    if database == "postgresql":
        batch_says_the_same(office, sqlite_store)


def test_what_another_writer_keeps_waiting_too_long_is_told_when_to_come_again(office, store_url):
    impatient = Store(store_url, patience=0.05)
    client = create_app(Hub(impatient, RULES)).test_client()
    golden_id = office.homes()["bank/2"]
    with office.store.write():
        busy = put(client, "shop/7", ANN_AGAIN)
        assert problem(busy, 503, "busy")["detail"].startswith("nothing of it was taken")
        assert int(busy.headers["Retry-After"]) > 0
        (line,) = post(client, "shop", {"key": "7", "attributes": ANN_AGAIN})
        assert (line["status"], line["type"]) == (503, "/problems/busy")
        told = post(client, "shop", b"{", {"key": "7", "attributes": ANN_AGAIN}, {"key": "8"})
        assert [(line["status"], line["key"]) for line in told] == [
            (400, None),
            (503, "7"),
            (422, "8"),
        ]
        assert client.get(f"/v1/golden-records/{golden_id}").status_code == 200
    assert put(client, "shop/7", ANN_AGAIN).status_code == 201
    impatient.close()
