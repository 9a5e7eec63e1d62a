"""Many records submitted in one body over HTTP: an answer for each, and nothing lost."""

import json

import pytest

from tests.test_api_submissions import ANN_AGAIN, BRIDGE, TABLES, client, office, post, problem

__all__ = ["client", "office"]


def test_many_records_are_answered_one_a_line_in_order(office, client):
    told = post(
        client,
        "shop",
        {"key": "7", "attributes": ANN_AGAIN},
        {"key": "8", "attributes": {"given_name": "Dee", "date_of_birth": "1999-09-09"}},
        {"key": "9", "attributes": {"given_name": "Dee", "date_of_birth": "1999-09-09"}},
        {"key": "1", "attributes": BRIDGE, "modified_at": "2030-01-01T00:00:00Z"},
    )
    homes = office.homes()
    assert [each["line"] for each in told] == [1, 2, 3, 4]
    assert [each["key"] for each in told] == ["7", "8", "9", "1"]
    assert [each["status"] for each in told] == [201, 201, 201, 200]
    assert [each["golden_id"] for each in told] == [homes[f"shop/{n}"] for n in "7891"]


def test_a_bad_line_gets_its_own_error_and_the_others_go_in(office, client):
    told = post(
        client,
        "shop",
        {"key": "7", "attributes": ANN_AGAIN},
        b'{"key": "8", "attributes": {"given_name": "De',
        b"",
        {"key": "9", "attributes": {"colour": "red"}},
        {"attributes": {}},
        b'["no object"]',
        b'{"key": "10", "attributes": {"given_name": "' + b"a" * 10_000_000 + b'"}}',
        b'{"key": "11", "attributes": {"given_name": NaN}}',
        b'{"key": "12", "attributes": {}, "attributes": {}}',
        b'{"key": "13", "attributes": {"given_name": "\\ud800"}}',
        b'{"key": "14", "attributes": {"given_name": "\xff"}}',
        {"key": "a\0", "attributes": {}},
        {"key": "", "attributes": {}},
        {"key": "k" * 501, "attributes": {}},
        b'{"key": "15", "attributes": ' + b"[" * 100_000,
        {"key": "1", "attributes": {}, "modified_at": "2001-01-01T00:00:00Z"},
        {"key": "17", "attributes": {"given_name": "Last"}},
    )
    assert [(each["line"], each["status"]) for each in told] == [
        (1, 201),
        (2, 400),
        (4, 422),
        (5, 422),
        (6, 422),
        (7, 400),
        (8, 400),
        (9, 400),
        (10, 400),
        (11, 400),
        (12, 422),
        (13, 422),
        (14, 422),
        (15, 400),
        (16, 409),
        (17, 201),
    ]
    assert told[2]["errors"][0]["field"] == "attributes.colour"
    assert told[2]["key"] == "9"
    assert {"shop/7", "shop/17"} <= office.homes().keys()
    assert not {"shop/9", "shop/10", "shop/15"} & office.homes().keys()


@pytest.mark.parametrize(
    "wrong",
    [
        {"attributes": {}, "foo": 1},
        {},
        {"attributes": []},
        {"attributes": {}, "modified_at": 5},
        {"attributes": {"colour": "red"}},
    ],
)
def test_the_error_of_a_line_tells_the_key_that_the_line_names(client, wrong):
    (told,) = post(client, "shop", {"key": "b3", **wrong})
    assert (told["status"], told["source"], told["key"]) == (422, "shop", "b3")


def test_the_error_of_a_line_that_no_database_keeps_tells_key_and_place(client):
    (told,) = post(client, "shop", b'{"key": "b3", "attributes": {"given_name": ["A", NaN]}}')
    assert (told["status"], told["key"]) == (400, "b3")
    assert "it holds NaN in attributes.given_name.1" in told["detail"]


@pytest.mark.parametrize(
    "line", [b"7", b"{}", b'{"key": 7}', b'{"key": "b3"', b'{"key": "\\ud800"}']
)
def test_the_error_of_a_line_that_names_no_key_tells_none(client, line):
    (told,) = post(client, "shop", line)
    assert (told["status"] in (400, 422), told["key"]) == (True, None)


def test_one_key_twice_in_one_body_is_two_versions(office, client):
    told = post(
        client,
        "shop",
        {"key": "7", "attributes": ANN_AGAIN},
        {"key": "7", "attributes": {"given_name": "Dee"}},
        {"key": "7", "attributes": {"given_name": "Dee"}},
    )
    assert [each["version"] for each in told] == [1, 2, 2]
    assert [each["outcome"] for each in told] == ["linked", "new", "unchanged"]
    assert told[1]["golden_id"] == office.homes()["shop/7"] != told[0]["golden_id"]


def test_an_array_is_taken_as_lines_are(client):
    records = [{"key": str(n), "attributes": {"given_name": f"N\n{n}"}} for n in range(20, 25)]
    told = post(
        client, "shop", json.dumps(records, indent=2).encode(), content_type="application/json"
    )
    assert [(each["key"], each["status"]) for each in told] == [
        (str(n), 201) for n in range(20, 25)
    ]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"[{}",
        b"[1,]",
        b"{}",
        b"[] []",
        b'["\xff"]',
        b"[" * 100_000,
        b"[" * 3_000 + b'"]',
        b"[" * 3_000 + b"}" * 3_000,
        b"[" * 3_000 + b"]" * 2_999,
        b"[" * 2_000_000 + b"]" * 2_000_000,
    ],
)
def test_an_array_that_is_none_is_refused_whole(office, client, data):
    before = office.rows(TABLES)
    answer = client.post("/v1/sources/shop/records", data=data, content_type="application/json")
    problem(answer, 400, "malformed-request")
    assert office.rows(TABLES) == before
    assert client.post("/v1/sources/shop/records", data=b"x").status_code == 415


DEEP = b"[" * 3000 + b'"]", "\\"", {}' + b"]" * 3000


@pytest.mark.parametrize("wrong", [b"9" * 5000, b"-" + b"9" * 5000, DEEP, b"NaN", b'"\\ud800"'])
@pytest.mark.parametrize("between", [b",", b"," + b" " * 70_000])
def test_a_member_that_no_database_keeps_fails_alone(office, client, wrong, between):
    good = [json.dumps({"key": key, "attributes": ANN_AGAIN}).encode() for key in ("21", "23")]
    bad = b'{"key": "22", "attributes": {"given_name": ' + wrong + b"}}"
    data = b"[" + between.join([good[0], bad, good[1]]) + b"]"
    told = post(client, "shop", data, content_type="application/json")
    assert [each["status"] for each in told] == [201, 400, 201]
    assert {"shop/21", "shop/23"} <= office.homes().keys()


def test_a_parameter_that_there_is_not_is_noticed(office, client):
    before = office.rows(TABLES)
    records = [{"key": "7", "attributes": ANN_AGAIN}]
    answer = client.post("/v1/sources/shop/records?dry_run=1", json=records)
    assert problem(answer, 422, "invalid-parameters")["errors"][0]["field"] == "dry_run"
    assert office.rows(TABLES) == before
