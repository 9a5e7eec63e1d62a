"""What is wrong in the body of a judgement is told with its place, and what to send."""

import pytest
from flask.testing import FlaskClient

from api import create_app
from mdm.hub import Hub
from tests.resolving import RULES, Office

JUDGEMENTS = "/v1/judgements"


@pytest.fixture
def client(store) -> FlaskClient:
    office = Office(store)
    office.begin(bank_1={"given_name": "Ann"})
    return create_app(Hub(office.store, RULES)).test_client()


def shown(name: str, **more) -> dict:
    source, key = name.split("/")
    return {"source": source, "key": key, **more}


def problem(answer, status: int, name: str) -> dict:
    assert (answer.status_code, answer.json["type"]) == (status, f"/problems/{name}")
    return answer.json


BY_ANN = {"actor": "ann", "reason": "called them"}
TWO = [[shown("bank/1"), shown("shop/1")]]


@pytest.mark.parametrize(
    ("body", "field", "rule"),
    [
        ({"parts": [[shown("bank/1", foo=1), shown("shop/1")]]}, "parts.0.0.foo", "no such field"),
        (
            {"parts": [[shown("bank/1")], [shown("shop/1", version="1")]]},
            "parts.1.0.version",
            "a whole",
        ),
        (
            {"parts": [[shown("bank/1", version=True)]]},
            "parts.0.0.version",
            "Must be a whole number",
        ),
        ({"parts": [[{"source": "bank", "key": 1}]]}, "parts.0.0.key", "Must be a text"),
        ({"parts": [1]}, "parts.0", "Must be a list"),
        ({"parts": [[], [1]]}, "parts.1.0", "Must be an object of fields"),
        ({"parts": [[None]]}, "parts.0.0", "Must not be null"),
        ({"parts": TWO, "supersedes": [1, 0]}, "supersedes.1", "greater than or equal to 1"),
        ({"parts": TWO, "supersedes": ["1"]}, "supersedes.0", "Must be a whole number"),
    ],
)
def test_what_is_wrong_inside_a_list_is_told_with_its_place(client, body, field, rule):
    told = problem(client.post(JUDGEMENTS, json=body | BY_ANN), 422, "invalid-parameters")
    (fault,) = told["errors"]
    assert fault["field"] == field
    assert rule in fault["message"]
    assert field in told["detail"]


@pytest.mark.parametrize("data", ["null", '"x"', "[]", "7"])
def test_a_body_that_is_no_object_hears_what_to_send(client, data):
    answer = client.post(JUDGEMENTS, data=data, content_type="application/json")
    (fault,) = problem(answer, 422, "invalid-parameters")["errors"]
    assert fault["field"] == "body"
    assert fault["message"].startswith("Must be an object of fields")
