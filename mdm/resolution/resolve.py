"""Resolve: block, score, decide, cluster, identify, survive, publish, over everything.

Everything is computed on a snapshot; only the difference is written, in one transaction under the
write lock, so that readers see the old or the new state.  What was submitted and judged since the
snapshot is taken in by then (`catching_up`).
"""

import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import chain, repeat

import duckdb
import numpy as np
import pyarrow as pa

from mdm.identity.components import MICRO, IntArray
from mdm.identity.crosswalk_diff import Crosswalk, Summary, events_between, summary_of
from mdm.identity.golden_ids import NO_ID, Assignment, assign
from mdm.matching import blocking
from mdm.matching.connecting import connect
from mdm.matching.model import ScoringModel
from mdm.matching.scoring import score
from mdm.model.clock import now
from mdm.model.errors import NothingToDo
from mdm.model.models import ModelVersion
from mdm.model.progress import SILENT, Progress
from mdm.resolution import publishing, reviewing, wrong_keys
from mdm.resolution.catching_up import NOTHING, Meanwhile, catch_up, read_meanwhile, renumber
from mdm.resolution.clustering import cluster
from mdm.resolution.pinning import pin_all
from mdm.resolution.snapshot import Snapshot, moment, read_in
from mdm.resolution.stages import Stages
from mdm.resolution.surviving import make_golden
from mdm.store import Store, Transaction, changes, models, pins, publication, resolutions, tallies
from mdm.store.publication import Publication

_MOST_CAUGHT_UP = 5_000
"""Changes that are taken in under the write lock, some 10 s; with more it begins again ..."""
_TIMES = 2
"""... so often: under a load that does not end, the next beginning would meet as many."""


@dataclass(frozen=True)
class Resolution:
    """What a resolution found and changed; `seconds` tells how long each stage took.

    `outgrown`: blocking keys that are used although more records share them by now than the limit.
    """

    model_version: int
    records: int
    golden_records: int
    pairs: int
    outgrown: int
    summary: Summary
    seconds: Mapping[str, float]


def resolve(store: Store, *, version: int | None = None, progress: Progress = SILENT) -> Resolution:
    """Resolve all live records with a model version, by default the newest, and publish.

    The version becomes active with the publication.  NothingToDo when no model was trained;
    NotFound for a version that there is none of.
    """
    with store.read() as tx:
        chosen = _chosen(tx, version)
    return until_published(store, lambda _: chosen, progress)


def until_published(
    store: Store,
    choose: Callable[[Transaction], ModelVersion],
    progress: Progress,
    *,
    anew: bool = False,
) -> Resolution:
    """Resolve a snapshot and publish, or begin again when the snapshot no longer holds.

    `choose` names the model version; with `anew`, values and keys are made anew whatever is kept.
    When more has happened meanwhile than is quickly caught up with under the write lock, it begins
    again too, but not for ever.
    """
    limits = chain([_MOST_CAUGHT_UP] * _TIMES, repeat(sys.maxsize))
    while True:
        with connect() as connection:
            most = next(limits)
            published = _attempt(store, connection, choose, progress, anew=anew, most=most)
        if published is not None:
            return published


def _chosen(tx: Transaction, version: int | None) -> ModelVersion:
    chosen = models.newest(tx) if version is None else models.get(tx, version)
    if chosen is None:
        raise NothingToDo("there is no model to resolve with: run `mdm train` first")
    return chosen


def _attempt(
    store: Store,
    connection: duckdb.DuckDBPyConnection,
    choose: Callable[[Transaction], ModelVersion],
    progress: Progress,
    *,
    anew: bool,
    most: int,
) -> Resolution | None:
    """Resolve one snapshot; None when it no longer holds, or more than `most` has happened."""
    started_at, stages = now(), Stages(progress)
    with stages.of("read"), store.read() as tx:
        chosen = choose(tx)
        model = ScoringModel.of(chosen)
        snapshot = read_in(tx, connection, model.rules, progress, anew=anew)
    found = find(snapshot, chosen, model, stages, progress)
    with store.write() as tx, stages.of("publish"):
        meanwhile = NOTHING
        if moment(tx) != snapshot.moment:
            if not _holds(tx, snapshot):
                return None
            meanwhile = read_meanwhile(tx, snapshot)
            if len(meanwhile) > most:
                return None
            found = _identified_anew(connection, found)
        summary = _publish(tx, snapshot, chosen, found.assignment, meanwhile)
        _settle(tx, chosen, started_at, summary)
        tx.commit()
    return _resolution(chosen, snapshot, summary, stages.seconds)


