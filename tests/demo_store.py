"""The demo's bank as a resolved store: the demo is run once for all tests that want it."""

import fcntl
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from demo.bank import TRUTH_FILE
from mdm.hub import Hub
from mdm.model.rules.load import load_rules
from mdm.store import Store

ROOT = Path(__file__).parent.parent


@dataclass(frozen=True)
class DemoStore:
    """The bank that the demo shows, with the shipped rules, resolved; nobody may write to it.

    `said` is what the demo printed.
    """

    hub: Hub
    truth: Path
    said: str


@pytest.fixture(scope="session")
def demo_store(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Iterator[DemoStore]:
    """The demo's store; the first worker that asks makes it, the others wait and share it."""
    own = tmp_path_factory.getbasetemp()
    folder = (own if worker_id == "master" else own.parent) / "demo_store"
    folder.mkdir(exist_ok=True)
    said = folder / "said.txt"
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not said.exists():
            said.write_text(_run(folder), encoding="utf-8")
    data = folder / "demo" / "data"
    store = Store(f"sqlite:///{data / 'mdm.db'}")
    yield DemoStore(Hub(store, load_rules()), data / TRUTH_FILE, said.read_text(encoding="utf-8"))
    store.close()


def _run(folder: Path) -> str:
    """Run a copy of the demo, so that one that is being served keeps its database."""
    shutil.copytree(ROOT / "demo", folder / "demo", ignore=shutil.ignore_patterns("data"))
    ran = subprocess.run(
        [sys.executable, "-m", "demo", "--no-serve"],
        cwd=folder,
        env=own_settings(),
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return ran.stdout


def own_settings() -> dict[str, str]:
    """The environment of somebody who has just installed the service and set nothing."""
    unset = {name: text for name, text in os.environ.items() if not name.startswith("MDM_")}
    return unset | {"PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
