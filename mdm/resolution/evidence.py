"""Evidence: labelled records beside what was published about them, and how it came about.

In: the store and labels.  Out: parallel arrays of positions, in which the figures of an evaluation
are counted.  Keys and pairs are made again over the present records with the active model
version; weights, crosswalk and judgements are the store's own, of one moment.
"""

from dataclasses import dataclass
from functools import cached_property

import duckdb
import numpy as np
import pyarrow as pa

from mdm.identity.components import MICRO, Edges, IntArray
from mdm.matching import blocking
from mdm.matching.connecting import connect
from mdm.matching.model import ScoringModel
from mdm.model.errors import NothingToDo
from mdm.model.models import ModelVersion
from mdm.model.progress import SILENT, Progress
from mdm.resolution.clustering import judged_in, linked_components, scored_edges
from mdm.resolution.snapshot import Snapshot, moment, read_all
from mdm.store import Store, models


@dataclass(frozen=True, eq=False)
class Evidence:
    """What an evaluation counts in; live records are positions 0 .. `count`-1.

    `labelled` are the positions of records with a label and a golden record; `entity`, `cluster`
    and `component` are parallel to it, labels without meaning beyond being equal.  `pairs` are
    those that blocking found and that weigh at least the review threshold, of all records;
    `blocked` counts the true pairs of labelled records that blocking found, at any weight.
    `unlabelled` live records have no label; `unresolved` ones have a label and no golden record
    yet; `unknown` labels name no live record.
    """

    model: ModelVersion
    count: int
    labelled: IntArray
    entity: IntArray
    cluster: IntArray
    component: IntArray
    pairs: Edges
    blocked: int
    unlabelled: int
    unresolved: int
    unknown: int

    @cached_property
    def labelled_pairs(self) -> Edges:
        """The pairs of two labelled records, by their places in `labelled`."""
        place = np.full(self.count, -1, dtype=np.int64)
        place[self.labelled] = np.arange(len(self.labelled))
        placed = Edges(place[self.pairs.left], place[self.pairs.right], self.pairs.weight)
        return placed.where((placed.left >= 0) & (placed.right >= 0))


def gather(store: Store, labels: pa.Table, *, progress: Progress = SILENT) -> Evidence:
    """Read the store and lay labels (source, key, entity; each record once) beside it.

    NothingToDo when nothing was published yet.
    """
    while True:
        with store.read() as tx:
            model, began = models.active(tx), moment(tx)
        if model is None:
            raise NothingToDo("nothing was published yet: run `mdm resolve` first")
        with connect() as connection:
            scoring = ScoringModel.of(model)
            snapshot = read_all(store, connection, scoring.rules, progress)
            if snapshot.moment == began:
                return _gather(snapshot, model, scoring, labels, progress)


def _gather(
    snapshot: Snapshot,
    model: ModelVersion,
    scoring: ScoringModel,
    labels: pa.Table,
    progress: Progress,
) -> Evidence:
    connection = snapshot.connection
    with progress.step("block", None):
        blocking.make_keys(connection, scoring.rules)
        blocking.make_pairs(connection, scoring.rules, model.skipped_keys)
        _make_tables(connection, labels)
    link = round(model.link_bits * MICRO)
    found = linked_components(snapshot, judged_in(snapshot), link=link)
    measured = connection.execute("select n, entity, serial from measured order by n").fetchnumpy()
    labelled = measured["n"].astype(np.int64)
    return Evidence(
        model=model,
        count=snapshot.count,
        labelled=labelled,
        entity=measured["entity"].astype(np.int64),
        cluster=measured["serial"].astype(np.int64),
        component=found.label[labelled],
        pairs=scored_edges(connection, ""),
        blocked=_count(connection, _BLOCKED),
        unlabelled=_count(connection, "from record anti join labels using (source, key)"),
        unresolved=_count(connection, _UNRESOLVED),
        unknown=_count(connection, "from labels anti join record using (source, key)"),
    )


def _make_tables(connection: duckdb.DuckDBPyConnection, labels: pa.Table) -> None:
    """Make `measured` (n, entity, serial), and `scored` as resolving has it before clustering."""
    connection.register("labels", labels)
    connection.execute(
        """
        create table measured as
        select n, dense_rank() over (order by entity) as entity, serial
        from labels
        join record using (source, key)
        join old_crosswalk using (record_id)
        """
    )
    connection.execute(
        """
        create table scored as
        select least(l.n, r.n) as n_l, greatest(l.n, r.n) as n_r, weight
        from old_pair
        join record as l on l.record_id = record_l
        join record as r on r.record_id = record_r
        semi join candidate as c on c.n_l = least(l.n, r.n) and c.n_r = greatest(l.n, r.n)
        """
    )


_BLOCKED = """
    from candidate
    join measured as l on l.n = n_l
    join measured as r on r.n = n_r and r.entity = l.entity
    """
_UNRESOLVED = """
    from labels
    join record using (source, key)
    anti join old_crosswalk using (record_id)
    """


def _count(connection: duckdb.DuckDBPyConnection, what: str) -> int:
    (count,) = connection.execute(f"select count(*) {what}").fetchone() or (0,)
    return int(count)
