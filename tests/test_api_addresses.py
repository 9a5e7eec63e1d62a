"""Addresses of records with odd keys, over a plain socket: as they are sent, so they are taken."""

import json
from collections.abc import Iterator
from urllib.parse import quote

import pytest

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
