"""Several processes at once never lose or break anything: real servers, commands, kill -9."""

import sys

import pytest

from mdm.hub import Hub
from tests.crowd import Crowd, check_laws, kill_workers, opened
from tests.resolving import Office
from tests.served import mdm, serving
from tests.submitting import FAILED, STALE

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="workers are found through /proc")

KILLS = 50
"""On each store; the soak has more."""
THINGS = 40
"""That each of the clients does."""


@pytest.fixture
def hub(store, tmp_path) -> Hub:
    return opened(Office(store), tmp_path)


def test_eight_clients_of_two_workers_leave_what_a_batch_would(hub, store_url, tmp_path):
    with serving(store_url, workers=2) as server:
        crowd = Crowd(server.port, clients=8)
        with crowd.at_work(most=THINGS, contest=True):
            crowd.wait()
        assert server.booted() == 2
    assert crowd.seen.keys() >= {"new", "linked", "merged", "split", "retired", STALE, FAILED}
    check_laws(hub, crowd, tmp_path)


SOURCES = """
sources:
  town:
    kind: operational
    trust: 0.5
    from: {csv: town.csv}
    key: key
    attributes: {given_name: given_name, date_of_birth: date_of_birth, email: email}
"""
ROWS = [
    f"{person},Nam{'abcdefghijkl'[person]},19{50 + person}-01-31,person{person}@lee.example"
    for person in range(12)
]


def test_a_resolve_and_an_ingestion_end_beside_a_server_that_is_used(hub, store_url, tmp_path):
    (tmp_path / "sources.yaml").write_text(SOURCES, encoding="utf-8")
    rows = "\n".join(["key,given_name,date_of_birth,email", *ROWS])
    (tmp_path / "town.csv").write_text(rows, encoding="utf-8")
    files = ["--sources", str(tmp_path / "sources.yaml"), "--rules", str(tmp_path / "rules.yaml")]
    with serving(store_url, workers=2) as server:
        crowd = Crowd(server.port, clients=4)
        with crowd.at_work(contest=True):
            crowd.wait(1)
            with mdm(store_url, "resolve") as resolving, mdm(store_url, "ingest", *files) as taking:
                said = [each.communicate()[0] for each in (resolving, taking)]
    assert (resolving.returncode, taking.returncode) == (0, 0), said
    check_laws(hub, crowd, tmp_path)
    assert {name for name in Office(hub.store).homes() if name.startswith("town/")} == {
        f"town/{person}" for person in range(12)
    }


def test_no_acknowledged_write_is_lost_when_workers_are_killed(hub, store_url, tmp_path):
    with serving(store_url, workers=4) as server:
        crowd = Crowd(server.port, clients=3)
        with crowd.at_work():
            kill_workers(server, crowd, kills=KILLS)
            crowd.wait(20)
    assert crowd.seen["broken"] >= KILLS
    check_laws(hub, crowd, tmp_path)
