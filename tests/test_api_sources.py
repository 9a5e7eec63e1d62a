"""Each source's figures, and whether the service is ready, over HTTP."""

import pytest
from flask.testing import FlaskClient

from mdm.model.records import Rejected
from mdm.store import Store
from tests.world import client_of, reading_of


def _sources(client: FlaskClient) -> dict[str, dict[str, object]]:
    return {item["name"]: item for item in client.get("/v1/sources").json["items"]}


def test_sources_tell_how_many_records_live_are_retired_wait_and_are_duplicates(world, client):
    for name in ("bank/1", "bank/2", "bank/3", "shop/1"):
        world.take(name, given_name="Jane")
    world.publish(["bank/1", "bank/2", "shop/1"], ["bank/3"])
    world.retire("bank/3")
    world.take("bank/4", given_name="Jim")

    found = _sources(client)

    assert list(found) == ["agency", "bank", "shop"]
    counts = ("live", "retired", "pending", "duplicates")
    assert [found["bank"][name] for name in counts] == [3, 1, 2, 1]
    assert [found["shop"][name] for name in counts] == [1, 0, 0, 0]
    assert [found["agency"][name] for name in counts] == [0, 0, 0, 0]
    assert (found["bank"]["kind"], found["bank"]["trust"]) == ("operational", 0.9)


def test_duplicates_follow_each_publication(world, client):
    for name in ("bank/1", "bank/2"):
        world.take(name, given_name="Jane")
    world.publish(["bank/1", "bank/2"])
    together = _sources(client)["bank"]["duplicates"]
    world.publish(["bank/1"], ["bank/2"])
    apart = _sources(client)["bank"]["duplicates"]

    assert (together, apart) == (1, 0)


def test_a_source_tells_its_last_ingestion_and_its_rows_in_quarantine(world, client):
    faults = [Rejected(4, "k", field, "x", "no", "row 4") for field in ("born", "email")]
    world.ingest("bank", read=1)
    world.ingest("bank", faults, read=9, created=4, changed=3, unchanged=1, quarantined=1)

    found = _sources(client)

    assert found["bank"]["quarantined"] == 1
    assert found["bank"]["last_ingestion"] == {
        "started_at": "2026-01-01T00:00:00.000000Z",
        "finished_at": "2026-02-02T00:00:00.000000Z",
        "read": 9,
        "created": 4,
        "changed": 3,
        "unchanged": 1,
        "stale": 0,
        "quarantined": 1,
    }
    assert found["shop"]["last_ingestion"] is None


def test_a_migrated_store_is_ready(client):
    assert client.get("/healthz").json == {"status": "ok"}
    assert client.get("/readyz").json == {"status": "ok"}


@pytest.mark.parametrize("path", ["/readyz", "/v1/sources", "/v1/golden-records?email=a@b.example"])
def test_a_store_without_tables_is_not_ready_but_alive(tmp_path, path):
    store = Store(f"sqlite:///{tmp_path / 'empty.db'}")
    client = client_of(reading_of(store))

    answer = client.get(path)

    assert (answer.status_code, answer.json["type"]) == (503, "/problems/not-ready")
    assert str(tmp_path) not in answer.text
    assert client.get("/healthz").status_code == 200
    store.close()


def test_a_database_that_cannot_be_reached_is_not_ready():
    store = Store("postgresql://nobody@127.0.0.1:1/nothing")
    answer = client_of(reading_of(store)).get("/readyz")

    assert (answer.status_code, answer.json["type"]) == (503, "/problems/not-ready")
    assert "127.0.0.1" not in answer.text
    store.close()