def _holds(tx: Transaction, snapshot: Snapshot) -> bool:
    """Tell whether what changed can be caught up with: a trust cannot, nor another model's keys."""
    same_trust = moment(tx).declared == snapshot.moment.declared
    return same_trust and resolutions.keyed(tx) == snapshot.keyed


@dataclass(frozen=True, eq=False)
class Found:
    """What a resolution found, beside its tables: each record's cluster, and the golden IDs."""

    labels: IntArray
    assignment: Assignment


def find(
    snapshot: Snapshot,
    chosen: ModelVersion,
    model: ScoringModel,
    stages: Stages,
    progress: Progress,
) -> Found:
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
    return Found(labels, assignment)


def _identified_anew(connection: duckdb.DuckDBPyConnection, found: Found) -> Found:
    """Give the clusters their golden IDs by the own IDs that records have by now."""
    connection.execute("alter table home rename to found_home")
    assignment = _identify(connection, found.labels)
    renumber(connection)
    return Found(found.labels, assignment)


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
        connection.execute(f"create or replace table {name} as select * from given")
        connection.unregister("given")
    return assignment


def _publish(
    tx: Transaction,
    snapshot: Snapshot,
    chosen: ModelVersion,
    assignment: Assignment,
    meanwhile: Meanwhile,
) -> Summary:
    """Write what differs from what is published, caught up with the present; the result counts."""
    connection, at = snapshot.connection, now()
    minted = publication.mint(tx, assignment.minted, at)
    for table in ("home", "own", "new_golden"):
        connection.execute(
            f"update {table} set serial = {minted.start} - serial - 1 where serial < 0"
        )
    resolves = {
        serial: minted[-into - 1] if into < 0 else into
        for serial, into in assignment.resolves.items()
    }
    rules, every_key = ScoringModel.of(chosen).rules, snapshot.keyed != chosen.version
    pin_all(connection, rules, pins.standing(tx))
    differing, new = publishing.difference(connection, rules, every_key=every_key), [*minted]
    if meanwhile:
        done = catch_up(tx, snapshot, chosen, meanwhile, differing, at=at)
        new, resolves = new + done.minted, resolves | done.resolves
        differing = publishing.golden_difference(connection)
    publication.publish(tx, differing, at=at)
    reviewing.renew_all(tx, rules, chosen, at=at)
    tallies.count(tx)
    return _note(tx, connection, differing, minted=new, resolves=resolves, at=at)


def _note(
    tx: Transaction,
    connection: duckdb.DuckDBPyConnection,
    differing: Publication,
    *,
    minted: Sequence[int],
    resolves: Mapping[int, int],
    at: str,
) -> Summary:
    """Note in the log what turned the old crosswalk into the new one, and count it."""
    before, after = _crosswalk(connection, "old_crosswalk"), _crosswalk(connection, "home")
    events = events_between(before, after, minted=np.array(minted, np.int64), resolves=resolves)
    rewritten = differing.golden["serial"].to_numpy()
    summary = summary_of(events, before, after, rewritten=rewritten)
    if changes.last(tx) == 0:
        # what an older release published was told to nobody
        events = events_between(_NOBODY, after, minted=after.serials, resolves=resolves)
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
    connection, rules = snapshot.connection, ScoringModel.of(chosen).rules
    golden, pairs = (
        int((connection.execute(f"select count(*) from {table}").fetchone() or (0,))[0])
        for table in ("new_golden", "new_pair")
    )
    return Resolution(
        model_version=chosen.number,
        records=snapshot.count,
        golden_records=golden,
        pairs=pairs,
        outgrown=len(blocking.outgrown(connection, rules, chosen.skipped_keys)),
        summary=summary,
        seconds=seconds,
    )
