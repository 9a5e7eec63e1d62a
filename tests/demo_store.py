"""The demo's bank as a resolved store: made once for a test run, read by any test that wants it."""

import fcntl
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from demo.bank import TRUTH_FILE, write_bank
from mdm.hub import Hub
from mdm.model.rules.load import load_rules
from mdm.sources import load_sources
from mdm.store import Store
from tests.stores import sqlite_url

SOURCES_FILE = Path(__file__).parent.parent / "demo" / "sources.yaml"


@dataclass(frozen=True)
class DemoStore:
    """The bank that the demo shows, with the shipped rules, resolved; nobody may write to it."""

    hub: Hub
    truth: Path


@pytest.fixture(scope="session")
def demo_store(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Iterator[DemoStore]:
    """The demo's store; the first worker that asks makes it, the others wait and share it."""
    own = tmp_path_factory.getbasetemp()
    folder = (own if worker_id == "master" else own.parent) / "demo_store"
    folder.mkdir(exist_ok=True)
    store = Store(sqlite_url(folder))
    hub = Hub(store, load_rules())
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "made").exists():
            _make(hub, folder)
            (folder / "made").touch()
    yield DemoStore(hub, folder / TRUTH_FILE)
    store.close()


def _make(hub: Hub, folder: Path) -> None:
    hub.init()
    write_bank(folder)
    sources = folder / "sources.yaml"
    # paths in a sources file start at its own folder
    sources.write_text(SOURCES_FILE.read_text("utf-8").replace("data/", ""), "utf-8")
    hub.ingest(load_sources(sources, hub.rules))
    hub.train()
    hub.resolve()
