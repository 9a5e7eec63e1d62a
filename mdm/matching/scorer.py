"""Scoring a few pairs at a time, over and over: the model's own SQL, prepared once.

In: standardised records and pairs of them.  Out: what `scoring` gives for the same pairs in a
batch, to the last micro-bit, since the SQL and the frequencies are the same.  Splink takes 0.8 s to
write the SQL and DuckDB 20 ms to plan it; the prepared statement reads its table anew each time.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import lru_cache
from threading import Lock
from typing import Any

import duckdb
import numpy as np
import orjson
import pyarrow as pa

from mdm.identity.components import IntArray
from mdm.matching.columns import FewColumns, Row, in_columns
from mdm.matching.connecting import connect
from mdm.matching.model import ScoringModel
from mdm.matching.scoring import part_columns, weight_column
from mdm.matching.shortened import shortened
from mdm.matching.splink_engine import frequency_attributes
from mdm.model.models import ModelVersion
from mdm.model.records import Attributes

Pair = tuple[int, int]

REMEMBERED_ROWS = 8_192
"""Records of which it is remembered what is compared of them, 1 to 2 KB each: those that share a
key that outgrew its limit are asked for again and again."""


class _Rows:
    """A table that DuckDB reads anew at each execution; `table` may be changed in between."""

    def __init__(self, table: pa.RecordBatch) -> None:
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
        self._few = FewColumns(model.rules)
        self._frequencies = frequency_attributes(model.rules)
        rarities = {f"tf_{name}": pa.float64() for name in self._frequencies}
        self._types = {**self._few.types, **rarities}
        self._remembered = lru_cache(maxsize=REMEMBERED_ROWS)(self._row_of)
        prediction, self._columns = shortened(model.rules, model.prediction)
        self._joined = _Rows(self._join([], [], []))
        self._connection.register("joined", self._joined)
        measured = f"n_l, n_r, {weight_column()}, {', '.join(part_columns(model))}"
        told = "match_weight, columns('^(gamma|mw)_')"
        for name, columns in (("measuring", measured), ("scoring", f"{measured}, {told}")):
            self._connection.execute(f"prepare {name} as select {columns} from ({prediction})")

    def score(
        self, records: Mapping[int, Attributes], pairs: Sequence[Pair]
    ) -> list[dict[str, Any]]:
        """Score pairs of standardised records, named by their numbers, in the order of the pairs.

        A row a pair: match_weight (bits), weight (micro-bits), part_<comparison> as `score_parts`
        has them, and the gamma_, mw_ and mw_tf_adj_ of `prediction`.
        """
        ordered = [(min(pair), max(pair)) for pair in pairs]
        given = [self._row(record) for record in records.values()]
        rows = self._execute("scoring", [*records], given, ordered).to_arrow_table().to_pylist()
        found = {(row["n_l"], row["n_r"]): row for row in rows}
        return [found[pair] for pair in ordered]

    def measure(
        self, records: Mapping[int, str], pairs: Sequence[Pair]
    ) -> tuple[IntArray, IntArray]:
        """Weigh distinct pairs, the smaller number first, of many records; no more is told.

        The records are standardised, as JSON.  Result, in the order of the pairs: weights in
        micro-bits, and parts as `score_parts` has them (pairs, comparisons).
        """
        given = list(map(self._remembered, records.values()))
        columns = self._execute("measuring", [*records], given, pairs).fetchnumpy()
        n_l, n_r, weight, *parts = columns.values()
        place = np.empty(len(pairs), np.int64)
        asked = np.array(pairs, np.int64).reshape(-1, 2)
        place[np.lexsort((asked[:, 1], asked[:, 0]))] = np.lexsort((n_r, n_l))
        return weight[place], np.column_stack(parts)[place]

    def _row_of(self, text: str) -> Row:
        return self._row(orjson.loads(text))

    def _row(self, record: Attributes) -> Row:
        """Give what is compared of a record, and how rare it is."""
        frequency = self.model.frequency_of
        rarities = [frequency(name, record.get(name)) for name in self._frequencies]
        return (*self._few.row(record), *rarities)

    def _execute(
        self, statement: str, numbers: Sequence[int], rows: Sequence[Row], pairs: Sequence[Pair]
    ) -> duckdb.DuckDBPyConnection:
        self._joined.table = self._join(numbers, rows, pairs)
        return self._connection.execute(f"execute {statement}")

    def _join(
        self, numbers: Sequence[int], rows: Sequence[Row], pairs: Sequence[Pair]
    ) -> pa.RecordBatch:
        """Put the columns of both records of each pair beside one another."""
        given = in_columns(numbers, rows, self._types)
        place = {number: at for at, number in enumerate(numbers)}
        left = pa.array([place[one] for one, _ in pairs], pa.int64())
        right = pa.array([place[other] for _, other in pairs], pa.int64())
        joined = {
            each.alias: given[each.name].take(left if each.left else right)
            for each in self._columns
        }
        return pa.RecordBatch.from_pydict(
            {**joined, "match_key": pa.array(["0"] * len(pairs), pa.string())}
        )


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
