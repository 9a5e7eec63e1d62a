"""Stewards' judgements over HTTP: partitions of what was shown, superseded, withdrawn."""

import pytest
import schemathesis
from flask.testing import FlaskClient

from api import create_app
from mdm.hub import Hub
from mdm.model.errors import Retired
from mdm.store.schema import metadata
from tests.resolving import ANN, BOB, CID, RULES, Office

TABLES = [table.name for table in metadata.sorted_tables]
JUDGEMENTS = "/v1/judgements"


@pytest.fixture
def office(store) -> Office:
    """Ann, whom two departments know, Bob and Cid."""
    office = Office(store)
    office.begin(bank_1=ANN, shop_1=ANN, bank_2=BOB, bank_3=CID)
    return office


@pytest.fixture
def client(office) -> FlaskClient:
    return create_app(Hub(office.store, RULES)).test_client()


def shown(name: str, **more) -> dict:
    source, key = name.split("/")
    return {"source": source, "key": key, **more}


def judge(client: FlaskClient, *parts, to: str = JUDGEMENTS, **more):
    body = {
        "parts": [[shown(name) for name in part] for part in parts],
        "actor": "steward",
        "reason": "called them",
        **more,
    }
    return client.post(to, json=body)


def withdraw(client: FlaskClient, number: int):
    return client.delete(f"{JUDGEMENTS}/{number}?actor=steward&reason=looked+again")


def problem(answer, status: int, name: str) -> dict:
    assert (answer.status_code, answer.json["type"]) == (status, f"/problems/{name}")
    return answer.json


def test_one_part_merges_and_its_withdrawal_brings_both_ids_back(office, client):
    before = office.homes()
    answer = judge(client, ["bank/2", "bank/3"])
    assert answer.status_code == 201
    assert set(answer.json["changed"]) == {before["bank/2"], before["bank/3"]}
    assert office.homes()["bank/3"] == office.homes()["bank/2"] == before["bank/2"]
    elsewhere = client.get(f"/v1/golden-records/{before['bank/3']}")
    assert (elsewhere.status_code, elsewhere.json["golden_id"]) == (307, before["bank/2"])

    done = withdraw(client, answer.json["judgement_id"])
    assert set(done.json["changed"]) == {before["bank/2"], before["bank/3"]}
    assert office.homes() == before


def test_several_parts_split_and_stay_split(office, client):
    before = office.homes()
    judge(client, ["bank/1"], ["shop/1"])
    homes = office.homes()
    assert homes["bank/1"] == before["bank/1"] != homes["shop/1"]
    office.resolve()
    assert office.homes() == homes


def test_a_judgement_is_read_back_with_what_became_of_it(client):
    number = judge(client, ["bank/1"], ["shop/1"]).json["judgement_id"]
    found = client.get(f"{JUDGEMENTS}/{number}").json
    assert found["parts"] == [[shown("bank/1")], [shown("shop/1")]]
    assert (found["kind"], found["actor"], found["reason"]) == (
        "partition",
        "steward",
        "called them",
    )
    assert (found["superseded_by"], found["withdrawn_at"]) == (None, None)
    assert found["withdrawn_reason"] is None
    withdraw(client, number)
    withdrawn = client.get(f"{JUDGEMENTS}/{number}").json
    assert (withdrawn["withdrawn_by"], withdrawn["withdrawn_reason"]) == ("steward", "looked again")


def test_judgements_are_listed_in_pages_and_by_record(client):
    numbers = [
        judge(client, ["bank/1"], ["shop/1"]).json["judgement_id"],
        judge(client, ["bank/2"], ["bank/3"]).json["judgement_id"],
    ]
    first = client.get(f"{JUDGEMENTS}?limit=1").json
    second = client.get(first["next"]).json
    listed = [*first["items"], *second["items"]]
    assert [each["judgement_id"] for each in listed] == numbers
    assert second["next"] is None
    of_bob = client.get(f"{JUDGEMENTS}?source=bank&key=2").json["items"]
    assert [each["judgement_id"] for each in of_bob] == numbers[1:]
    problem(client.get(f"{JUDGEMENTS}?source=bank&key=99"), 404, "not-found")
    problem(client.get(f"{JUDGEMENTS}?source=bank"), 422, "invalid-parameters")


