"""Do we know this customer: the matching over HTTP, without keeping anything."""

import json
import math
from dataclasses import replace

import pytest
import schemathesis
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode

from api import LONGEST_BODY, create_app
from mdm.hub import Hub
from mdm.store.schema import metadata
from tests.resolving import ANN, BOB, RULES, Office

MATCH = "/v1/match"
ASKED = {"given_name": "ANN", "date_of_birth": "1980-01-31", "email": "ann@lee.example"}


@pytest.fixture
def office(store) -> Office:
    """Ann, whom two departments know, and Bob."""
    office = Office(store)
    office.begin(bank_1=ANN, shop_1={**ANN, "email": ("ann@work.example",)}, bank_2=BOB)
    return office


@pytest.fixture
def client(office) -> FlaskClient:
    return create_app(Hub(office.store, RULES)).test_client()


def ask(client: FlaskClient, attributes, **wanted):
    return client.post(MATCH, json={"attributes": attributes, **wanted})


def faults(answer) -> dict[str, str]:
    assert (answer.status_code, answer.json["type"]) == (422, "/problems/invalid-parameters")
    return {fault["field"]: fault["message"] for fault in answer.json["errors"]}


def weights(pairs) -> dict[str, float]:
    return {f"{pair['source']}/{pair['key']}": pair["weight_bits"] for pair in pairs}


def test_a_known_customer_is_found_with_the_records_that_tell_so(office, client):
    answer = ask(client, ASKED)

    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-store")
    (item,) = answer.json["items"]
    assert item["golden_record"]["golden_id"] == office.homes()["bank/1"]
    assert item["golden_record"]["attributes"]["given_name"] == "Ann"
    assert item["decision"] == "link"
    assert item["match_probability"] == pytest.approx(1 / (1 + 2 ** -item["weight_bits"]))
    assert list(weights(item["pairs"])) == ["bank/1", "shop/1"]
    assert [pair["parts"] for pair in item["pairs"]] == [[], []]
    assert answer.json["standardised"] == {
        "given_name": "ann",
        "date_of_birth": "1980-01-31",
        "email": ["ann@lee.example"],
    }
    assert (answer.json["model_version"], answer.json["link_bits"]) == (1, 0)


def test_the_weights_are_those_that_the_record_gets_when_it_is_submitted(office, client):
    (item,) = ask(client, ASKED).json["items"]
    office.take(shop_7={**ASKED, "email": (ASKED["email"],)})
    office.resolve()

    golden_id = item["golden_record"]["golden_id"]
    told = client.get(f"/v1/golden-records/{golden_id}/explanation").json["pairs"]
    stored = {
        f"{other['source']}/{other['key']}": pair["weight_bits"]
        for pair in told
        for one, other in ((pair["left"], pair["right"]), (pair["right"], pair["left"]))
        if one == {"source": "shop", "key": "7"}
    }
    assert office.homes()["shop/7"] == golden_id
    assert weights(item["pairs"]) == stored


def test_the_parts_of_each_pair_sum_to_its_weight_when_they_are_asked_for(client):
    (item,) = ask(client, ASKED, explain=True).json["items"]
    for pair in item["pairs"]:
        assert [part["name"] for part in pair["parts"]] == [
            "prior",
            "given_name",
            "date_of_birth",
            "email",
        ]
        bits = math.fsum(part["bits"] for part in pair["parts"])
        assert bits == pytest.approx(pair["weight_bits"], abs=1e-6)


def test_the_weight_of_a_golden_record_is_the_linkage_with_all_of_its_records(client):
    """Each comparison says the mean of its better half: here of two pairs, the better one."""
    (item,) = ask(client, ASKED, explain=True).json["items"]
    best = zip(*([part["bits"] for part in pair["parts"]] for pair in item["pairs"]), strict=True)
    assert item["weight_bits"] == pytest.approx(math.fsum(map(max, best)), abs=1e-5)


