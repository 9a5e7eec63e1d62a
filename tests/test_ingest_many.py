"""Two million rows are ingested within one gigabyte of memory, and fewer within less.

A child process ingests, so that its memory is its own.  RLIMIT_DATA holds it to so much heap and
private anonymous memory, all that a program allocates; RLIMIT_AS would count the address space of
mapped libraries too, of which Arrow, NumPy and the allocators' arenas reserve gigabytes without
using them.  The child also reports its peak resident memory, libraries included.
"""

import json
import subprocess
import sys
from pathlib import Path
from random import Random

import pytest

from tests import departments

MIB = 1 << 20

CHILD = """
import json, resource, sys
from pathlib import Path
resource.setrlimit(resource.RLIMIT_DATA, ({limit}, {limit}))
from mdm.resolution.ingest import ingest
from mdm.sources import load_sources
from mdm.store import Store
from tests import departments
rules = departments.rules()
store = Store("sqlite:///store.db")
store.migrate()
(figures,) = ingest(store, load_sources(Path("sources.yaml"), rules), rules)
# not getrusage: its figure starts at the peak of the process that this one was forked from
told = Path("/proc/self/status").read_text()
peak = int(told.split("VmHWM:")[1].split()[0]) * 1024
print(json.dumps([figures.read, figures.created, figures.quarantined, figures.error, peak]))
"""


def write_rows(path: Path, rows: int) -> None:
    """Write the rows, some names far more frequent than others; every thousandth is broken."""
    chance = Random(1).random
    with path.open("w") as file:
        file.write("id,first,last,born\n")
        for number in range(rows):
            names = f"Given{int(5_000 * chance() ** 3)},Family{int(60_000 * chance() ** 3)}"
            born = f",{number % 90 + 1910}-0{number % 9 + 1}-1{number % 10}"
            file.write(f"{number},{names}{born if number % 1000 else ''}\n")


@pytest.mark.parametrize(
    ("rows", "limit"),
    [(300_000, 512 * MIB), pytest.param(2_000_000, 1024 * MIB, marks=pytest.mark.soak)],
)
def test_many_rows_are_ingested_within_a_bounded_memory(rows, limit, tmp_path):
    write_rows(tmp_path / "shop.csv", rows)
    attributes = "{given_name: first, family_name: last, date_of_birth: born}"
    departments.source(tmp_path, "{csv: shop.csv}", attributes=attributes)
    child = subprocess.run(
        [sys.executable, "-c", CHILD.format(limit=limit)],
        cwd=tmp_path,
        env={"PYTHONPATH": str(Path(__file__).parents[1]), "TMPDIR": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert child.returncode == 0, child.stderr
    read, created, quarantined, error, peak = json.loads(child.stdout)
    assert (read, created, quarantined, error) == (rows, rows * 999 // 1000, rows // 1000, None)
    assert peak < limit
