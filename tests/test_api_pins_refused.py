"""Pins that are refused: every field that breaks a rule is named, and nothing is kept."""

import pytest
from flask.testing import FlaskClient

from api import create_app
from mdm.hub import Hub
from tests.resolving import ANN, BOB, CID, RULES, Office
from tests.test_api_pins import TABLES, pin, problem, remove


@pytest.fixture
def office(sqlite_store) -> Office:
    """Ann, whom two departments know, Bob, and somebody without a name."""
    office = Office(sqlite_store)
    office.begin(bank_1=ANN, shop_1=ANN, bank_2=BOB, bank_4={"email": ("nobody@lee.example",)})
    return office


@pytest.fixture
def client(office) -> FlaskClient:
    return create_app(Hub(office.store, RULES)).test_client()


@pytest.mark.parametrize(
    ("attribute", "how", "field"),
    [
        ("colour", {"value": "red"}, "attribute"),
        ("given_name", {}, "source"),
        ("given_name", {"source": "bank"}, "key"),
        ("given_name", {"source": "bank", "key": "1", "value": "Ann"}, "source"),
        ("given_name", {"value": None}, "value"),
        ("given_name", {"value": "  "}, "value"),
        ("given_name", {"value": ["Ann"]}, "value"),
        ("given_name", {"value": "unknown"}, "value"),
        ("given_name", {"value": "A\0"}, "value"),
        ("date_of_birth", {"value": "the day before"}, "value"),
        ("email", {"value": ["a@x.org", "nothing"]}, "value"),
        ("given_name", {"value": "Anne", "reason": ""}, "reason"),
        ("given_name", {"value": "Anne", "reason": " "}, "reason"),
        ("given_name", {"value": "Anne", "actor": "a\0"}, "actor"),
        ("given_name", {"source": "bank", "key": "4"}, "attribute"),
    ],
)
def test_every_field_that_breaks_a_rule_is_named_and_nothing_is_kept(
    office, client, attribute, how, field
):
    before = office.rows(TABLES)
    answer = pin(client, office.homes()["bank/4"], attribute, **how)
    told = problem(answer, 422, "invalid-parameters")
    assert field in [fault["field"] for fault in told["errors"]]
    assert office.rows(TABLES) == before


def test_a_record_that_is_not_of_the_golden_record_is_refused(office, client):
    home = office.homes()["bank/1"]
    before = office.rows(TABLES)
    stranger = pin(client, home, "given_name", source="bank", key="2")
    assert "look again" in problem(stranger, 412, "precondition-failed")["detail"]
    problem(pin(client, home, "given_name", source="bank", key="99"), 404, "not-found")
    assert office.rows(TABLES) == before
    office.take(shop_1=CID)
    waits = pin(client, home, "given_name", source="shop", key="1")
    problem(waits, 412, "precondition-failed")


def test_what_there_is_not_is_told(client):
    nobody = f"g{'0' * 20}"
    problem(pin(client, nobody, "given_name", value="Ann"), 404, "not-found")
    problem(client.get(f"/v1/golden-records/{nobody}/pins"), 404, "not-found")
    problem(client.get("/v1/golden-records/me/pins"), 404, "not-found")
    problem(client.get("/v1/pins/7"), 404, "not-found")
    problem(remove(client, 7), 404, "not-found")
    problem(client.delete("/v1/pins/7"), 422, "invalid-parameters")
