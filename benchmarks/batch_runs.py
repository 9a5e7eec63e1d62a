"""The two sides of the batch benchmark, each run in a process of its own.

`python -m benchmarks.batch_runs ours|prepare|splink DIRECTORY` works in the folder that
`benchmarks/batch.py` made and writes its figures there as JSON.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from time import perf_counter
from typing import Any

import duckdb
import orjson
from splink import DuckDBAPI, Linker

from mdm.matching import blocking
from mdm.matching.columns import split_term
from mdm.matching.model import ScoringModel
from mdm.matching.settings import splink_settings
from mdm.matching.splink_engine import agreement
from mdm.matching.training import RANDOM_PAIRS, estimate_m_within
from mdm.model.errors import NothingToDo
from mdm.model.models import ModelVersion
from mdm.model.progress import SILENT, Advance
from mdm.model.rules.load import load_rules
from mdm.model.rules.rules import Rules
from mdm.resolution.ingest import ingest
from mdm.resolution.resolve import resolve
from mdm.resolution.snapshot import read_records
from mdm.resolution.train import train
from mdm.sources import load_sources
from mdm.store import Store, models

SOURCES, STORE, PREPARED = "sources.yaml", "store.db", "prepared.parquet"
MATCH_PROBABILITY = 0.95


@dataclass
class Stopwatch:
    """A progress that notes how long each step took: (depth, name, seconds), as they began."""

    steps: list[list[Any]] = field(default_factory=list)
    depth: int = 0

    @contextmanager
    def step(self, name: str, total: int | None) -> Iterator[Advance]:  # noqa: ARG002
        """Time a step, and what happens inside as steps below it."""
        noted: list[Any] = [self.depth, name, 0.0]
        self.steps.append(noted)
        self.depth += 1
        started = perf_counter()
        try:
            yield lambda _units: None
        finally:
            self.depth -= 1
            noted[2] = perf_counter() - started


def ours(directory: Path) -> dict[str, Any]:
    """From the Parquet file to published golden records."""
    rules, watch = load_rules(), Stopwatch()
    store = _store(directory)
    store.migrate()
    with watch.step("ingest", None):
        (taken,) = ingest(store, load_sources(directory / SOURCES, rules), rules, progress=watch)
    with watch.step("train", None):
        train(store, rules, progress=watch)
    with watch.step("resolve", None):
        published = resolve(store, progress=watch)
    store.close()
    return {
        "records": taken.created,
        "golden_records": published.golden_records,
        "steps": watch.steps,
    }


def prepare(directory: Path) -> dict[str, Any]:
    """Write what raw Splink starts from: standardised records, and a column for each rule's keys.

    The keys that the model skips are left out, so that both sides compare the same pairs.
    """
    store = _store(directory)
    model = _active(store)
    rules = ScoringModel.of(model).rules
    with duckdb.connect() as connection:
        read_records(store, connection, rules, SILENT)
        blocking.make_keys(connection, rules)
        candidates = blocking.make_pairs(connection, rules, model.skipped_keys)
        connection.execute(f"copy ({_with_keys(rules)}) to '{directory / PREPARED}'")
    store.close()
    return {"candidates": candidates}


def _with_keys(rules: Rules) -> str:
    """Select the records with a column `block_<number>` for each blocking rule."""
    numbers = range(len(rules.blocking))
    columns = "".join(f", k{number}.key as block_{number}" for number in numbers)
    joins = "".join(
        f"left join ({_keys(rules, number)}) as k{number} using (n)\n" for number in numbers
    )
    return f"select record.*{columns} from record {joins} order by n"


def _keys(rules: Rules, number: int) -> str:
    """Select the key of each record by one rule, or the list of its keys."""
    key = "list(key)" if _has_several(rules, number) else "any_value(key)"
    return f"""
        select n, {key} as key
        from blocking_key
        anti join skip using (rule, key)
        where rule = {number}
        group by n
        """


def _has_several(rules: Rules, number: int) -> bool:
    """Tell whether a record may have several keys by this rule."""
    attributes = (split_term(term)[0] for term in rules.blocking[number].on)
    return any(rules.attribute(name).many for name in attributes)


def splink(directory: Path) -> dict[str, Any]:
    """Train, predict and cluster with Splink alone: its own term frequencies, its own clusters."""
    model = _active(_store(directory))
    rules, watch = ScoringModel.of(model).rules, Stopwatch()
    with duckdb.connect() as connection:
        connection.execute(f"create table record as select * from '{directory / PREPARED}'")
        records = DuckDBAPI(connection=connection).register("record")
        linker = Linker(records, _settings(rules), log_level=None)
        with watch.step("train", None):
            _train(linker, rules, watch)
        with watch.step("predict", None):
            with watch.step("block", None):
                blocked = linker.inference.compute_blocked_pairs_for_predict()
            with watch.step("score", None):
                pairs = linker.inference.predict(threshold_match_weight=model.review_bits)
        with watch.step("cluster", None):
            linker.clustering.cluster_pairwise_predictions_at_threshold(
                pairs, threshold_match_probability=MATCH_PROBABILITY
            )
        counted = connection.table(blocked.physical_name).count("*").fetchone() or (0,)
    return {"candidates": counted[0], "steps": watch.steps}


def _settings(rules: Rules) -> dict[str, Any]:
    """Write our comparisons and blocking rules as any user of Splink would.

    Without what stands beside a comparison: Splink has no such thing, and it would be compared at
    each level anew.
    """
    blocks: list[dict[str, Any]] = []
    for number in range(len(rules.blocking)):
        name = f"block_{number}"
        block: dict[str, Any] = {"blocking_rule": f"l.{name} = r.{name}", "sql_dialect": "duckdb"}
        if _has_several(rules, number):
            block["arrays_to_explode"] = [name]
        blocks.append(block)
    plain = replace(rules, comparisons=tuple(replace(c, beside=None) for c in rules.comparisons))
    return {**splink_settings(plain), "blocking_rules_to_generate_predictions": blocks}


def _train(linker: Linker, rules: Rules, watch: Stopwatch) -> None:
    training = linker.training
    with watch.step("prior", None):
        proofs: list[Any] = [agreement(terms) for terms in rules.training.deterministic]
        training.estimate_probability_two_random_records_match(proofs, recall=rules.training.recall)
    with watch.step("u", None):
        training.estimate_u_using_random_sampling(max_pairs=RANDOM_PAIRS, seed=1)
    with watch.step("m", None):
        for block in rules.training.blocks:
            estimate_m_within(linker, rules, block)


def _store(directory: Path) -> Store:
    return Store(f"sqlite:///{directory / STORE}")


def _active(store: Store) -> ModelVersion:
    """Read the model that our side published with."""
    with store.read() as tx:
        model = models.active(tx)
    if model is None:
        raise NothingToDo("run `ours` first: nothing was published in this folder")
    return model


RUNS = {"ours": ours, "prepare": prepare, "splink": splink}


def main(name: str, directory: Path) -> None:
    """Run one side and write its figures to `<name>.json`."""
    (directory / f"{name}.json").write_bytes(orjson.dumps(RUNS[name](directory)))


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
