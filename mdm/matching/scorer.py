"""Scoring a few pairs at a time, over and over: the model's own SQL, prepared once.

In: standardised records and pairs of them.  Out: what `scoring` gives for the same pairs in a
batch, to the last micro-bit, since the SQL and the frequencies are the same.  Splink takes 0.8 s to
write the SQL and DuckDB 20 ms to plan it; the prepared statement reads its tables anew each time.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from threading import Lock
from typing import Any

import numpy as np
import pyarrow as pa

from mdm.identity.components import IntArray
from mdm.matching.columns import few_records
from mdm.matching.connecting import connect
from mdm.matching.model import ScoringModel
from mdm.matching.scoring import part_columns, weight_column
from mdm.matching.splink_engine import frequency_attributes
from mdm.model.models import ModelVersion
from mdm.model.records import Attributes

Pair = tuple[int, int]


class _Rows:
    """A table that DuckDB reads anew at each execution; `table` may be changed in between."""

    def __init__(self, table: pa.Table) -> None:
        self.table = table

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        table: Any = self.table
        return table.__arrow_c_stream__(requested_schema)


class Scorer:
    """Scores pairs with one model; one thread at a time."""

    def __init__(self, model: ScoringModel) -> None:
        self.model = model
        self._connection = connect()
        self._connection.execute("set threads = 1")
        self._tables = {name: _Rows(table) for name, table in self._read({}, []).items()}
        for name, rows in self._tables.items():
            self._connection.register(name, rows)
        measured = f"n_l, n_r, {weight_column()}, {', '.join(part_columns(model))}"
        told = "match_weight, columns('^(gamma|mw)_')"
        for name, columns in (("measuring", measured), ("scoring", f"{measured}, {told}")):
            self._connection.execute(
                f"prepare {name} as select {columns} from ({model.prediction})"
            )

    def score(
        self, records: Mapping[int, Attributes], pairs: Sequence[Pair]
    ) -> list[dict[str, Any]]:
        """Score pairs of standardised records, named by their numbers, in the order of the pairs.

        A row a pair: match_weight (bits), weight (micro-bits), part_<comparison> as `score_parts`
        has them, and the gamma_, mw_ and mw_tf_adj_ of `prediction`.
        """
        ordered = [(min(pair), max(pair)) for pair in pairs]
        rows = self._execute("scoring", records, ordered).to_pylist()
        found = {(row["n_l"], row["n_r"]): row for row in rows}
        return [found[pair] for pair in ordered]

    def measure(
        self, records: Mapping[int, Attributes], pairs: Sequence[Pair]
    ) -> tuple[IntArray, IntArray]:
        """Weigh distinct pairs, the smaller number first, of many records; no more is told.

        Result, in the order of the pairs: weights in micro-bits, and parts as `score_parts` has
        them (pairs, comparisons).
        """
        table = self._execute("measuring", records, pairs)
        n_l, n_r, weight, *parts = (column.to_numpy() for column in table.columns)
        place = np.empty(len(pairs), np.int64)
        asked = np.array(pairs, np.int64).reshape(-1, 2)
        place[np.lexsort((asked[:, 1], asked[:, 0]))] = np.lexsort((n_r, n_l))
        return weight[place], np.column_stack(parts)[place]

    def _execute(
        self, statement: str, records: Mapping[int, Attributes], pairs: Sequence[Pair]
    ) -> pa.Table:
        for name, table in self._read(records, pairs).items():
            self._tables[name].table = table
        return self._connection.execute(f"execute {statement}").to_arrow_table()

    def _read(
        self, records: Mapping[int, Attributes], pairs: Sequence[Pair]
    ) -> dict[str, pa.Table]:
        """Make the tables that the SQL reads."""
        compared = pa.table(
            {
                "join_key_l": pa.array((left for left, _ in pairs), pa.int64()),
                "join_key_r": pa.array((right for _, right in pairs), pa.int64()),
                "match_key": pa.array(["0"] * len(pairs), pa.string()),
            }
        )
        tables = {"record": few_records(records, self.model.rules), "blocked_pair": compared}
        for name in frequency_attributes(self.model.rules):
            values = {record[name] for record in records.values() if name in record}
            tables[f"tf_{name}"] = self.model.frequencies_of(name, values)
        return tables


class Scorers:
    """Scorers of the model version that was asked for last, ready to use; threads may share it."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._ready: tuple[ModelVersion, ScoringModel, list[Scorer]] | None = None

    @contextmanager
    def of(self, version: ModelVersion) -> Iterator[Scorer]:
        """Lend a scorer of a version; one that failed is not lent again."""
        model, idle = self._ready_for(version)
        try:
            scorer = idle.pop()
        except IndexError:
            scorer = Scorer(model)
        yield scorer
        idle.append(scorer)

    def _ready_for(self, version: ModelVersion) -> tuple[ScoringModel, list[Scorer]]:
        with self._lock:
            if self._ready is None or self._ready[0] != version:
                model = ScoringModel.of(version)
                self._ready = (version, model, [Scorer(model)])
            return self._ready[1:]
