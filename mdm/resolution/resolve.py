"""Resolve: block, score, decide, cluster, identify, survive, publish, over everything.

Everything is computed on a snapshot; only the difference is written, in one transaction under the
write lock, so that readers see the old or the new state.  When another resolution or a judgement
came in between, the snapshot no longer holds, and the resolution begins again.
"""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass

import duckdb
import numpy as np
import pyarrow as pa

from mdm.identity.components import MICRO, IntArray
from mdm.identity.crosswalk_diff import Crosswalk, Summary, difference
from mdm.identity.golden_ids import NO_ID, Assignment, assign
from mdm.matching import blocking
from mdm.matching.connecting import connect
from mdm.matching.model import ScoringModel
from mdm.matching.scoring import score
from mdm.model.clock import now
from mdm.model.errors import NothingToDo
from mdm.model.models import ModelVersion
from mdm.model.progress import SILENT, Progress
from mdm.resolution import publishing, wrong_keys
from mdm.resolution.clustering import cluster
from mdm.resolution.snapshot import Snapshot, moment, read_in
from mdm.resolution.stages import Stages
from mdm.resolution.surviving import make_golden
from mdm.store import Store, Transaction, changes, models, publication, resolutions


@dataclass(frozen=True)
class Resolution:
    """What a resolution found and changed; `seconds` tells how long each stage took."""

    model_version: int
    records: int
    golden_records: int
    pairs: int
    summary: Summary
    seconds: Mapping[str, float]


def resolve(store: Store, *, version: int | None = None, progress: Progress = SILENT) -> Resolution:
    """Resolve all live records with a model version, by default the newest, and publish.

    The version becomes active with the publication.  NothingToDo when no model was trained;
    NotFound for a version that there is none of.
    """
    with store.read() as tx:
        chosen = _chosen(tx, version)
    while True:
        with connect() as connection:
            published = attempt(store, connection, lambda _: chosen, progress)
        if published is not None:
            return published


def _chosen(tx: Transaction, version: int | None) -> ModelVersion:
    chosen = models.newest(tx) if version is None else models.get(tx, version)
    if chosen is None:
        raise NothingToDo("there is no model to resolve with: run `mdm train` first")
    return chosen


def attempt(
    store: Store,
    connection: duckdb.DuckDBPyConnection,
    choose: Callable[[Transaction], ModelVersion],
    progress: Progress,
    *,
    anew: bool = False,
) -> Resolution | None:
    """Resolve one snapshot; None when it no longer holds by the time of publishing.

    `choose` names the model version; with `anew`, values and keys are made anew whatever is kept.
    """
    started_at, stages = now(), Stages(progress)
    with stages.of("read"), store.read() as tx:
        chosen = choose(tx)
        model = ScoringModel.of(chosen)
        snapshot = read_in(tx, connection, model.rules, progress, anew=anew)
    assignment = find(snapshot, chosen, model, stages, progress)
    every_key = snapshot.keyed != chosen.version
    with store.write() as tx, stages.of("publish"):
        if moment(tx) != snapshot.moment:
            return None
        summary = _publish(tx, snapshot, model, assignment, every_key=every_key)
        _settle(tx, chosen, started_at, summary)
        tx.commit()
    return _resolution(chosen, snapshot, summary, stages.seconds)


def find(
    snapshot: Snapshot,
    chosen: ModelVersion,
    model: ScoringModel,
    stages: Stages,
    progress: Progress,
) -> Assignment:
    """Work out everything that publishing writes, as tables beside those of the snapshot.

    Makes `scored`, `new_pair`, `home`, `own`, `new_golden` and `kept_key`.
    """
    connection = snapshot.connection
    link, review = round(chosen.link_bits * MICRO), round(chosen.review_bits * MICRO)
    with stages.of("block"):
        blocking.make_keys(connection, model.rules)
        blocking.make_pairs(connection, model.rules, chosen.skipped_keys)
        if snapshot.anew:
            wrong_keys.make_wrong_keys(connection, model.rules, chosen.skipped_keys)
        every_key = snapshot.keyed != chosen.version
        publishing.make_keys(connection, model.rules, chosen.skipped_keys, every=every_key)
    with stages.of("score"):
        score(connection, model, pairs="candidate", scored="scored")
    with stages.of("cluster"):
        labels = cluster(snapshot, model, link=link)
        publishing.make_pairs(connection, review=review)
    with stages.of("identify"):
        assignment = _identify(connection, labels)
    with stages.of("survive"):
        make_golden(connection, model.rules, progress)
    return assignment


