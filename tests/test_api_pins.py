"""Stewards' pins over HTTP: given, outvoted, disagreed with, taken off, wherever an ID leads."""

import pytest
from flask.testing import FlaskClient

from api import create_app
from mdm.hub import Hub
from mdm.store.schema import metadata
from tests.resolving import ANN, BOB, CID, RULES, Office, meanwhile

TABLES = [table.name for table in metadata.sorted_tables]
WHO = {"actor": "ann", "reason": "asked her"}
ANNA = {**ANN, "given_name": "Anna"}


@pytest.fixture
def office(store) -> Office:
    """Ann, whom the shop calls Anna, Bob and Cid."""
    office = Office(store)
    office.begin(bank_1=ANN, shop_1=ANNA, bank_2=BOB, bank_3=CID)
    return office


@pytest.fixture
def hub(office) -> Hub:
    return Hub(office.store, RULES)


@pytest.fixture
def client(hub) -> FlaskClient:
    return create_app(hub).test_client()


def pin(client: FlaskClient, golden_id: str, attribute: str, **how):
    body = {"attribute": attribute, **WHO, **how}
    return client.post(f"/v1/golden-records/{golden_id}/pins", json=body)


def pinned(client: FlaskClient, golden_id: str, attribute: str, **how) -> int:
    answer = pin(client, golden_id, attribute, **how)
    assert answer.status_code == 201, answer.json
    return answer.json["pin_id"]


def remove(client: FlaskClient, number: int):
    return client.delete(f"/v1/pins/{number}?actor=bob&reason=wrong")


def golden(client: FlaskClient, golden_id: str) -> dict:
    return client.get(f"/v1/golden-records/{golden_id}").json


def shown(client: FlaskClient, golden_id: str) -> list[dict]:
    return client.get(f"/v1/golden-records/{golden_id}/pins").json["items"]


def put(client: FlaskClient, name: str, attributes: dict) -> dict:
    source, key = name.split("/")
    body = {"attributes": {**attributes, "email": list(attributes["email"])}}
    return client.put(f"/v1/sources/{source}/records/{key}", json=body).json


def judge(client: FlaskClient, *parts, **more) -> int:
    refs = [[dict(zip(("source", "key"), n.split("/"), strict=True)) for n in p] for p in parts]
    answer = client.post("/v1/judgements", json={"parts": refs, **WHO, **more})
    assert answer.status_code == 201, answer.json
    return answer.json["judgement_id"]


def is_lawful(hub: Hub) -> bool:
    """Nothing is published that a rebuild would publish otherwise."""
    return hub.verify().findings == []


def problem(answer, status: int, name: str) -> dict:
    assert (answer.status_code, answer.json["type"]) == (status, f"/problems/{name}")
    return answer.json


def test_a_value_of_a_source_is_pinned_and_told_until_it_is_taken_off(office, hub, client):
    home = office.homes()["bank/1"]
    before = golden(client, home)
    answer = pin(client, home, "given_name", source="shop", key="1")
    assert answer.json["changed"] == [home]
    number = answer.json["pin_id"]

    found = golden(client, home)
    assert before["attributes"]["given_name"] == "Ann"
    assert found["attributes"]["given_name"] == "Anna"
    assert found["version"] == before["version"] + 1
    entry = found["provenance"]["given_name"]
    assert (entry["source"], entry["key"], entry["rule"]) == ("shop", "1", "pin")
    assert {name: entry["pin"][name] for name in ("pin_id", *WHO)} == {"pin_id": number, **WHO}
    assert entry["beat"] == [{"value": "Ann", "source": "bank", "key": "1"}]
    assert is_lawful(hub)

    kept = client.get(answer.headers["Location"]).json
    assert (kept["pin_id"], kept["golden_id"]) == (number, home)
    assert (kept["values"], kept["removed_at"]) == ({"given_name": "Anna"}, None)
    assert kept["taken_from"] == {"source": "shop", "key": "1"}

    assert remove(client, number).json["changed"] == [home]
    assert golden(client, home)["attributes"] == before["attributes"]
    kept = client.get(f"/v1/pins/{number}").json
    assert (kept["removed_by"], kept["removed_because"]) == ("bob", "wrong")
    assert shown(client, home) == []
    problem(remove(client, number), 409, "pin-removed")
    assert is_lawful(hub)


