"""What happened to a golden record over HTTP: changes, and acts with the evidence of their time."""

import pytest
import schemathesis
from flask.testing import FlaskClient

from api import create_app
from mdm.hub import Hub
from mdm.model.history import MOST_CONCERNED, MOST_WEIGHED
from mdm.model.rules.load import rules_from_text
from tests.resolving import ANN, BOB, RULES, Office, rules_text
from tests.test_api_judgements import judge, problem, withdraw

DAN = {"given_name": "Dan", "date_of_birth": "1955-05-05", "email": ("ann@lee.example",)}
"""Shares Ann's e-mail."""


@pytest.fixture
def office(store) -> Office:
    """Ann, whom two departments know, Dan, who shares her e-mail, and Bob."""
    office = Office(store)
    office.begin(bank_1=ANN, shop_1=ANN, bank_2=BOB, shop_5=DAN)
    return office


@pytest.fixture
def client(office) -> FlaskClient:
    return create_app(Hub(office.store, RULES)).test_client()


def history(client: FlaskClient, golden_id: str) -> list[dict]:
    answer = client.get(f"/v1/golden-records/{golden_id}/history?limit=200")
    assert (answer.status_code, answer.json["next"]) == (200, None), answer.json
    return answer.json["items"]


def kinds(entries: list[dict]) -> list[str]:
    return [entry["kind"] for entry in entries]


def acts(client: FlaskClient, golden_id: str) -> list[dict]:
    return [entry["act"] for entry in history(client, golden_id) if entry["act"] is not None]


def ends(pair: dict) -> set[str]:
    return {f"{pair[side]['source']}/{pair[side]['key']}" for side in ("left", "right")}


def concerned(golden_id: str, before: int, after: int) -> dict:
    return {"golden_id": golden_id, "records_before": before, "records_after": after}


def explained(client: FlaskClient, golden_id: str) -> list[dict]:
    """The pairs of a golden record, as they are scored now."""
    return client.get(f"/v1/golden-records/{golden_id}/explanation").json["pairs"]


def test_a_merger_is_in_the_history_of_both_ids_before_what_it_changed(office, client):
    homes = office.homes()
    ann, dan = homes["bank/1"], homes["shop/5"]
    number = judge(client, ["bank/1", "shop/1", "shop/5"]).json["judgement_id"]
    survivor, gone = history(client, ann), history(client, dan)
    assert kinds(survivor) == ["judged", "merged", "attached", "attached", "attached", "minted"]
    assert kinds(gone) == ["judged", "merged", "detached", "attached", "minted"]
    assert survivor[1] == gone[1]
    assert (gone[1]["change"]["golden_id"], gone[1]["change"]["other"]) == (dan, ann)
    assert survivor[2]["change"]["ref"] == {"source": "shop", "key": "5"}
    assert {survivor[0]["at"], gone[0]["at"]} == {survivor[1]["at"]}
    (told,) = acts(client, ann)
    assert (told["actor"], told["reason"], told["model_version"]) == ("steward", "called them", 1)
    assert told["judgement"] == {
        "judgement_id": number,
        "kind": "partition",
        "parts": [3],
        "others": [],
    }
    assert told["golden_records"] == [concerned(ann, 2, 3), concerned(dan, 1, 0)]
    assert (told["golden_record_count"], told["pair_count"]) == (2, 2)
    assert [ends(pair) for pair in told["pairs"]] == [{"bank/1", "shop/5"}, {"shop/1", "shop/5"}]
    scored = {frozenset(ends(pair)): pair["weight_bits"] for pair in explained(client, ann)}
    for pair in told["pairs"]:
        assert pair["weight_bits"] == scored[frozenset(ends(pair))] < 0
        assert 0 < pair["match_probability"] < 0.5
    assert acts(client, homes["bank/2"]) == []


def test_the_evidence_is_that_of_its_time(office, client):
    ann = office.homes()["bank/1"]
    judge(client, ["bank/1", "shop/1"], ["shop/5"])
    before = acts(client, ann)
    office.train(rules_from_text(rules_text(u=0.1), "other.yaml"))
    office.resolve()
    assert acts(client, ann) == before
    judge(client, ["bank/1", "shop/1"])
    newest, *earlier = acts(client, ann)
    assert earlier == before
    assert newest["model_version"] == 2
    assert newest["pairs"][0]["weight_bits"] == explained(client, ann)[0]["weight_bits"]
    assert (newest["pair_count"], newest["golden_records"]) == (1, [concerned(ann, 2, 2)])


