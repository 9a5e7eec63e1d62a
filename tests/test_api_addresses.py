"""Addresses of records with odd keys, over a plain socket: as they are sent, so they are taken."""

import json
from collections.abc import Iterator
from urllib.parse import quote

import pytest
from urllib3.util import parse_url

from tests.plain import BODY, asked, sent, served_office
from tests.served import Server


@pytest.fixture(scope="module")
def server(tmp_path_factory) -> Iterator[Server]:
    yield from served_office(tmp_path_factory.mktemp("served"))


def ask(server: Server, method: str, address: str, body: bytes = b"") -> tuple[int, dict]:
    request = asked(method, address, f"Content-Length: {len(body)}", body=body)
    answer, found = sent(server.port, request)
    return answer.status, {**json.loads(found), "location": answer.headers["Location"]}


@pytest.mark.parametrize("letter", ["k", "é", "日", "😀"])
def test_the_longest_key_of_any_script_has_an_address(server, letter):
    key = letter * 500
    record = f"/v1/sources/bank/records/{quote(key)}"

    status, told = ask(server, "PUT", record, BODY)
    assert (status, told["key"]) == (201, key)
    assert ask(server, "GET", told["location"])[1]["key"] == key
    assert ask(server, "GET", record.replace("/records/", "/versions/"))[0] == 200
    assert ask(server, "GET", f"/v1/golden-records?source=bank&key={quote(key)}")[0] == 200
    assert ask(server, "DELETE", record)[1]["outcome"] == "retired"


@pytest.mark.parametrize("key", [".", "..", "../records/1", "a/./b", "/", "//a", "%2F", "a?b#c;d"])
def test_an_address_leads_to_its_own_record_through_a_client_that_tidies_it(server, key):
    address = parse_url(f"/v1/sources/bank/records/{quote(key, safe='').replace('.', '%2E')}")
    body = b'{"attributes": {"given_name": "Odd"}}'

    status, told = ask(server, "PUT", str(address), body)
    assert (status, told["key"]) == (201, key)
    assert ask(server, "GET", str(parse_url(told["location"])))[1]["key"] == key
    ask(server, "PUT", told["location"], BODY)
    page = ask(server, "GET", told["location"].replace("/records/", "/versions/", 1) + "?limit=1")[
        1
    ]
    rest = ask(server, "GET", str(parse_url(page["next"])))[1]
    assert [each["version"] for each in page["items"] + rest["items"]] == [1, 2]
    assert ask(server, "GET", "/v1/sources/bank/records/1")[1]["version"] == 1