def test_the_strongest_golden_record_comes_first_and_no_more_than_asked_for(office, client):
    both = {**ASKED, "email": ["ann@lee.example", "bob@ray.example"]}
    items = ask(client, both).json["items"]

    homes = office.homes()
    assert [item["golden_record"]["golden_id"] for item in items] == [
        homes["bank/1"],
        homes["bank/2"],
    ]
    assert items[0]["weight_bits"] > items[1]["weight_bits"] > 0
    assert [item["decision"] for item in items] == ["link", "link"]
    assert ask(client, both, limit=1).json["items"] == items[:1]


@pytest.mark.parametrize(
    ("link", "review", "decisions"), [(4.0, -6.0, ["link", "review"]), (4.0, 2.0, ["link"])]
)
def test_the_thresholds_tell_what_is_a_link_and_what_is_worth_a_look(
    office, client, link, review, decisions
):
    office.train(replace(RULES, link_bits=link, review_bits=review))
    office.resolve()
    items = ask(client, {**ASKED, "email": ["ann@lee.example", "bob@ray.example"]}).json["items"]
    assert [item["decision"] for item in items] == decisions


@pytest.mark.parametrize(
    "attributes",
    [
        {},
        {"given_name": "Ann"},
        {"email": "nobody@nowhere.example"},
        {"email": [], "given_name": None},
    ],
)
def test_nobody_is_found_by_what_nobody_has_in_common(client, attributes):
    answer = ask(client, attributes)
    assert (answer.status_code, answer.json["items"]) == (200, [])


def test_nothing_is_kept_of_what_was_asked(office, client):
    before = office.rows([table.name for table in metadata.sorted_tables])
    ask(client, {**ASKED, "given_name": "Unheard of"}, explain=True)
    assert office.rows([table.name for table in metadata.sorted_tables]) == before


def test_a_record_that_waits_for_a_resolve_takes_no_part(office, client):
    office.take(shop_1=BOB)
    (item,) = ask(client, ASKED).json["items"]
    assert list(weights(item["pairs"])) == ["bank/1"]
    office.resolve()
    (item,) = ask(client, {"date_of_birth": BOB["date_of_birth"]}).json["items"]
    assert list(weights(item["pairs"])) == ["bank/2", "shop/1"]


def test_where_no_record_is_left_nobody_is_found(office, client):
    office.retire("bank/1", "shop/1", "bank/2")
    office.resolve()
    assert ask(client, ASKED).json["items"] == []


def test_before_the_first_resolve_nothing_can_be_matched(store):
    answer = ask(create_app(Hub(store, RULES)).test_client(), ASKED)
    assert (answer.status_code, answer.json["type"]) == (503, "/problems/not-ready")
    assert "mdm resolve" in answer.json["detail"]


@pytest.mark.parametrize(
    ("attributes", "wrong"),
    [
        ({"given": "Ann"}, {"attributes.given": "given_name, date_of_birth, email"}),
        ({"given_name": ["Ann"]}, {"attributes.given_name": "one value is wanted"}),
        ({"given_name": {"a": 1}}, {"attributes.given_name": "one value is wanted"}),
        ({"email": [["a@x"]]}, {"attributes.email": "one value is wanted"}),
        ({"date_of_birth": "yesterday"}, {"attributes.date_of_birth": "year-month-day"}),
        ({"date_of_birth": "1980-02-31"}, {"attributes.date_of_birth": "year-month-day"}),
        ({"given_name": "a\0b"}, {"attributes.given_name": "NUL"}),
        ({"given_name": "a" * 10_001}, {"attributes.given_name": "longer than"}),
        (
            {"date_of_birth": "never", "x": 1, "given_name": []},
            {"attributes.date_of_birth": "", "attributes.x": "", "attributes.given_name": ""},
        ),
        ({"email": ["a@x.org"] * 51}, {"attributes.email": "more than 50 values"}),
        ([], {"attributes": ""}),
        ("Ann", {"attributes": ""}),
    ],
)
def test_every_attribute_that_breaks_a_rule_is_named_with_the_rule(client, attributes, wrong):
    found = faults(ask(client, attributes))
    assert found.keys() == wrong.keys()
    assert all(said in found[field] for field, said in wrong.items())


def test_of_very_many_faults_the_first_are_told(client):
    answer = ask(client, {f"a{number}": 1 for number in range(20_000)})
    assert list(faults(answer)) == [f"attributes.a{number}" for number in range(50)]
    assert answer.json["detail"].endswith("attributes.a49, and 19950 more")


