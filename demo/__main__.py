"""`python -m demo`: six departments of a bank become golden records, then are served.

Writes the bank's data, ingests, trains, resolves and publishes into a fresh database, prints what
it found beside the known truth, and serves unless `--no-serve` is given.
"""

import json
import os
import sys
from collections import Counter
from pathlib import Path
from secrets import token_urlsafe
from time import perf_counter
from urllib.parse import quote

import pyarrow.parquet as pq
from rich.console import Console

from demo.bank import write_bank
from demo.report import Report, describe
from mdm.cli.opening import DATABASE_URL, open_hub
from mdm.model.records import RecordRef
from mdm.sources import load_sources

HERE = Path(__file__).parent
DATA = HERE / "data"
DATABASE = DATA / "mdm.db"
HOST = "http://127.0.0.1:8000"
STEWARD = "steward"


def run(console: Console) -> Report:
    """Take the bank from its departments' data to published golden records."""
    for old in DATA.glob("mdm.db*"):
        old.unlink()
    os.environ[DATABASE_URL] = f"sqlite:///{DATABASE}"
    os.environ.pop("MDM_RULES", None)  # the bank's sources are mapped to the shipped rules
    seconds: dict[str, float] = {}
    started = perf_counter()
    write_bank(DATA)
    hub = open_hub(console=console)
    hub.init()
    seconds["write the bank's data"] = perf_counter() - started
    started = perf_counter()
    figures = hub.ingest(load_sources(HERE / "sources.yaml", hub.rules))
    seconds["ingest"] = perf_counter() - started
    started = perf_counter()
    model = hub.train()
    seconds["train"] = perf_counter() - started
    resolution = hub.resolve()
    seconds |= resolution.seconds
    evaluation = hub.evaluate(DATA / "truth.parquet")
    return Report(figures, hub.reading.sources(), model, resolution, evaluation, seconds)


def main(arguments: list[str]) -> None:
    """Run the demo; serve what it made unless told not to."""
    report = run(Console(stderr=True))
    print(describe(report))
    if "--no-serve" not in arguments:
        print(f"\nServing at {HOST} (stop with Ctrl-C). Try:\n{_urls()}\n{_steward()}", flush=True)
        # in a process of its own: workers are forked before DuckDB starts its threads
        os.execv(Path(sys.executable).with_name("mdm"), ["mdm", "serve"])  # noqa: S606


def _steward() -> str:
    """Make a steward with a password of its own, which is told this once."""
    password = token_urlsafe(12)
    open_hub().users.add(STEWARD, password)
    return f"or review as {STEWARD}, password {password}:\n  {HOST}/steward"


def _urls() -> str:
    """Name what to try, about the customer of core banking that most records are about."""
    truth = pq.read_table(DATA / "truth.parquet").to_pylist()
    records = Counter(row["entity"] for row in truth)
    known = [row for row in truth if row["source"] == "core_banking"]
    key = max(known, key=lambda row: records[row["entity"]])["key"]
    reading, ref = open_hub().reading, RecordRef("core_banking", key)
    golden = reading.golden_record_of(ref).golden_id
    asked = json.dumps({"attributes": reading.record(ref).attributes}).replace("'", "'\\''")
    paths = (
        "/docs",
        f"/v1/golden-records?source=core_banking&key={quote(key)}",
        f"/v1/golden-records/{golden}",
        f"/v1/golden-records/{golden}/records",
        f"/v1/golden-records/{golden}/explanation",
        f"/v1/sources/core_banking/records/{quote(key, safe='')}",
        "/v1/sources",
    )
    pages = [f"  {HOST}{path}" for path in paths]
    question = f"  curl {HOST}/v1/match -H 'Content-Type: application/json' -d '{asked}'"
    return "\n".join([*pages, "or ask whether a customer is known:", question])


if __name__ == "__main__":
    main(sys.argv[1:])
