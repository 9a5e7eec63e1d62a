"""The store of the online benchmark: `python -m benchmarks.online_load DIRECTORY URL`.

Takes what `benchmarks/online_data.py` wrote into the folder, trains, resolves, and makes sure that
the skews are what they are to be.  Writes its figures to `load.json` in the folder.
"""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import orjson
from rich.console import Console

from benchmarks.online_data import CHAIN, LATER, LOADED, SOURCES
from mdm.identity.components import COMPONENT_LIMIT, MICRO, TOP_RUNG, connected
from mdm.matching.scorer import Scorers
from mdm.model.models import ModelVersion
from mdm.model.rules.load import load_rules
from mdm.progress import progress_on
from mdm.resolution.ingest import ingest
from mdm.resolution.ready import ReadyModel
from mdm.resolution.resolve import resolve
from mdm.resolution.train import train
from mdm.sources import load_sources
from mdm.store import Store, Transaction, neighbourhood, records

FIGURES = "load.json"


def load(directory: Path, url: str) -> dict[str, Any]:
    """Load an empty database; what came later is taken after training, so the model knows none."""
    rules, progress = load_rules(), progress_on(Console(stderr=True))
    store = Store(url)
    store.migrate()
    sources = load_sources(directory / SOURCES, rules)
    ingest(store, sources, rules, names=[LOADED], progress=progress)
    model = train(store, rules, progress=progress)
    ingest(store, sources, rules, names=[LATER], progress=progress)
    published = resolve(store, progress=progress)
    with store.read() as tx:
        component = _largest_component(tx, round(model.link_bits * MICRO) + TOP_RUNG)
        outgrown = _sharing(tx, model, "outgrown-0")
    store.close()
    if component <= COMPONENT_LIMIT:
        raise ValueError(f"the component over the limit has {component} records only")
    return {
        "records": published.records,
        "golden_records": published.golden_records,
        "skipped_keys": sum(map(len, model.skipped_keys.values())),
        "component": component,
        "outgrown": outgrown,
    }


def _largest_component(tx: Transaction, least: int) -> int:
    """Count the records of the chain that hang together by pairs from `least` micro-bits on."""
    numbers = _numbers(tx, [f"chain-{at}" for at in range(CHAIN)])
    place = {number: at for at, number in enumerate(numbers)}
    kept = neighbourhood.pairs_of(tx, numbers).values()
    linked = [(a, b) for a, b, weight, inside in kept if weight >= least and not inside]
    ends = [(place[a], place[b]) for a, b in linked if a in place and b in place]
    left, right = np.array(ends, np.int64).reshape(-1, 2).T
    return int(np.bincount(connected(len(numbers), left, right)).max())


def _sharing(tx: Transaction, model: ModelVersion, key: str) -> int:
    """Count the records that share a blocking key with one."""
    (record,) = neighbourhood.residents(tx, _numbers(tx, [key]))
    keys = ReadyModel.of(model, Scorers()).keys(record.standardised_json)
    return len({number for _, number in neighbourhood.with_keys(tx, keys)} - {record.record_id})


def _numbers(tx: Transaction, keys: Sequence[str]) -> list[int]:
    return [each.record_id for each in records.standing(tx, LATER, keys).values()]


def main(directory: Path, url: str) -> None:
    """Load, and write the figures."""
    (directory / FIGURES).write_bytes(orjson.dumps(load(directory, url)))


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
