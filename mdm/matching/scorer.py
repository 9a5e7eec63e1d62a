"""Scoring a few pairs at a time, over and over: the model's own SQL, prepared once.

In: standardised records and pairs of them.  Out: what `scoring` gives for the same pairs in a
batch, to the last micro-bit, since the SQL and the frequencies are the same.  Splink takes 0.8 s to
write the SQL and DuckDB 20 ms to plan it; the prepared statement reads its table anew each time.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import lru_cache
from itertools import chain
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
        for name in frequency_attributes(model.rules):
            self._few.add(f"tf_{name}", pa.float64(), name, model.rarity(name))
        self._remembered = lru_cache(maxsize=REMEMBERED_ROWS)(self._row)
        prediction, self._columns = shortened(model.rules, model.prediction)
        self._joined = _Rows(self._join([], np.empty((0, 2), np.int64)))
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
        numbers, ends = _numbered(ordered)
        given = [self._few.row(records[number]) for number in numbers]
        rows = self._execute("scoring", given, ends).to_arrow_table().to_pylist()
        found = {(numbers[row["n_l"]], numbers[row["n_r"]]): row for row in rows}
        return [found[pair] for pair in ordered]

    def measure(
        self, records: Mapping[int, str], pairs: Sequence[Pair]
    ) -> tuple[IntArray, IntArray]:
        """Weigh distinct pairs, the smaller number first, of many records; no more is told.

        The records are standardised, as JSON; there may be others too.  Result, in the order of the
        pairs: weights in micro-bits, and parts as `score_parts` has them (pairs, comparisons).
        """
        numbers, ends = _numbered(pairs)
        given = [self._remembered(records[number]) for number in numbers]
        columns = self._execute("measuring", given, ends).fetchnumpy()
        n_l, n_r, weight, *parts = columns.values()
        place = np.empty(len(pairs), np.int64)
        asked = ends[:, 0] * len(numbers) + ends[:, 1]
        place[np.argsort(asked)] = np.argsort(n_l * len(numbers) + n_r)
        return weight[place], np.column_stack(parts)[place]

    def _row(self, text: str) -> Row:
        return self._few.row(orjson.loads(text))

    def _execute(
        self, statement: str, rows: Sequence[Row], ends: IntArray
    ) -> duckdb.DuckDBPyConnection:
        self._joined.table = self._join(rows, ends)
        return self._connection.execute(f"execute {statement}")

    def _join(self, rows: Sequence[Row], ends: IntArray) -> pa.RecordBatch:
        """Put the columns of both records of each pair, by their places, beside one another."""
        given = in_columns(rows, self._few.types)
        left, right = (pa.array(places, pa.int64()) for places in ends.T)
        joined = {
            each.alias: given[each.name].take(left if each.left else right)
            for each in self._columns
        }
        return pa.RecordBatch.from_pydict(
            {**joined, "match_key": pa.array(["0"] * len(ends), pa.string())}
        )


def _numbered(pairs: Sequence[Pair]) -> tuple[list[int], IntArray]:
    """List the numbers in pairs, ascending, and the places among them of each pair's ends."""
    asked = np.fromiter(chain.from_iterable(pairs), np.int64, 2 * len(pairs))
    numbers, places = np.unique(asked, return_inverse=True)
    return numbers.tolist(), places.reshape(-1, 2)


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