def test_a_withdrawal_tells_why_and_what_counts_again(office, client):
    ann = office.homes()["bank/1"]
    first = judge(client, ["bank/1"], ["shop/1"]).json["judgement_id"]
    part = office.homes()["shop/1"]
    second = judge(client, ["bank/1", "shop/1"], supersedes=[first]).json["judgement_id"]
    withdraw(client, second)
    told = [entry for entry in history(client, ann) if entry["act"] is not None]
    assert kinds(told) == ["withdrawn", "judged", "judged"]
    taken_back, merged, split = (entry["act"] for entry in told)
    assert taken_back["reason"] == "looked again"
    assert [each["judgement"]["judgement_id"] for each in (taken_back, merged, split)] == [
        second,
        second,
        first,
    ]
    assert [each["judgement"]["others"] for each in (taken_back, merged, split)] == [
        [first],
        [first],
        [],
    ]
    assert split["judgement"]["parts"] == [1, 1]
    assert split["golden_records"] == [concerned(ann, 2, 1), concerned(part, 0, 1)]
    assert taken_back["golden_records"] == split["golden_records"]
    assert merged["golden_records"] == [concerned(ann, 1, 2), concerned(part, 1, 0)]
    assert acts(client, part)[0]["golden_records"][0] == concerned(part, 0, 1)


def test_what_changed_is_told_by_name_and_without_values(office, client):
    office.take(bank_2={**BOB, "given_name": "Rob"})
    office.resolve()
    newest = history(client, office.homes()["bank/2"])[0]
    assert (newest["kind"], newest["act"]) == ("changed", None)
    assert newest["change"]["attributes"] == ["given_name"]
    assert newest["change"]["ref"] is newest["change"]["other"] is None
    assert "Rob" not in str(newest)


def test_a_judgement_that_changes_nothing_is_in_the_history_too(office, client):
    bob = office.homes()["bank/2"]
    judge(client, ["bank/2"], ["shop/5"], kind="unsure")
    (told,) = acts(client, bob)
    assert told["judgement"]["kind"] == "unsure"
    assert (told["pairs"], told["pair_count"]) == ([], 0)
    assert {(each["records_before"], each["records_after"]) for each in told["golden_records"]} == {
        (1, 1)
    }


def test_an_id_keeps_its_history_when_it_is_retired(office, client):
    bob = office.homes()["bank/2"]
    assert client.delete("/v1/sources/bank/records/2").status_code == 200
    assert client.get(f"/v1/golden-records/{bob}").status_code == 410
    assert kinds(history(client, bob)) == ["retired", "detached", "attached", "minted"]


def test_pages_follow_one_another_without_gap_or_overlap(office, client):
    ann = office.homes()["bank/1"]
    for _ in range(2):
        number = judge(client, ["bank/1"], ["shop/1"]).json["judgement_id"]
        judge(client, ["bank/1"], ["bank/2"])
        judge(client, ["bank/1"], ["bank/2"], kind="unsure")
        withdraw(client, number)
    whole = history(client, ann)
    assert kinds(whole).count("judged") == 6
    for limit in (1, 2, 3, 5):
        pages = [client.get(f"/v1/golden-records/{ann}/history?limit={limit}").json]
        while pages[-1]["next"] is not None:
            pages.append(client.get(pages[-1]["next"]).json)
        assert [item for page in pages for item in page["items"]] == whole
        assert all(len(page["items"]) == limit for page in pages[:-1])


def test_of_many_pairs_the_strongest_are_kept_and_of_many_golden_records_some_are_shown(store):
    office = Office(store)
    strangers = {
        f"shop_{n}": {"given_name": f"N{n}", "email": (f"{n}@x.example",)} for n in range(25)
    }
    office.begin(bank_1=ANN, **{f"shop_a{n}": ANN for n in range(7)}, **strangers)
    client = create_app(Hub(store, RULES)).test_client()
    ann = office.homes()["bank/1"]
    family = ["bank/1", *(f"shop/a{n}" for n in range(7))]
    judge(client, family)
    (told,) = acts(client, ann)
    assert (len(told["pairs"]), told["pair_count"]) == (MOST_WEIGHED, 28)
    alone = [[f"shop/{n}"] for n in range(25)]
    judge(client, family, *alone)
    told = acts(client, ann)[0]
    assert (len(told["golden_records"]), told["golden_record_count"]) == (MOST_CONCERNED, 26)
    assert told["golden_records"][0]["golden_id"] == ann
    last = office.homes()["shop/24"]
    assert acts(client, last)[0]["golden_records"][0]["golden_id"] == last


def test_what_was_never_issued_has_no_history(client):
    for golden_id in ("g" + "0" * 20, "nobody"):
        problem(client.get(f"/v1/golden-records/{golden_id}/history"), 404, "not-found")
    path = f"/v1/golden-records/{'g' + '0' * 20}/history"
    problem(client.get(f"{path}?cursor=WzFd"), 422, "invalid-parameters")


def test_answers_are_as_the_document_says(office, client):
    judge(client, ["bank/1", "shop/1", "shop/5"])
    ann = office.homes()["bank/1"]
    schema = schemathesis.openapi.from_wsgi("/openapi.json", client.application)
    asked = schema["/v1/golden-records/{golden_id}/history"]["GET"]
    asked.Case(path_parameters={"golden_id": ann}).call_and_validate()
