"""The history of a golden record on its page, and undoing a judgement from it."""

from collections.abc import Callable

import pytest
import sqlalchemy as sa

from mdm.hub import Hub
from tests.browsing import PASSWORD
from tests.resolving import ANN, BOB, CID, RULES, Office
from tests.steward_client import logged_in, token
from tests.stores import fresh, sqlite_url

WHY = "Called <them> & asked"


@pytest.fixture(scope="module")
def office(tmp_path_factory):
    with fresh(sqlite_url(tmp_path_factory.mktemp("history"))) as store:
        Hub(store, RULES).users.add("ann", PASSWORD)
        office = Office(store)
        office.take(bank_1=ANN, bank_2=BOB, bank_3=CID)
        office.train()
        office.resolve()
        yield office


@pytest.fixture(scope="module")
def client(office):
    return logged_in(Hub(office.store, RULES))


def judge(client, *parts: str, **more) -> int:
    """Judge records of the bank: `"1 2"` is a part."""
    shown = [[{"source": "bank", "key": key} for key in part.split()] for part in parts]
    judgement = {"kind": "partition", "parts": shown, "actor": "bo", "reason": WHY, **more}
    answer = client.post("/v1/judgements", json=judgement)
    assert answer.status_code == 201, answer.text
    return answer.json["judgement_id"]


def undo(client, number: int, reason: str = "A mistake"):
    address = f"/steward/judgements/{number}/withdrawal"
    form = {"csrf_token": token(client, address), "reason": reason}
    return client.post(address, data=form)


def test_an_act_is_told_with_who_why_and_what_was_known_and_can_be_undone(office, client):
    number = judge(client, "1 2")
    address = f"/steward/golden-records/{office.homes()['bank/1']}"
    text = client.get(address).text
    assert "Judged: 2 records are one customer" in text
    assert "By <b>bo</b>: “<bdi>Called &lt;them&gt; &amp; asked</bdi>”" in text
    assert "Model version 1" in text
    assert "The record bank 2 joined it" in text
    assert "Another golden record was merged into it" in text

    asked = client.get(f"/steward/judgements/{number}/withdrawal").text
    assert "What this would give" in asked
    assert "2 golden records" in asked
    answer = undo(client, number)
    assert answer.status_code == 303
    assert client.get(f"/v1/judgements/{number}").json["withdrawn_by"] == "ann"
    text = client.get(address).text
    assert f"Undone: judgement {number} does not count any more." in text
    assert "Withdrawn: that 2 records are one customer" in text
    assert "A mistake" in text
    assert f"Undo judgement {number}<" not in text


def test_a_pin_is_told_with_its_value(office, client):
    golden_id = office.homes()["bank/1"]
    pin = {"attribute": "given_name", "value": "Anna <b>", "actor": "bo", "reason": "Passport"}
    assert client.post(f"/v1/golden-records/{golden_id}/pins", json=pin).status_code == 201
    text = client.get(f"/steward/golden-records/{golden_id}").text
    assert "Pinned: given name Anna &lt;b&gt;" in text
    assert "Passport" in text


def test_what_does_not_count_any_more_offers_no_button_and_cannot_be_undone(client):
    number = judge(client, "1", "2")
    address = f"/steward/judgements/{number}/withdrawal"
    form = {"csrf_token": token(client, address), "reason": ""}
    undo(client, number)
    assert "It was undone by ann" in client.get(address).text
    assert "Undo it</button>" not in client.get(address).text
    answer = client.post(address, data=form)
    assert answer.status_code == 409
    assert "Nothing was changed" in answer.text


def test_an_undo_that_would_bring_back_a_contradiction_names_what_stands_against_it(client):
    first = judge(client, "2", "3")
    second = judge(client, "2 3", supersedes=[first])
    third = judge(client, "1 2 3")
    answer = undo(client, second)
    assert answer.status_code == 409
    assert f"/steward/judgements/{third}/withdrawal" in answer.text
    assert client.get(f"/v1/judgements/{second}").json["withdrawn_at"] is None
    for number in (third, second, first):
        assert undo(client, number).status_code == 303


def test_a_reason_that_is_too_long_is_told_beside_the_field(client):
    number = judge(client, "1", "3")
    answer = undo(client, number, "x" * 2_001)
    assert answer.status_code == 422
    assert 'id="reason-fault"' in answer.text
    undo(client, number)


def test_an_id_that_ended_still_has_its_history(office, client):
    old = office.homes()["bank/3"]
    number = judge(client, "1 3")
    assert office.homes()["bank/3"] != old
    text = client.get(f"/steward/golden-records/{old}/history").text
    assert "It was merged into another golden record" in text
    assert office.homes()["bank/3"] in text
    undo(client, number)
    assert client.get("/steward/golden-records/none/history").status_code == 404


def test_what_was_superseded_offers_no_button_until_it_counts_again(office, client):
    first = judge(client, "2", "3")
    second = judge(client, "2 3", supersedes=[first])
    address = f"/steward/golden-records/{office.homes()['bank/2']}/history"
    text = client.get(address).text
    assert f"Undo judgement {second}<" in text
    assert f"Undo judgement {first}<" not in text
    undo(client, second)
    text = client.get(address).text
    assert f"Undo judgement {second}<" not in text
    assert f"Undo judgement {first}<" in text
    undo(client, first)


def test_many_judgements_are_read_with_as_many_statements_as_one(office, client):
    golden_id = office.homes()["bank/1"]
    address = f"/steward/golden-records/{golden_id}/history"
    made = [judge(client, "1", "2")]
    one = statements(lambda: client.get(address))
    made += [judge(client, "1", "2"), judge(client, "1", "2")]
    many = statements(lambda: client.get(address))
    assert "judgement" in " ".join(many)
    assert len(many) == len(one)
    for number in made:
        undo(client, number)


def statements(act: Callable[[], object]) -> list[str]:
    """The statements that an act sends to the database."""
    found: list[str] = []

    def listen(_connection, _cursor, statement: str, *_) -> None:
        found.append(statement)

    sa.event.listen(sa.Engine, "before_cursor_execute", listen)
    try:
        act()
    finally:
        sa.event.remove(sa.Engine, "before_cursor_execute", listen)
    return found
