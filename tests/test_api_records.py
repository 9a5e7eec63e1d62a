"""Source records and their versions by a department's own key, over HTTP."""

from urllib.parse import quote

import pytest
from flask.testing import FlaskClient

from api import create_app
from mdm.hub import Hub
from tests.resolving import ANN, AT, BOB, RULES, Office

ODD_KEYS = [
    "a\nb",
    "a/b",
    "/a",
    "a/",
    "a//b",
    "/",
    "//",
    "a b",
    " a",
    "😀",
    "%",
    "%2F",
    "?",
    "#",
    ".",
    "..",
    "../records/2",
    "a/./b",
    "é",
]


@pytest.fixture
def office(store) -> Office:
    office = Office(store)
    office.begin(bank_1=ANN, shop_1=ANN, bank_2=BOB)
    return office


@pytest.fixture
def client(office) -> FlaskClient:
    return create_app(Hub(office.store, RULES)).test_client()


def test_a_record_is_shown_as_it_came_with_its_golden_record(office, client):
    record = client.get("/v1/sources/bank/records/1").json

    assert record["payload"] == {"key": "1", **ANN, "email": ["ann@lee.example"]}
    assert record["attributes"]["given_name"] == "Ann"
    assert record["standardised"]["given_name"] == "ann"
    assert (record["source"], record["key"], record["version"]) == ("bank", "1", 1)
    assert record["golden_id"] == office.homes()["bank/1"] == office.homes()["shop/1"]
    assert (record["pending"], record["retired_at"]) == (False, None)


def test_a_record_that_was_not_resolved_yet_has_no_golden_record(office, client):
    office.take(shop_9=BOB)
    record = client.get("/v1/sources/shop/records/9").json
    assert (record["golden_id"], record["pending"]) == (None, True)


def test_a_retired_record_can_still_be_read(office, client):
    office.retire("shop/1")
    record = client.get("/v1/sources/shop/records/1").json
    assert (record["retired_at"], record["golden_id"], record["pending"]) == (AT, None, True)
    office.resolve()
    record = client.get("/v1/sources/shop/records/1").json
    assert (record["golden_id"], record["pending"]) == (None, False)


def test_every_version_is_kept_and_read_in_pages(office, client):
    for name in ("Anna", "Anne", "Annie"):
        office.take(bank_1={**ANN, "given_name": name})
    first = client.get("/v1/sources/bank/versions/1?limit=3").json
    second = client.get(first["next"]).json

    shown = [*first["items"], *second["items"]]
    assert [each["attributes"]["given_name"] for each in shown] == ["Ann", "Anna", "Anne", "Annie"]
    assert [each["version"] for each in shown] == [1, 2, 3, 4]
    assert [len(first["items"]), second["next"]] == [3, None]
    assert all(each["payload"]["key"] == "1" for each in shown)
    assert not {"source", "key", "standardised", "pending"} & shown[0].keys()


@pytest.mark.parametrize("key", ODD_KEYS)
def test_a_key_may_hold_anything_and_reaches_no_other_address(office, client, key):
    office.take(**{f"bank_{key}": {**BOB, "given_name": "Odd"}})
    asked = quote(key, safe="")
    found = client.get(f"/v1/sources/bank/records/{asked}").json
    assert (found["key"], found["attributes"]["given_name"]) == (key, "Odd")
    (version,) = client.get(f"/v1/sources/bank/versions/{asked}").json["items"]
    assert version["payload"]["key"] == key


def test_versions_of_a_key_with_slashes_link_to_their_next_page(office, client):
    for name in ("A", "B"):
        office.take(**{"bank_/a//versions/b": {**ANN, "given_name": name}})
    first = client.get("/v1/sources/bank/versions/%2Fa%2F%2Fversions%2Fb?limit=1").json
    second = client.get(first["next"]).json
    assert [each["items"][0]["version"] for each in (first, second)] == [1, 2]


@pytest.mark.parametrize("what", ["records", "versions"])
@pytest.mark.parametrize(
    ("place", "said"), [("nix/{}/1", "no source 'nix'"), ("bank/{}/77", "with key '77'")]
)
def test_what_nobody_gave_us_is_not_found(client, what, place, said):
    answer = client.get(f"/v1/sources/{place.format(what)}")
    assert (answer.status_code, answer.json["type"]) == (404, "/problems/not-found")
    assert said in answer.json["detail"]


def test_parameters_and_addresses_that_are_none_are_refused(client):
    assert client.get("/v1/sources/bank/records/1?x=1").status_code == 422
    assert client.get("/v1/sources/bank/versions/1?limit=0").status_code == 422
    assert client.get("/v1/sources/bank/records/").status_code == 404
    assert client.post("/v1/sources/bank/versions/1").status_code == 405