def test_what_is_not_as_it_was_shown_is_refused(office, client):
    before = office.rows(TABLES)
    part = judge(client, ["bank/1"], ["bank/2"])
    assert "'shop' with key '1'" in problem(part, 412, "precondition-failed")["detail"]
    changed = client.post(
        JUDGEMENTS,
        json={
            "parts": [[shown("bank/2", version=2)], [shown("bank/3")]],
            "actor": "steward",
            "reason": "",
        },
    )
    problem(changed, 422, "invalid-parameters")
    body = {"parts": [[shown("bank/2", version=2)], [shown("bank/3")]]}
    late = client.post(JUDGEMENTS, json={**body, "actor": "steward", "reason": "looked"})
    assert "version 1" in problem(late, 412, "precondition-failed")["detail"]
    assert office.rows(TABLES) == before


def test_a_contradiction_is_refused_with_its_path_or_supersedes_it(office, client):
    first = judge(client, ["bank/1"], ["shop/1"]).json["judgement_id"]
    before = office.rows(TABLES)
    refused = judge(client, ["bank/1", "shop/1"])
    assert str(first) in problem(refused, 409, "contradiction")["detail"]
    assert office.rows(TABLES) == before

    second = judge(client, ["bank/1", "shop/1"], supersedes=[first]).json["judgement_id"]
    assert office.homes()["bank/1"] == office.homes()["shop/1"]
    assert client.get(f"{JUDGEMENTS}/{first}").json["superseded_by"] == second
    problem(withdraw(client, first), 409, "not-in-force")
    problem(judge(client, ["bank/2", "bank/3"], supersedes=[first]), 412, "precondition-failed")

    withdraw(client, second)
    assert office.homes()["bank/1"] != office.homes()["shop/1"]
    problem(withdraw(client, second), 409, "not-in-force")


def test_undoing_is_refused_where_what_comes_back_would_contradict(office, client):
    first = judge(client, ["bank/1"], ["shop/1"]).json["judgement_id"]
    second = judge(client, ["bank/1", "shop/1"], supersedes=[first]).json["judgement_id"]
    judge(client, ["bank/1", "shop/1"])
    before = office.rows(TABLES)
    told = problem(withdraw(client, second), 409, "contradiction")["detail"]
    assert told.startswith(f"judgement {first} would count again, and contradicts judgements ")
    assert told.endswith(": withdraw them first")
    assert office.rows(TABLES) == before


def test_unsure_keeps_a_pair_below_the_threshold_until_a_record_changes(office, client):
    before = office.homes()
    judge(client, ["bank/1"], ["shop/1"], kind="unsure")
    homes = office.homes()
    assert homes["bank/1"] == before["bank/1"] != homes["shop/1"]
    body = {"attributes": {**ANN, "email": ["ann@lee.example", "ann@work.example"]}}
    told = client.put("/v1/sources/shop/records/1", json=body).json
    assert told["golden_id"] == before["bank/1"]


def test_a_part_may_be_given_the_id(office, client):
    before = office.homes()
    judge(client, ["bank/1"], ["shop/1"], keeps_part=1)
    homes = office.homes()
    assert homes["shop/1"] == before["bank/1"] != homes["bank/1"]
    assert office.ask(before["bank/1"]) == before["bank/1"]


def test_the_id_of_a_record_that_is_given_another_one_leads_to_it_for_ever(office, client):
    """Also where the record joins others, and to nobody once it is retired."""
    before = office.homes()
    merged = judge(client, ["bank/2", "bank/3"]).json["judgement_id"]
    split = judge(client, ["bank/2"], ["bank/3"], keeps_part=1, supersedes=[merged])
    homes = office.homes()
    assert homes["bank/3"] == before["bank/2"] != homes["bank/2"]
    assert office.ask(before["bank/3"]) == homes["bank/3"]
    verify = Hub(office.store, RULES).verify
    assert verify().findings == []

    withdraw(client, split.json["judgement_id"])
    assert office.ask(before["bank/3"]) == office.homes()["bank/2"] == before["bank/2"]
    client.delete("/v1/sources/bank/records/3")
    assert office.ask(before["bank/3"]) is Retired
    assert verify().findings == []


@pytest.mark.parametrize(
    ("parts", "more", "field"),
    [
        ([], {}, "parts"),
        ([["bank/2"]], {}, "parts"),
        ([["bank/2"], []], {}, "parts"),
        ([["bank/2", "bank/2"]], {}, "parts"),
        ([["bank/2", "bank/3"]], {"kind": "unsure"}, "parts"),
        ([["bank/2", "bank/3"]], {"kind": "perhaps"}, "kind"),
        ([["bank/2"], ["bank/3"]], {"keeps_part": 2}, "keeps_part"),
        ([["bank/2"], ["bank/3"]], {"keeps_part": 0}, "keeps_part"),
        ([["bank/2"], ["bank/3"]], {"actor": ""}, "actor"),
        ([["bank/2"], ["bank/3"]], {"reason": "a\0"}, "reason"),
        ([["bank/2"], ["bank/3"]], {"supersedes": [10**30]}, "supersedes"),
        ([["bank/2"], ["bank/3"]], {"colour": "red"}, "colour"),
    ],
)
def test_every_field_that_breaks_a_rule_is_named(office, client, parts, more, field):
    before = office.rows(TABLES)
    told = problem(judge(client, *parts, **more), 422, "invalid-parameters")
    assert any(fault["field"].split(".")[0] == field for fault in told["errors"])
    assert office.rows(TABLES) == before


