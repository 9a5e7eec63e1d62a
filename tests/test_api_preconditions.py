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
