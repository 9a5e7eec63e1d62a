"""The API behind a real gunicorn, on loopback."""

import http.client
import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from api.serve import Listening, Server
from mdm.hub import Hub
from tests import stores
from tests.resolving import ANN, RULES, Office
from tests.served import serving
from tests.world import World

ROOT = Path(__file__).parent.parent

SERVE = """
import sys
from api.serve import Listening, serve
from mdm.store import Store

url, port = sys.argv[1:]

def make_hub():
    from mdm.hub import Hub  # not before the workers are forked
    from tests.resolving import RULES

    print("a worker loads", file=sys.stderr, flush=True)
    return Hub(Store(url), RULES)

serve(make_hub, Listening(port=int(port), workers=2))
"""


@pytest.fixture
def published(sqlite_store, tmp_path) -> tuple[str, str]:
    """A golden ID, and the URL of the store that it was issued in."""
    world = World(sqlite_store)
    world.take("bank/1", given_name="Jane")
    (golden_id,) = world.publish(["bank/1"])
    return golden_id, stores.sqlite_url(tmp_path)


@pytest.fixture
def home(tmp_path) -> Path:
    folder = tmp_path / "home"
    folder.mkdir()
    return folder


@pytest.fixture
def port(published, home) -> Iterator[int]:
    """The port of a server that runs as long as the test, and is stopped by its process ID."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        number = free.getsockname()[1]
    arguments = [sys.executable, "-c", SERVE, published[1], str(number)]
    environment = {**os.environ, "HOME": str(home), "PYTHONPATH": str(ROOT)}
    environment.pop("XDG_RUNTIME_DIR", None)
    with subprocess.Popen(arguments, env=environment, stderr=subprocess.PIPE, text=True) as server:
        try:
            _wait_until_it_listens(server)
            yield number
        finally:
            server.terminate()
            server.communicate(timeout=30)
    assert server.returncode == 0


def _wait_until_it_listens(server: subprocess.Popen[str]) -> None:
    """Wait for both workers too: one that has no signal handlers yet misses that it is to stop."""
    said = []
    for line in server.stderr:
        said.append(line)
        text = "".join(said)
        if "Listening at: http://127.0.0.1:" in text and text.count("a worker loads") == 2:
            return
    pytest.fail("".join(said))


def _get(port: int, path: str, **headers: str) -> tuple[http.client.HTTPResponse, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("GET", path, headers=headers)
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    return answer, body


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        (b"GET /v1/golden-records?email=" + b"a" * 9_000 + b" HTTP/1.1\r\n\r\n", 414),
        (b"GET / HTTP/1.1\r\nX: " + b"a" * 9_000 + b"\r\n\r\n", 431),
        (b"jane@doe.example\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost: x\r\nExpect: tea\r\n\r\n", 417),
        (b"GET / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: x\r\n\r\n", 501),
    ],
)
def test_what_gunicorn_cannot_read_is_answered_with_a_problem_too(port, request_, status):
    with socket.create_connection(("127.0.0.1", port), timeout=30) as connection:
        connection.sendall(request_)
        answer = http.client.HTTPResponse(connection)
        answer.begin()
        problem = json.loads(answer.read())

    assert answer.status == problem["status"] == status
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("name", ["SCRIPT_NAME", "PATH_INFO"])
def test_a_header_does_not_stand_for_the_address(port, name):
    answer, body = _get(port, "/healthz", **{name: "/jane@doe.example"})

    assert answer.status == 200, body


def test_an_address_outside_of_the_path_that_is_served_is_a_problem(published, monkeypatch):
    monkeypatch.setenv("SCRIPT_NAME", "/customers")
    with serving(published[1], workers=1) as server:
        inside, _ = _get(server.port, "/customers/healthz")
        outside, why = _get(server.port, "/healthz?email=jane@doe.example")

    assert inside.status == 200
    assert outside.status == json.loads(why)["status"] == 400
    assert "outside of what is served here" in json.loads(why)["detail"]
    assert "jane" not in "".join(server.said)


def test_gunicorn_serves_the_api_and_leaves_nothing_in_the_home_folder(port, published, home):
    golden_id, _ = published
    path = f"/v1/golden-records/{golden_id}"
    ready, _ = _get(port, "/readyz")
    found, body = _get(port, path)
    unchanged, nothing = _get(port, path, **{"If-None-Match": found.headers["ETag"]})
    refused, why = _get(port, "/v1/golden-records/%ff")

    assert ready.status == 200
    assert json.loads(body)["golden_id"] == golden_id
    assert (unchanged.status, nothing) == (304, b"")
    assert refused.status == 400
    assert json.loads(why)["type"] == "/problems/malformed-request"
    assert list(home.iterdir()) == []


def test_it_listens_on_loopback_unless_told_otherwise():
    assert Listening().bind == "127.0.0.1:8000"
    assert Listening(host="::1", port=80).bind == "[::1]:80"


SERVED = """
import sys
from api import serve
from mdm.cli import main

serve.serve = lambda make_hub, listening: print("duckdb" in sys.modules)
main(["serve"], standalone_mode=False)
"""


@pytest.fixture
def resolved(sqlite_store, tmp_path) -> dict[str, str]:
    """The environment of a command over a resolved store."""
    office = Office(sqlite_store)
    office.take(bank_1=ANN, shop_1=ANN)
    office.train()
    office.resolve()
    url = stores.sqlite_url(tmp_path)
    return {**os.environ, "MDM_DATABASE_URL": url, "PYTHONPATH": str(ROOT)}


def test_workers_are_forked_before_duckdb_starts_a_thread(resolved):
    """A worker would wait for that thread for ever when it ends: a fork has it not."""
    arguments = [sys.executable, "-c", SERVED]
    served = subprocess.run(arguments, env=resolved, capture_output=True, text=True, check=True)
    assert served.stdout == "False\n"


def test_a_server_that_matched_a_record_ends_in_peace(resolved):
    with socket.create_server(("127.0.0.1", 0)) as free:
        number = free.getsockname()[1]
    command = "from mdm.cli import main; main()"
    arguments = [sys.executable, "-c", command, "serve", "--port", str(number)]
    with subprocess.Popen(arguments, env=resolved, stderr=subprocess.PIPE, text=True) as server:
        for line in server.stderr:
            if "Booting worker" in line:
                break
        connection = http.client.HTTPConnection("127.0.0.1", number, timeout=30)
        question = json.dumps({"attributes": {"email": "ann@lee.example"}})
        headers = {"Content-Type": "application/json"}
        connection.request("POST", "/v1/match", question, headers)
        found = json.loads(connection.getresponse().read())
        connection.close()
        server.terminate()
        _, said = server.communicate(timeout=60)

    assert [len(item["pairs"]) for item in found["items"]] == [2]
    assert server.returncode == 0
    assert "Shutting down" in said
    assert "SIG" not in said
    assert "terminate" not in said


def test_a_workers_application_has_what_scores_pairs_before_its_first_request(sqlite_store):
    """Making it takes a second, which no request waits for."""
    office = Office(sqlite_store)
    office.take(bank_1=ANN)
    office.train()
    office.resolve()
    hub = Hub(sqlite_store, RULES)
    Server(lambda: hub, Listening()).load()
    assert hub._ready_models.last is not None


def test_a_worker_serves_a_database_that_nothing_was_published_in(sqlite_store):
    app = Server(lambda: Hub(sqlite_store, RULES), Listening()).load()
    assert app.test_client().get("/readyz").status_code == 200
