"""Catching up: what happened to the store between a resolve's snapshot and its publication.

In: the snapshot, and what was found in it.  Out: the same brought to the present.  What was
submitted and judged meanwhile is published once more, on top of what the snapshot gave, through the
path of a submission: its records wait, and are resolved around.  All of it is one publication.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

import duckdb
import pyarrow as pa

from mdm.matching.scorer import Scorers
from mdm.model.models import ModelVersion
from mdm.resolution.judged_around import NO_CHANGE, JudgementChange
from mdm.resolution.ready import ReadyModel
from mdm.resolution.recluster import recluster
from mdm.resolution.republish import Prepared, prepare
from mdm.resolution.snapshot import Snapshot, read_published, table_of
from mdm.store import (
    Transaction,
    judgements,
    matching_input,
    neighbourhood,
    publication,
    records,
)
from mdm.store.publication import Publication

_AT_ONCE = 1_000


@dataclass(frozen=True)
class Meanwhile:
    """The records that were submitted since a snapshot, and the judgements made or withdrawn."""

    record_ids: Sequence[int] = ()
    judged: JudgementChange = NO_CHANGE

    def __len__(self) -> int:
        return len(self.record_ids) + len(self.judged.all)


NOTHING = Meanwhile()


def read_meanwhile(tx: Transaction, snapshot: Snapshot) -> Meanwhile:
    """Read what happened since the snapshot, and `old_*` and the own IDs as they are by now.

    A record that waited for a resolve is of it, if it was resolved since, with the model of before.
    One that was ingested and not resolved is none: it waits, as it was seen.
    """
    connection = snapshot.connection
    read_published(tx, connection)
    table_of(connection, "record_now", matching_input.standing_records(tx))
    rows = connection.execute(_SUBMITTED_SINCE).fetchall()
    connection.execute(_PRESENT_OWN)
    before = {each.judgement_id: each for each in snapshot.judgements}
    after = {each.judgement_id: each for each in judgements.in_force(tx)}
    judged = JudgementChange(
        come=[each for number, each in after.items() if number not in before],
        go=[each for number, each in before.items() if number not in after],
    )
    return Meanwhile([record_id for (record_id,) in rows], judged)


def renumber(connection: duckdb.DuckDBPyConnection) -> None:
    """Give `new_golden` the serials that its golden records have in `home`, after `found_home`."""
    connection.execute(
        """
        update new_golden
        set serial = renumbered.after
        from (
            select distinct found_home.serial as before, home.serial as after
            from found_home
            join home using (record_id)
        ) as renumbered
        where serial = renumbered.before
        """
    )


@dataclass(eq=False)
class CaughtUp:
    """What was published on top of what the snapshot gave, beside the golden records."""

    minted: list[int] = field(default_factory=list)
    resolves: dict[int, int] = field(default_factory=dict)
    homes: dict[int, int | None] = field(default_factory=dict)
    golden: dict[int, tuple[str, str] | None] = field(default_factory=dict)

    def add(self, done: Prepared) -> None:
        """Add what was prepared next."""
        self.minted += done.minted
        self.resolves.update(done.resolves)
        self.homes.update(dict.fromkeys(done.before.keys() - done.after.keys()))
        self.homes.update(done.after)
        gone = {*done.before.values()} - {*done.after.values()}
        self.golden.update(dict.fromkeys(gone))
        for row in done.publication.golden.to_pylist():
            self.golden[row["serial"]] = (row["attributes"], row["provenance"])


def catch_up(
    tx: Transaction,
    snapshot: Snapshot,
    version: ModelVersion,
    meanwhile: Meanwhile,
    differing: Publication,
    *,
    at: str,
) -> CaughtUp:
    """Publish what the snapshot gave and what happened meanwhile, but for the golden records.

    Brings `home` and `new_golden` to what is to be published.
    """
    publication.publish(tx, _without_golden(differing), at=at)
    records.let_wait(tx, meanwhile.record_ids)
    model, done = ReadyModel.of(version, Scorers()), CaughtUp()
    for waiting, judged in _chunks(tx, meanwhile):
        found = recluster(tx, model, waiting, judged)
        if not found.nothing:
            prepared = prepare(tx, model, found)
            publication.issue(tx, prepared.minted, at)
            publication.publish(tx, _without_golden(prepared.publication), at=at)
            done.add(prepared)
    _bring_up(snapshot.connection, done)
    return done


def _without_golden(differing: Publication) -> Publication:
    """Leave out the golden records, whose versions count publications: they are written once."""
    none = Publication()
    return replace(
        differing, touched=none.touched, golden_gone=none.golden_gone, golden=none.golden
    )


def _chunks(tx: Transaction, meanwhile: Meanwhile) -> Iterator[tuple[set[int], JudgementChange]]:
    """Give the records that still wait, some at a time; the judgements come with the first."""
    judged = meanwhile.judged
    for start in range(0, max(len(meanwhile.record_ids), 1), _AT_ONCE):
        chunk = meanwhile.record_ids[start : start + _AT_ONCE]
        waiting = {each.record_id for each in neighbourhood.residents(tx, chunk) if each.pending}
        yield waiting, judged
        judged = NO_CHANGE


def _bring_up(connection: duckdb.DuckDBPyConnection, done: CaughtUp) -> None:
    """Write over `home` and `new_golden` what became of some records and golden records."""
    homes = pa.table(
        {
            "record_id": pa.array(done.homes, pa.int64()),
            "serial": pa.array(done.homes.values(), pa.int64()),
        }
    )
    golden = pa.table(
        {
            "serial": pa.array(done.golden, pa.int64()),
            "attributes": pa.array([row and row[0] for row in done.golden.values()], pa.string()),
            "provenance": pa.array([row and row[1] for row in done.golden.values()], pa.string()),
        }
    )
    _write_over(connection, "home", "record_id", homes)
    _write_over(connection, "new_golden", "serial", golden)


def _write_over(
    connection: duckdb.DuckDBPyConnection, table: str, key: str, rows: pa.Table
) -> None:
    """Replace the rows of the given keys; a key whose other columns are null goes."""
    last = rows.column_names[-1]
    connection.register("rows_now", rows)
    connection.execute(f"delete from {table} where {key} in (select {key} from rows_now)")
    connection.execute(
        f"insert into {table} by name select * from rows_now where {last} is not null"
    )
    connection.unregister("rows_now")


_SUBMITTED_SINCE = """
    select record_id
    from record_now as now
    left join record_raw as seen using (record_id)
    left join old_crosswalk using (record_id)
    where (not now.pending and live
           and (seen.pending or now.content_hash is distinct from seen.content_hash))
       or (not now.pending and not live and seen.record_id is not null)
       or (now.pending and live and seen.record_id is null and serial is not null)
    order by record_id
    """
_PRESENT_OWN = """
    update record_raw
    set own_serial = now.own_serial
    from record_now as now
    where now.record_id = record_raw.record_id
      and now.own_serial is distinct from record_raw.own_serial
    """
