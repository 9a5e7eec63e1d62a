"""Splink's own ways with one record: `python -m benchmarks.online_splink DIRECTORY URL`.

`predict_between` of one record against all records of the store, and `realtime.compare_records` of
two records with its cache on, both with the active model's settings and term frequencies, in an
in-memory DuckDB.  Writes the seconds of each call to `splink.json` in the folder.
"""

import sys
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from time import perf_counter
from typing import Any

import duckdb
import orjson
from splink import DuckDBAPI, Linker
from splink.internals.realtime import compare_records  # Splink 5.0.0 has it nowhere else

from mdm.matching import blocking
from mdm.matching.connecting import connect
from mdm.matching.model import ScoringModel
from mdm.matching.splink_engine import frequency_attributes, linker
from mdm.model.errors import NothingToDo
from mdm.model.models import ModelVersion
from mdm.model.progress import SILENT
from mdm.model.rules.rules import Rules
from mdm.resolution.snapshot import read_records
from mdm.store import Store, models

FIGURES = "splink.json"
BETWEEN, COMPARE = "predict_between", "compare_records"
CALLS = {BETWEEN: 11, COMPARE: 101}


def measure(url: str) -> dict[str, list[float]]:
    """Time both over the store's records; each call is about another record of the store."""
    store = Store(url)
    with store.read() as tx:
        version = models.active(tx)
    if version is None:
        raise NothingToDo("nothing was published in this store")
    model = ScoringModel.of(version)
    with connect() as connection:
        read_records(store, connection, model.rules, SILENT)
        store.close()
        model.make_frequencies(connection)
        _with_keys(connection, model.rules, version)
        settings = {**model.settings, "blocking_rules_to_generate_predictions": _rules(model.rules)}
        api, splink = linker(connection, settings, "keyed")
        for name in frequency_attributes(model.rules):
            table = api.register(f"tf_{name}")
            splink.table_management.register_term_frequency_lookup(table, name)
        return {
            BETWEEN: list(_between(connection, api, splink, version.review_bits)),
            COMPARE: list(_compare(connection, api, model)),
        }


def _with_keys(connection: duckdb.DuckDBPyConnection, rules: Rules, version: ModelVersion) -> None:
    """Make `keyed`: the records, with a column `block_<number>` for each rule's key.

    Skipped keys are left out, so that the same pairs are compared.  A record of this benchmark has
    one e-mail and one phone at most, so that one key is all: lists would cost Splink a table each.
    """
    blocking.make_keys(connection, rules)
    blocking.make_skip(connection, rules, version.skipped_keys)
    numbers = range(len(rules.blocking))
    columns = "".join(f", k{number}.key as block_{number}" for number in numbers)
    joins = "".join(
        f"""
        left join (
            select n, any_value(key) as key
            from blocking_key anti join skip using (rule, key)
            where rule = {number}
            group by n
        ) as k{number} using (n)
        """
        for number in numbers
    )
    connection.execute(f"create table keyed as select record.*{columns} from record {joins}")


def _rules(rules: Rules) -> list[dict[str, Any]]:
    return [
        {"blocking_rule": f"l.block_{number} = r.block_{number}", "sql_dialect": "duckdb"}
        for number in range(len(rules.blocking))
    ]


def _between(
    connection: duckdb.DuckDBPyConnection, api: DuckDBAPI, splink: Linker, review_bits: float
) -> Iterator[float]:
    everything = api.register("keyed")
    for number in _chosen(connection, CALLS[BETWEEN]):
        connection.execute(
            f"create table one_{number} as select * replace (-1 - n as n) from keyed where n = ?",
            [number],
        )
        one = api.register(f"one_{number}")
        started = perf_counter()
        found = splink.inference.predict_between(
            everything, one, threshold_match_weight=review_bits, warning_mode="never"
        )
        yield perf_counter() - started
        found.drop_table_from_database_and_remove_from_cache()


def _compare(
    connection: duckdb.DuckDBPyConnection, api: DuckDBAPI, model: ScoringModel
) -> Iterator[float]:
    names = frequency_attributes(model.rules)
    columns = "".join(f", tf_{name}.tf_{name}" for name in names)
    joins = "".join(f" left join tf_{name} using ({name})" for name in names)
    read = f"select record.*{columns} from record {joins} where n in (?, ?) order by n"
    numbers = _chosen(connection, CALLS[COMPARE] + 1)
    for pair in pairwise(numbers):
        two = connection.execute(read, pair).to_arrow_table()
        started = perf_counter()
        compare_records(
            two.slice(0, 1), two.slice(1, 1), dict(model.settings), api, sql_cache_key="online"
        )
        yield perf_counter() - started


def _chosen(connection: duckdb.DuckDBPyConnection, count: int) -> list[int]:
    """Choose records, spread evenly."""
    (records,) = connection.execute("select count(*) from record").fetchone() or (0,)
    return [at * records // count for at in range(count)]


def main(directory: Path, url: str) -> None:
    """Measure, and write the seconds."""
    (directory / FIGURES).write_bytes(orjson.dumps(measure(url)))


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