def test_a_value_of_the_stewards_own_survives_new_data_and_shows_who_disagrees_since(
    office, hub, client
):
    home = office.homes()["bank/1"]
    pinned(client, home, "given_name", value=" Anne ")
    assert golden(client, home)["attributes"]["given_name"] == "Anne"
    assert [each["since"] for each in shown(client, home)[0]["disagreeing"]] == [False, False]

    put(client, "bank/1", {**ANN, "given_name": "Nancy"})
    put(client, "shop/1", {**ANNA, "email": ("ann@lee.example", "anna@lee.example")})
    put(client, "shop/9", {**ANN, "given_name": "Anne"})
    assert golden(client, home)["attributes"]["given_name"] == "Anne"
    (item,) = shown(client, home)
    told = [(n["source"], n["values"]["given_name"], n["since"]) for n in item["disagreeing"]]
    assert told == [("bank", "Nancy", True), ("shop", "Anna", False)]
    assert (item["disagreeing_count"], item["outvoted_by"]) == (2, None)
    assert is_lawful(hub)


def test_the_change_is_told_to_followers(office, client):
    last = client.get("/v1/changes?limit=1000").json["after"]
    pinned(client, office.homes()["bank/1"], "given_name", value="Anne")
    (change,) = client.get(f"/v1/changes?after={last}").json["items"]
    assert (change["kind"], change["attributes"]) == ("changed", {"given_name": "Anne"})


def test_a_pin_and_its_removal_are_told_in_the_history(office, client):
    home = office.homes()["bank/1"]
    number = pinned(client, home, "given_name", source="shop", key="1")
    remove(client, number)
    told = client.get(f"/v1/golden-records/{home}/history").json["items"]
    assert [entry["kind"] for entry in told[:4]] == ["unpinned", "changed", "pinned", "changed"]
    for entry, actor, reason in ((told[0]["act"], "bob", "wrong"), (told[2]["act"], *WHO.values())):
        assert (entry["actor"], entry["reason"], entry["model_version"]) == (actor, reason, 1)
        assert entry["pin"] == {
            "pin_id": number,
            "values": {"given_name": "Anna"},
            "taken_from": {"source": "shop", "key": "1"},
        }
        (concerned,) = entry["golden_records"]
        assert (concerned["records_before"], concerned["records_after"]) == (2, 2)


def test_after_a_merge_the_latest_pin_counts_and_each_is_back_after_the_unmerge(
    office, hub, client
):
    homes = office.homes()
    older = pinned(client, homes["bank/2"], "given_name", value="Robert")
    newer = pinned(client, homes["bank/3"], "given_name", value="Cyd")
    merged = judge(client, ["bank/2", "bank/3"])
    home = office.homes()["bank/2"]
    assert golden(client, home)["attributes"]["given_name"] == "Cyd"
    told = [(each["pin"]["pin_id"], each["outvoted_by"]) for each in shown(client, home)]
    assert told == [(newer, None), (older, newer)]
    assert is_lawful(hub)

    remove(client, newer)
    assert golden(client, home)["attributes"]["given_name"] == "Robert"
    newer = pinned(client, home, "given_name", value="Rob")
    client.delete(f"/v1/judgements/{merged}?actor=ann&reason=undo")
    assert office.homes() == homes
    assert golden(client, homes["bank/2"])["attributes"]["given_name"] == "Rob"
    assert golden(client, homes["bank/3"])["attributes"]["given_name"] == "Cid"
    assert is_lawful(hub)


def test_a_pin_stays_with_its_id_when_the_golden_record_is_split(office, hub, client):
    home = office.homes()["bank/1"]
    pinned(client, home, "given_name", value="Anne")
    judge(client, ["bank/1"], ["shop/1"], keeps_part=1)
    homes = office.homes()
    assert golden(client, homes["shop/1"])["attributes"]["given_name"] == "Anne"
    assert golden(client, homes["bank/1"])["attributes"]["given_name"] == "Ann"
    assert is_lawful(hub)


def test_a_pin_goes_with_an_id_that_a_steward_makes_follow_a_record(office, hub, client):
    """Both golden records say so at once, also where the ID is given back its records later."""
    homes = office.homes()
    pinned(client, homes["bank/3"], "given_name", value="Cyd")
    merged = judge(client, ["bank/2", "bank/3"])
    assert golden(client, homes["bank/2"])["attributes"]["given_name"] == "Cyd"
    judge(client, ["bank/2"], ["bank/3"], keeps_part=1, supersedes=[merged])
    now = office.homes()
    assert now["bank/3"] == homes["bank/2"]
    assert golden(client, now["bank/3"])["attributes"]["given_name"] == "Cyd"
    assert golden(client, now["bank/2"])["attributes"]["given_name"] == "Bob"
    assert is_lawful(hub)