def _identify(connection: duckdb.DuckDBPyConnection, labels: IntArray) -> Assignment:
    """Give every cluster its golden ID: the tables `home` and `own` (record_id, serial).

    A serial below 0 stands for one that is still to be minted.
    """
    rows = connection.execute(
        f"""
        select record_id, coalesce(own_serial, {NO_ID}) as own
        from record
        join record_raw using (record_id)
        order by n
        """
    ).fetchnumpy()
    record_ids, own = rows["record_id"].astype(np.int64), rows["own"].astype(np.int64)
    assignment = assign(record_ids, labels, own)
    for name, serials in (("home", assignment.serials), ("own", assignment.own)):
        connection.register("given", pa.table({"record_id": record_ids, "serial": serials}))
        connection.execute(f"create table {name} as select * from given")
        connection.unregister("given")
    return assignment


def _publish(
    tx: Transaction,
    snapshot: Snapshot,
    model: ScoringModel,
    assignment: Assignment,
    *,
    every_key: bool,
) -> Summary:
    """Write what differs, and all blocking keys if `every_key`; the result counts."""
    connection, at = snapshot.connection, now()
    minted = publication.mint(tx, assignment.minted, at)
    for table in ("home", "own", "new_golden"):
        connection.execute(
            f"update {table} set serial = {minted.start} - serial - 1 where serial < 0"
        )
    differing = publishing.difference(connection, model.rules, every_key=every_key)
    publication.publish(tx, differing, at=at)
    new = np.array(minted, dtype=np.int64)
    resolves = {
        serial: minted[-into - 1] if into < 0 else into
        for serial, into in assignment.resolves.items()
    }
    before, after = _crosswalk(connection, "old_crosswalk"), _crosswalk(connection, "home")
    rewritten = differing.golden["serial"].to_numpy()
    events, summary = difference(before, after, minted=new, rewritten=rewritten, resolves=resolves)
    if changes.last(tx) == 0:
        # what an older release published was told to nobody
        events, _ = difference(
            _NOBODY, after, minted=after.serials, rewritten=rewritten, resolves=resolves
        )
    changes.note(tx, events, publishing.rewritten(connection), at=at)
    return summary


_NOBODY = Crosswalk(np.empty(0, np.int64), np.empty(0, np.int64))


def _crosswalk(connection: duckdb.DuckDBPyConnection, table: str) -> Crosswalk:
    rows = connection.execute(f"select record_id, serial from {table}").fetchnumpy()
    return Crosswalk(rows["record_id"].astype(np.int64), rows["serial"].astype(np.int64))


def _settle(tx: Transaction, chosen: ModelVersion, started_at: str, summary: Summary) -> None:
    """Note the resolution, and make its model the active one."""
    at = now()
    active = models.active(tx)
    if active is None or active.version != chosen.version:
        models.activate(tx, chosen.number, at)
    resolutions.add(tx, chosen.number, asdict(summary), started_at=started_at, published_at=at)


def _resolution(
    chosen: ModelVersion, snapshot: Snapshot, summary: Summary, seconds: Mapping[str, float]
) -> Resolution:
    connection = snapshot.connection
    golden, pairs = (
        int((connection.execute(f"select count(*) from {table}").fetchone() or (0,))[0])
        for table in ("new_golden", "new_pair")
    )
    return Resolution(
        model_version=chosen.number,
        records=snapshot.count,
        golden_records=golden,
        pairs=pairs,
        summary=summary,
        seconds=seconds,
    )
