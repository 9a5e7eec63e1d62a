"""A steward's pages beside many records: `python benchmarks/steward.py --records 1000000`.

Loads a population, serves it with `mdm serve`, and works as a steward does: looks at the queue,
reviews, decides, reads golden records and the overview.  Prints each figure beside its bar; exit
status 1 when one is missed.  An answer that is an error ends the run.
"""

import argparse
import random
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from benchmarks.online_data import Amounts, lay_out
from benchmarks.report import write_section
from benchmarks.served import ROOT, serving
from benchmarks.steward_desk import SteadyDesk
from mdm.hub import Hub
from mdm.model.rules.load import load_rules
from mdm.store import Store

TIMES = 100
PASSWORD = "a benchmark's own"  # noqa: S105  (of a database that is thrown away)
QUEUES = ("", "?kind=cluster", "?source=later", "?attribute=family_name", "?min_weight=-2")
DECISION = "decision and the next review"
BARS = {
    "queue": 100,
    "queue, filtered": 100,
    "next": 100,
    "review": 100,
    "golden record": 100,
    "overview": 100,
    DECISION: 150,
}
"""Milliseconds that half of the answers may take at most."""


def work(desk: SteadyDesk, golden_ids: Sequence[str]) -> None:
    """Do everything that is timed, TIMES times each."""
    for number in range(TIMES):
        desk.get("/steward/queue", "queue")
        desk.get(f"/steward/queue{QUEUES[1 + number % 4]}", "queue, filtered")
        desk.get(f"/steward/golden-records/{golden_ids[number]}", "golden record")
        desk.get("/steward/overview", "overview")
    queue = desk.get("/steward/queue?kind=match")
    path, page = desk.post("/steward/queue/next", queue, "next")
    for number in range(TIMES):
        desk.get(path, "review")
        after = desk.post(f"{_address(path)}/skip", page, "next")
        word = ("merge", "parts", "unsure")[number % 3]
        path, page = desk.post(
            f"{_address(after[0])}/decision",
            after[1],
            "decision and the next review",
            decision=word,
        )


def _address(path: str) -> str:
    return path.partition("?")[0]


def measure(records: int) -> Mapping[str, Sequence[float]]:
    """Load so many records, serve them, work."""
    with TemporaryDirectory() as folder:
        directory = Path(folder)
        url = f"sqlite:///{directory / 'store.db'}"
        lay_out(directory, Amounts.of(records, large=False))
        command = [sys.executable, "-m", "benchmarks.online_load", str(directory), url]
        subprocess.run(command, cwd=ROOT, check=True)  # noqa: S603  (our own command)
        hub = Hub(Store(url), load_rules())
        hub.users.add("ann", PASSWORD)
        golden_ids = _some_golden_ids(hub)
        with serving(url, directory / "server.log") as served:
            desk = SteadyDesk(served.port, "ann", PASSWORD)
            work(desk, golden_ids)
        return desk.seconds


def _some_golden_ids(hub: Hub) -> list[str]:
    """Choose golden records from all over the first changes that were told."""
    changes = hub.reading.changes(after=0, limit=20_000).items
    minted = [each.golden_id for each in changes if each.kind == "minted"]
    return random.Random(1).sample(minted, TIMES)  # noqa: S311


def report(records: int, seconds: Mapping[str, Sequence[float]]) -> tuple[list[str], bool]:
    """Write the table, and tell whether all bars are reached."""
    lines = [
        f"Pages for stewards beside {records:,} records on SQLite, {TIMES} or more of each:",
        "",
        "| page | p50, ms | p99, ms | bar, p50 |",
        "| --- | --- | --- | --- |",
    ]
    reached = True
    for name, bar in BARS.items():
        p50, p99 = (float(np.percentile(seconds[name], at)) * 1_000 for at in (50, 99))
        reached = reached and p50 <= bar
        told = f"{bar}" if p50 <= bar else f"{bar}: missed"
        lines.append(f"| {name} | {p50:.1f} | {p99:.1f} | {told} |")
    return lines, reached


def main(arguments: Sequence[str]) -> int:
    """Measure, print, and write the page; 1 when a bar is missed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--records", type=int, default=1_000_000)
    chosen = parser.parse_args(arguments)
    lines, reached = report(chosen.records, measure(chosen.records))
    print("\n".join(lines))
    write_section("steward SQLite", "Stewards' pages, over HTTP, on SQLite", lines)
    return int(not reached)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
