"""One record at a time, over HTTP: `python benchmarks/online.py --records 1000000`.

Loads a population, serves it with `mdm serve`, and measures what departments' systems would:
submissions, bulk, matching, golden records; the same with fewer records, for the curve; and beside
it what Splink itself takes for one record.  Prints each figure beside its bar; exit status 1 when
one is missed.  An answer that is not 2xx ends the run.
"""

import argparse
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import orjson
import sqlalchemy as sa

from benchmarks.online_calls import Size, measure
from benchmarks.online_data import Amounts, lay_out
from benchmarks.online_report import BARS, Run, report
from benchmarks.report import write_section
from benchmarks.served import ROOT, serving

CURVE = (10_000, 100_000)


def run(sizes: Sequence[Amounts], server: str | None) -> Run:
    """Measure all sizes, smallest first, each in a database of its own; Splink at the largest.

    `server`: the URL of a PostgreSQL database beside which others can be made; None for SQLite.
    """
    measured: list[Size] = []
    splink: dict[str, list[float]] = {}
    for amounts in sizes:
        with TemporaryDirectory() as folder, _database(server, Path(folder)) as url:
            directory = Path(folder)
            print(f"{amounts.records:,} records: load ...", flush=True)
            held_out = lay_out(directory, amounts)
            size = Size(amounts, _in_a_process("load", directory, url))
            if amounts == sizes[-1]:
                print(f"{amounts.records:,} records: Splink ...", flush=True)
                splink = _in_a_process("splink", directory, url)
            with serving(url, directory / "server.log") as served:
                measure(served, size, held_out)
            measured.append(size)
    return Run(measured, splink)


def _in_a_process(name: str, directory: Path, url: str) -> dict[str, Any]:
    """Run what needs much memory in a process of its own, and read its figures."""
    command = [sys.executable, "-m", f"benchmarks.online_{name}", str(directory), url]
    subprocess.run(command, cwd=ROOT, check=True)  # noqa: S603  (our own command)
    figures: dict[str, Any] = orjson.loads((directory / f"{name}.json").read_bytes())
    return figures


@contextmanager
def _database(server: str | None, directory: Path) -> Iterator[str]:
    """Make an empty database for as long as it is needed; gives its URL."""
    if server is None:
        yield f"sqlite:///{directory / 'store.db'}"
        return
    name = f"mdm_online_{os.getpid()}"
    engine = sa.create_engine(sa.make_url(server), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(f'CREATE DATABASE "{name}"')
        try:
            yield engine.url.set(database=name).render_as_string(hide_password=False)
        finally:
            connection.exec_driver_sql(f'DROP DATABASE "{name}" WITH (FORCE)')
    engine.dispose()


def main(arguments: Sequence[str]) -> int:
    """Measure, print, and write the page; 1 when a bar is missed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--records", type=int, default=1_000_000)
    parser.add_argument("--curve", type=int, nargs="*", default=CURVE, help="smaller sizes")
    parser.add_argument("--store", help="a PostgreSQL URL, to make databases beside; else SQLite")
    chosen = parser.parse_args(arguments)
    sizes = sorted({chosen.records, *(n for n in chosen.curve if n < chosen.records)})
    amounts = [Amounts.of(records, large=records == sizes[-1]) for records in sizes]
    measured = run(amounts, chosen.store)
    lines = report(measured)
    print("\n".join(lines))
    store = "SQLite" if chosen.store is None else "PostgreSQL"
    write_section(f"online {store}", f"One record at a time, over HTTP, on {store}", lines)
    return int(not all(bar.reached(measured) for bar in BARS))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