def test_a_placeholder_counts_as_missing_and_is_no_fault(client):
    answer = ask(client, {**ASKED, "date_of_birth": "1900-01-01", "given_name": "unknown"})
    assert answer.json["standardised"] == {"email": ["ann@lee.example"]}


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({}, {"attributes"}),
        ({"attributes": {}, "limit": 0}, {"limit"}),
        ({"attributes": {}, "limit": 51, "explain": "yes"}, {"limit", "explain"}),
        ({"attributes": {}, "limit": "7"}, {"limit"}),
        ({"attributes": {}, "limit": 7.5}, {"limit"}),
        ({"attributes": {}, "limit": True}, {"limit"}),
        ({"attributes": {}, "explain": 1}, {"explain"}),
        ({"attributes": {}, "x" * 500: 1}, {"x" * 100}),
        ({"attribute": {}}, {"attributes", "attribute"}),
        ([], {"body"}),
        ("ann", {"body"}),
        (None, {"body"}),
    ],
)
def test_a_question_that_breaks_its_rules_names_each_field(client, body, fields):
    answer = client.post(MATCH, data=json.dumps(body), content_type="application/json")
    assert faults(answer).keys() == fields


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"", "missing"),
        (b" \n", "missing"),
        (b'{"attributes": {"given_name": "A', "line 1"),
        (b'{"attributes": {"given_name": NaN}}', "NaN"),
        (b'{"attributes": {"given_name": -Infinity}}', "-Infinity"),
        (b'{"attributes": {"given_name": 1, "given_name": 2}}', "'given_name' twice"),
        (b"{" + b",".join(b'"%d": 1' % (n % 50_000) for n in range(50_001)) + b"}", "'0' twice"),
        (b'{"attributes": {"given_name": "\xff"}}', "UTF-8"),
        (b'{"attributes": {"given_name": "\\ud800"}}', "surrogate"),
        (b'{"attributes": {"given_name": ' + b"9" * 5000 + b"}}", "too long"),
        (b'{"attributes": ' + b"[" * 100_000, "nested"),
        ('{"attributes": {}}'.encode("utf-16"), "UTF-8"),
    ],
    ids=lambda value: str(value)[:30],
)
def test_a_body_that_is_no_json_is_refused_with_the_place(client, body, said):
    answer = client.post(MATCH, data=body, content_type="application/json")
    assert (answer.status_code, answer.json["type"]) == (400, "/problems/malformed-request")
    assert said in answer.json["detail"]


def test_a_parameter_that_there_is_not_is_noticed(client):
    answer = client.post(f"{MATCH}?explain=1", json={"attributes": {"given_name": "Ann"}})
    assert faults(answer).keys() == {"explain"}


def test_another_kind_of_body_and_another_method_are_refused(client):
    assert client.post(MATCH, data="given_name=Ann", content_type="text/plain").status_code == 415
    assert client.post(MATCH, data={"given_name": "Ann"}).status_code == 415
    assert client.get(MATCH).status_code == 405
    long = b'{"attributes": {"given_name": "' + b"a" * LONGEST_BODY + b'"}}'
    assert client.post(MATCH, data=long, content_type="application/json").status_code == 413


@pytest.mark.parametrize("mode", GenerationMode)
def test_the_service_behaves_as_its_document_says(office, mode):
    app = create_app(Hub(office.store, RULES))
    document = app.test_client().get("/openapi.json").json
    attributes = document["components"]["schemas"]["MatchQuestion"]["properties"]["attributes"]
    # which attributes there are, and of what kind, is said by the rules
    one = {"type": ["string", "number", "boolean", "null"], "pattern": "^[^\\x00]*$"}
    attributes["additionalProperties"] = False
    attributes["properties"] = {
        "given_name": one,
        "email": {**one, "type": [*one["type"], "array"], "items": one},
    }
    schema = schemathesis.openapi.from_dict(document)
    schema.app = app

    @settings(max_examples=20, deadline=None, database=None, suppress_health_check=[*HealthCheck])
    @given(schema[MATCH]["POST"].as_strategy(generation_mode=mode))
    def attempt(case):
        case.call_and_validate()

    attempt()