def test_a_pin_leaves_with_an_id_whose_last_record_is_given_another(office, hub, client):
    """No record moves, but of those that the ID stood for only a retired one is left."""
    office.take(shop_2=CID)
    office.resolve()
    homes = office.homes()
    number = pinned(client, homes["bank/3"], "given_name", value="Cyd")
    judge(client, ["bank/2", "bank/3", "shop/2"])
    client.delete("/v1/sources/shop/records/2")
    home = office.homes()["bank/3"]
    assert golden(client, home)["attributes"]["given_name"] == "Cyd"
    judge(client, ["bank/2", "bank/3"], keeps_part=0)
    assert golden(client, home)["attributes"]["given_name"] == "Bob"
    assert shown(client, home) == []
    assert is_lawful(hub)
    assert remove(client, number).json["changed"] == []


def test_a_pin_goes_with_an_id_that_a_returning_record_takes_along(office, hub, client):
    """Of two records whose own ID it is the earlier decides; where the other is, none moves."""
    office.take(shop_2=CID)
    office.resolve()
    homes = office.homes()
    pinned(client, homes["bank/3"], "given_name", value="Cyd")
    put(client, "bank/2", CID)
    client.delete("/v1/sources/bank/records/3")
    assert golden(client, homes["bank/2"])["attributes"]["given_name"] == "Cyd"
    put(client, "bank/3", ANN)
    assert office.ask(homes["bank/3"]) == homes["bank/1"]
    assert golden(client, homes["bank/1"])["attributes"]["given_name"] == "Cyd"
    assert golden(client, homes["bank/2"])["attributes"]["given_name"] == "Cid"
    assert is_lawful(hub)


def test_a_pin_is_kept_while_its_golden_record_is_gone(office, hub, client):
    home = office.homes()["bank/2"]
    pinned(client, home, "given_name", value="Robert")
    client.delete("/v1/sources/bank/records/2")
    problem(client.get(f"/v1/golden-records/{home}/pins"), 410, "retired")
    problem(pin(client, home, "given_name", value="Rob"), 410, "retired")
    assert is_lawful(hub)
    put(client, "bank/2", BOB)
    assert golden(client, home)["attributes"]["given_name"] == "Robert"
    assert is_lawful(hub)


def test_an_id_that_leads_elsewhere_sends_on_whoever_pins(office, client):
    homes = office.homes()
    judge(client, ["bank/2", "bank/3"])
    answer = pin(client, homes["bank/3"], "given_name", value="Cyd")
    assert answer.status_code == 307
    assert answer.headers["Location"].endswith(f"{homes['bank/2']}/pins")


def test_what_waits_in_the_golden_record_is_resolved_with_the_pin(office, hub, client):
    home = office.homes()["bank/1"]
    office.take(shop_1={**CID, "given_name": "Cyd"})
    number = pinned(client, home, "given_name", value="Anne")
    assert office.pending() == set()
    assert office.homes()["shop/1"] == office.homes()["bank/3"]
    assert golden(client, home)["attributes"]["given_name"] == "Anne"
    office.take(bank_1={**ANN, "given_name": "Nan"})
    remove(client, number)
    assert golden(client, home)["attributes"]["given_name"] == "Nan"
    assert is_lawful(hub)


def test_a_pin_that_comes_during_a_resolve_is_published_by_it(office, hub, client):
    homes = office.homes()
    office.take(bank_4={**BOB, "given_name": "Rob"})

    def act() -> None:
        pinned(client, homes["bank/2"], "given_name", value="Robert")
        number = pinned(client, homes["bank/3"], "given_name", value="Cyd")
        remove(client, number)
        put(client, "shop/3", {**CID, "given_name": "Cy"})

    meanwhile(office, act)
    assert golden(client, homes["bank/2"])["attributes"]["given_name"] == "Robert"
    assert golden(client, homes["bank/3"])["attributes"]["given_name"] == "Cid"
    assert is_lawful(hub)


def test_many_values_are_pinned_as_a_list(office, hub, client):
    home = office.homes()["bank/1"]
    put(client, "shop/1", {**ANN, "email": ("ann@lee.example", "old@lee.example")})
    pinned(client, home, "email", value=["ann@lee.example", "ANN@lee.example"])
    found = golden(client, home)
    assert found["attributes"]["email"] == ["ann@lee.example"]
    assert len(found["provenance"]["email"]) == 1
    (item,) = shown(client, home)
    assert [(each["source"], each["key"]) for each in item["disagreeing"]] == [("shop", "1")]
    assert is_lawful(hub)
