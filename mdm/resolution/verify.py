"""Verify: does what is published keep the laws; nothing is written.

In: a store.  Out: what breaks a law, counted and named.  Everything is read in one transaction and
made anew by the stages of a resolve with the active model version, and what is published is laid
beside it.  What records that wait for a resolve may change is not compared (`waiting`).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import duckdb
import pyarrow as pa

from mdm.identity.components import MICRO
from mdm.identity.reviews import Question
from mdm.matching.connecting import connect
from mdm.matching.model import ScoringModel
from mdm.matching.scoring import score
from mdm.model.errors import NothingToDo
from mdm.model.models import ModelVersion
from mdm.model.progress import SILENT, Progress
from mdm.resolution import reviewing
from mdm.resolution.laws import Finding, broken
from mdm.resolution.pinning import pin_all
from mdm.resolution.rebuild import active_version
from mdm.resolution.resolve import find
from mdm.resolution.snapshot import Snapshot, read_in, table_of
from mdm.resolution.stages import Stages
from mdm.resolution.waiting import make_expected, make_waiting
from mdm.store import Store, Transaction, pins, tallies
from mdm.store.reads import verifying


@dataclass(frozen=True)
class Verification:
    """What a verification found: live records, golden records, pairs scored anew, and the findings.

    `waiting` records wait for a resolve and `beside` others hang together with them; a source's new
    trust, which waits too, may change what `retrusted` golden records say: of all these only a part
    could be compared.
    """

    model_version: int
    records: int
    golden_records: int
    pairs: int
    waiting: int
    beside: int
    retrusted: int
    findings: Sequence[Finding]


def verify(store: Store, *, progress: Progress = SILENT) -> Verification:
    """Check the laws on a store: derived is what a rebuild makes, one home, IDs, weights.

    NothingToDo before the first resolve, and in a database of an older release before the next.
    """
    stages = Stages(progress)
    with connect() as connection:
        with stages.of("read"), store.read() as tx:
            chosen = active_version(tx)
            model = ScoringModel.of(chosen)
            snapshot = read_in(tx, connection, model.rules, progress, anew=True)
            trusts = _read_beside(tx, connection)
            wrong, miscounted = reviewing.wrong(tx, model.rules, chosen), tallies.wrong(tx)
            pinned = pins.standing(tx)
        if snapshot.keyed != chosen.version:
            raise NothingToDo("an older release published last: run `mdm resolve` first")
        _make_wrong_values(connection, model)
        _make_wrong_reviews(connection, wrong)
        _make_wrong_figures(connection, miscounted)
        make_waiting(connection)
        find(snapshot, chosen, model, stages, progress)
        pin_all(connection, model.rules, pinned)
        with stages.of("score kept pairs"):
            make_expected(snapshot, trusts, pinned, link=round(chosen.link_bits * MICRO))
            _make_weighed(connection, model)
        with stages.of("compare"):
            return _verification(snapshot, chosen, broken(connection))


def _read_beside(tx: Transaction, connection: duckdb.DuckDBPyConnection) -> list[str]:
    """Make `retired` and `golden_id`; the result names the sources whose trust waits."""
    tables: dict[str, pa.RecordBatchReader] = {
        "retired": verifying.retired_records(tx),
        "golden_id": verifying.golden_ids(tx),
    }
    for table, reader in tables.items():
        table_of(connection, table, reader)
    return verifying.declared_since(tx)


def _make_wrong_values(connection: duckdb.DuckDBPyConnection, model: ScoringModel) -> None:
    """Make `wrong_value`: what waits may have been standardised by the rules to come."""
    connection.execute(
        """
        create table wrong_value as
        select record_id
        from record_raw
        where restandardised and (not pending or rules_hash = ?)
        """,
        [model.rules.rules_hash],
    )


def _make_wrong_reviews(connection: duckdb.DuckDBPyConnection, wrong: Sequence[Question]) -> None:
    """Make `wrong_review` (serial, other; null for a question about one golden record)."""
    rows = pa.table(
        {
            "serial": pa.array([question.serial for question in wrong], pa.int64()),
            "other": pa.array([question.other for question in wrong], pa.int64()),
        }
    )
    connection.register("given", rows)
    connection.execute("create table wrong_review as select * from given")
    connection.unregister("given")


def _make_wrong_figures(connection: duckdb.DuckDBPyConnection, wrong: Sequence[str]) -> None:
    """Make `wrong_figure` (figure)."""
    connection.register("given", pa.table({"figure": pa.array(wrong, pa.string())}))
    connection.execute("create table wrong_figure as select * from given")
    connection.unregister("given")


def _make_weighed(connection: duckdb.DuckDBPyConnection, model: ScoringModel) -> None:
    """Make `weighed`, the weights of all kept pairs of records that do not wait.

    Most were scored for the clusters; a kept pair that was not is scored here.
    """
    connection.execute(
        """
        create table kept as
        select record_l, record_r, least(l.n, r.n) as n_l, greatest(l.n, r.n) as n_r
        from old_pair
        join record as l on l.record_id = record_l
        join record as r on r.record_id = record_r
        where record_l not in (from waiting) and record_r not in (from waiting)
        """
    )
    connection.execute(
        "create table unscored_kept as select n_l, n_r from kept anti join scored using (n_l, n_r)"
    )
    score(connection, model, pairs="unscored_kept", scored="scored_kept")
    connection.execute(
        """
        create table weighed as
        select record_l, record_r, weight
        from kept
        join (from scored union all from scored_kept) using (n_l, n_r)
        """
    )


def _verification(
    snapshot: Snapshot, chosen: ModelVersion, findings: Sequence[Finding]
) -> Verification:
    def count(what: str) -> int:
        (found,) = snapshot.connection.execute(f"select count(*) {what}").fetchone() or (0,)
        return int(found)

    return Verification(
        model_version=chosen.number,
        records=snapshot.count,
        golden_records=count("from old_golden"),
        pairs=count("from weighed"),
        waiting=count("from waiting"),
        beside=count("from known where unsettled and not waits"),
        retrusted=count("from retrusted"),
        findings=findings,
    )
