"""Only what the caller saw is replaced or retired, over HTTP: `If-Match` and `If-None-Match`."""

import pytest

from tests.test_api_submissions import TABLES, client, delete, office, problem, put

__all__ = ["client", "office"]


def test_only_the_version_that_was_seen_is_replaced(office, client):
    seen = client.get("/v1/sources/bank/records/2").headers["ETag"]
    put(client, "bank/2", {"given_name": "Bobby"})
    before = office.rows(TABLES)
    late = put(client, "bank/2", {"given_name": "Robert"}, **{"If-Match": seen})
    assert "version 2" in problem(late, 412, "precondition-failed")["detail"]
    problem(delete(client, "bank/2", **{"If-Match": seen}), 412, "precondition-failed")
    assert office.rows(TABLES) == before
    again = put(client, "bank/2", {"given_name": "Robert"}, **{"If-Match": '"1", "2"'})
    assert again.json["version"] == 3
    assert delete(client, "bank/2", **{"If-Match": '"3"'}).status_code == 200


@pytest.mark.parametrize(
    ("name", "headers", "status"),
    [
        ("bank/2", {"If-None-Match": "*"}, 412),
        ("bank/9", {"If-None-Match": "*"}, 201),
        ("bank/9", {"If-Match": "*"}, 412),
        ("bank/2", {"If-Match": "*"}, 200),
        ("bank/2", {"If-Match": 'W/"1"'}, 412),
        ("bank/2", {"If-Match": "nonsense"}, 412),
        ("bank/2", {"If-Match": ""}, 412),
        ("bank/2", {"If-Match": '""'}, 412),
        ("bank/9", {"If-Match": '""'}, 412),
        ("bank/2", {"If-Match": '"01"'}, 412),
        ("bank/2", {"If-Match": '"' + "1" * 4301 + '"'}, 412),
        ("bank/2", {"If-Match": '"", "1"'}, 200),
        ("bank/9", {"If-Match": '"1"', "If-None-Match": "*"}, 412),
        ("bank/2", {"If-Match": '"1"', "If-None-Match": "*"}, 412),
        ("bank/2", {"If-None-Match": '"1"'}, 400),
    ],
)
def test_what_must_be_so_is_made_sure_of(client, name, headers, status):
    assert put(client, name, {"given_name": "Bobby"}, **headers).status_code == status


@pytest.mark.parametrize("seen", ['""', '"01"', '"' + "1" * 4301 + '"'])
def test_a_tag_that_no_record_has_retires_none(client, seen):
    problem(delete(client, "bank/2", **{"If-Match": seen}), 412, "precondition-failed")


def test_a_retired_record_is_not_brought_back_by_who_saw_it_live(office, client):
    address = "/v1/sources/bank/records/2"
    live = client.get(address).headers["ETag"]
    retired = delete(client, "bank/2", **{"If-Match": live}).headers["ETag"]
    assert client.get(address).headers["ETag"] == retired == '"1-retired"'
    before = office.rows(TABLES)
    late = put(client, "bank/2", {"given_name": "Bobby"}, **{"If-Match": live})
    assert "it is retired, at version 1" in problem(late, 412, "precondition-failed")["detail"]
    problem(delete(client, "bank/2", **{"If-Match": live}), 412, "precondition-failed")
    assert delete(client, "bank/2", **{"If-Match": retired}).json["outcome"] == "unchanged"
    assert office.rows(TABLES) == before

    back = put(client, "bank/2", {"given_name": "Bobby"}, **{"If-Match": retired})
    assert (back.json["version"], back.headers["ETag"]) == (2, '"2"')
    problem(put(client, "bank/2", {}, **{"If-Match": retired}), 412, "precondition-failed")


def test_a_retired_record_is_there_for_who_asks_for_any(client):
    delete(client, "bank/2")
    problem(put(client, "bank/2", {}, **{"If-None-Match": "*"}), 412, "precondition-failed")
    assert put(client, "bank/2", {"given_name": "Bobby"}, **{"If-Match": "*"}).status_code == 200


@pytest.mark.parametrize("name", ["If-Match", "If-None-Match"])
def test_a_precondition_on_many_records_is_refused(office, client, name):
    before = office.rows(TABLES)
    records = [{"key": "2", "attributes": {"given_name": "Bobby"}}]
    answer = client.post("/v1/sources/bank/records", json=records, headers={name: "*"})
    assert problem(answer, 400, "malformed-request")["detail"].startswith(f"{name} is about one")
    assert office.rows(TABLES) == before