def test_what_there_is_not_is_told(client):
    problem(judge(client, ["bank/99", "bank/1"]), 404, "not-found")
    problem(judge(client, ["bank/2", "bank/3"], supersedes=[7]), 404, "not-found")
    problem(withdraw(client, 7), 404, "not-found")
    problem(client.get(f"{JUDGEMENTS}/7"), 404, "not-found")
    problem(client.get(f"{JUDGEMENTS}/{10**30}"), 404, "not-found")
    told = problem(client.delete(f"{JUDGEMENTS}/7"), 422, "invalid-parameters")
    assert [fault["field"] for fault in told["errors"]] == ["actor", "reason"]


def test_a_preview_tells_what_a_judgement_would_give_and_keeps_nothing(office, client):
    before, homes = office.rows(TABLES), office.homes()
    answer = judge(client, ["bank/2", "bank/3"], to=f"{JUDGEMENTS}/preview")
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-store")
    (golden,) = answer.json["golden_records"]
    assert (golden["golden_id"], golden["standing"]) == (homes["bank/2"], "kept")
    assert golden["records"] == [shown("bank/2"), shown("bank/3")]
    after = [*BOB["email"], *CID["email"]]
    change = {"attribute": "email", "before": list(BOB["email"]), "after": after}
    assert golden["changes"] == [change]
    led = {"asked": homes["bank/3"], "golden_id": homes["bank/2"], "new": False}
    assert answer.json["elsewhere"] == [led]
    assert office.rows(TABLES) == before


def test_a_preview_of_a_withdrawal_tells_which_id_comes_back(office, client):
    homes = office.homes()
    number = judge(client, ["bank/2", "bank/3"]).json["judgement_id"]
    answer = client.get(f"{JUDGEMENTS}/{number}/withdrawal")
    assert [each["standing"] for each in answer.json["golden_records"]] == ["kept", "restored"]
    assert answer.json["golden_records"][1]["golden_id"] == homes["bank/3"]
    withdraw(client, number)
    problem(client.get(f"{JUDGEMENTS}/{number}/withdrawal"), 409, "not-in-force")
    problem(client.get(f"{JUDGEMENTS}/99/withdrawal"), 404, "not-found")


def test_previews_are_as_the_document_says(client):
    number = judge(client, ["bank/2", "bank/3"]).json["judgement_id"]
    schema = schemathesis.openapi.from_wsgi("/openapi.json", client.application)
    withdrawal = schema[f"{JUDGEMENTS}/{{judgement_id}}/withdrawal"]["GET"]
    withdrawal.Case(path_parameters={"judgement_id": number}).call_and_validate()
    parts = [[shown("bank/1")], [shown("shop/1")]]
    body = {"parts": parts, "actor": "steward", "reason": "called them"}
    case = schema[f"{JUDGEMENTS}/preview"]["POST"].Case(body=body, media_type="application/json")
    case.call_and_validate()


def test_a_preview_is_refused_where_the_judgement_would_be(client):
    preview = f"{JUDGEMENTS}/preview"
    number = judge(client, ["bank/1"], ["shop/1"]).json["judgement_id"]
    refused = problem(judge(client, ["bank/1", "shop/1"], to=preview), 409, "contradiction")
    assert f"judgements {number}:" in refused["detail"]
    problem(judge(client, ["bank/2"], to=preview), 422, "invalid-parameters")
    late = {"parts": [[shown("bank/2", version=2)], [shown("bank/3")]]}
    body = {**late, "actor": "steward", "reason": "looked"}
    problem(client.post(preview, json=body), 412, "precondition-failed")


def test_a_judgement_that_nobody_makes_is_refused(client):
    for answer in (
        judge(client, ["bank/2", "bank/3"], actor="  "),
        judge(client, ["bank/2", "bank/3"], actor="  ", to=f"{JUDGEMENTS}/preview"),
        client.delete(f"{JUDGEMENTS}/1?actor=%20&reason=why"),
    ):
        told = problem(answer, 422, "invalid-parameters")
        assert told["errors"] == [{"field": "actor", "message": "is blank: say who acts"}]
