"""The speed of a batch: `python benchmarks/batch.py --records 1000000`.

From a Parquet file to published golden records on SQLite, stage by stage, beside raw Splink, which
trains, predicts and clusters on the same standardised records with the same comparisons, pairs and
training blocks.  Each side runs in a process of its own.
"""

import argparse
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import orjson
import yaml

from benchmarks.batch_runs import SOURCES
from benchmarks.memory import run_measured
from benchmarks.report import table, write_section
from demo.population.batch import write_batch
from mdm.model.rules.load import load_rules

ROOT = Path(__file__).parent.parent


@dataclass(frozen=True)
class Run:
    """What one process measured: its own figures, and its peak memory in bytes."""

    figures: dict[str, Any]
    peak: int

    def seconds(self, *names: str) -> float:
        """Add up the outermost steps of these names."""
        steps = self.figures["steps"]
        return float(sum(took for depth, name, took in steps if depth == 0 and name in names))


def measure_batch(records: int, directory: Path) -> tuple[Run, Run]:
    """Make the records in an empty folder and run both sides over them: ours, then Splink's."""
    batch = write_batch(directory, records)
    _write_sources(directory, batch.records.name)
    ours = _run("ours", directory)
    _run("prepare", directory)
    return ours, _run("splink", directory)


def _write_sources(directory: Path, file: str) -> None:
    """Declare the one department whose columns are called as the attributes are."""
    source = {
        "kind": "operational",
        "trust": 0.9,
        "from": {"parquet": file},
        "key": "key",
        "modified_at": "modified_at",
        "attributes": {attribute.name: attribute.name for attribute in load_rules().attributes},
    }
    text = yaml.safe_dump({"sources": {"batch": source}})
    (directory / SOURCES).write_text(text, encoding="utf-8")


def _run(name: str, directory: Path) -> Run:
    print(f"{name} ...", flush=True)
    command = [sys.executable, "-m", "benchmarks.batch_runs", name, str(directory)]
    peak = run_measured(command, cwd=ROOT)
    return Run(orjson.loads((directory / f"{name}.json").read_bytes()), peak)


def report(ours: Run, splink: Run) -> list[str]:
    """Write the figures as Markdown."""
    matched = ours.seconds("train", "resolve")
    raw = splink.seconds("train", "predict", "cluster")
    records, golden = ours.figures["records"], ours.figures["golden_records"]
    candidates = splink.figures["candidates"]
    return [
        f"{records:,} records became {golden:,} golden records; {candidates:,} candidate pairs.",
        "",
        *table(["stage", "seconds"], _rows(ours)),
        "",
        *table(["raw Splink", "seconds"], _rows(splink)),
        "",
        f"From train to published: {matched:.1f} s, {matched / raw:.2f} times raw Splink's "
        f"{raw:.1f} s.",
        f"Peak memory of the process tree: {_gib(ours.peak)} here, {_gib(splink.peak)} for Splink.",
    ]


def _rows(run: Run) -> list[list[str]]:
    return [
        [f"{'&emsp;' * depth}{name}", f"{seconds:.2f}"]
        for depth, name, seconds in run.figures["steps"]
    ]


def _gib(size: int) -> str:
    return f"{size / 2**30:.2f} GiB"


def main(arguments: Sequence[str]) -> int:
    """Measure, print, and write the page."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--records", type=int, default=1_000_000)
    chosen = parser.parse_args(arguments)
    with TemporaryDirectory() as directory:
        lines = report(*measure_batch(chosen.records, Path(directory)))
    print("\n".join(lines))
    write_section("batch", "A batch from files to golden records", lines)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
