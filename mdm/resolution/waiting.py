"""Waiting: which of what is published can be compared with a rebuild while records wait.

A record that was taken or retired since it was published takes no part yet, and what it was then is
not known any more.  It may change the clusters of whatever hangs together with it, by pairs or by
judgements, then or now, and the golden IDs of clusters whose records' own IDs are there too.
Everything else must be as a rebuild would have it.
"""

from collections.abc import Sequence

import duckdb
import numpy as np
import pyarrow as pa

from mdm.identity.components import IntArray, connected
from mdm.model.judgements import Judgement
from mdm.model.pins import Pin
from mdm.resolution.snapshot import Snapshot


def make_waiting(connection: duckdb.DuckDBPyConnection) -> None:
    """Make the table `waiting` (record_id) of a snapshot, live records and retired ones."""
    connection.execute(
        """
        create table waiting as
        select record_id from record_raw where pending
        union all
        select record_id from retired_pending
        """
    )


def make_expected(
    snapshot: Snapshot, retrusted: list[str], pinned: Sequence[Pin], *, link: int
) -> None:
    """Make `known`, `expected`, `retrusted` and `repinned`, of what was found and of `retired`.

    `known` (record_id, live, waits, unsettled): the records that may be published, `unsettled` if
    they hang together with one that waits.  `expected` (record_id, home, standing, shifts), of
    those that are not: the serial of the cluster that was found, and the one that it should be
    published under, which is that of its first record where the golden ID `shifts`.  `retrusted`
    (home): clusters that sources with another trust (`retrusted`) may say something else of.
    `repinned` (home): clusters that pins may come to or leave with the golden IDs that shift.
    """
    connection = snapshot.connection
    _register(connection, "unsettled", _unsettled(snapshot, link))
    connection.execute(_KNOWN)
    connection.execute(_SHIFTING)
    connection.execute(_EXPECTED)
    connection.execute(_RETRUSTED, [retrusted])
    ids, followed = [pin.serial for pin in pinned], [pin.follows for pin in pinned]
    connection.execute(_REPINNED, {"ids": ids, "followed": followed})


def _unsettled(snapshot: Snapshot, link: int) -> IntArray:
    """Find the records that hang together with one that waits, and these."""
    connection = snapshot.connection
    (waiting,) = _columns(connection, "select record_id from waiting")
    if not len(waiting):
        return waiting
    left, right = _columns(connection, _LINKED, {"link": link})
    same = _judged_same(snapshot.judgements)
    ends = np.concatenate([left, same[:, 0], right, same[:, 1], waiting])
    numbers, place = np.unique(ends, return_inverse=True)
    edges = len(left) + len(same)
    label = connected(len(numbers), place[:edges], place[edges : 2 * edges])
    return numbers[np.isin(label, label[place[2 * edges :]])]


def _judged_same(judgements: list[Judgement]) -> IntArray:
    """List pairs that hold the records together that were judged the same, retired ones too."""
    pairs = []
    for judgement in judgements:
        if judgement.kind == "partition":
            first: dict[int, int] = {}
            for member in judgement.members:
                pairs.append((first.setdefault(member.part, member.record_id), member.record_id))
    return np.array(pairs, np.int64).reshape(-1, 2)


def _columns(
    connection: duckdb.DuckDBPyConnection, query: str, bound: dict[str, int] | None = None
) -> list[IntArray]:
    found = connection.execute(query, bound or {}).fetchnumpy()
    return [column.astype(np.int64) for column in found.values()]


def _register(connection: duckdb.DuckDBPyConnection, table: str, records: IntArray) -> None:
    connection.register("given", pa.table({"record_id": pa.array(records, pa.int64())}))
    connection.execute(f"create table {table} as select * from given")
    connection.unregister("given")


# A pair of two that do not wait is the same then and now; it stands among those scored now.
_LINKED = """
    select l.record_id as record_l, r.record_id as record_r
    from scored
    join record as l on l.n = n_l
    join record as r on r.n = n_r
    where weight >= $link
    union all
    select record_l, record_r
    from old_pair
    where weight >= $link
      and (record_l in (from waiting) or record_r in (from waiting))
    """

_KNOWN = """
    create table known as
    select record_id, own_serial, live,
           record_id in (from waiting) as waits,
           record_id in (from unsettled) as unsettled
    from (
        select record_id, own_serial, true as live from record_raw
        union all
        select record_id, own_serial, false as live from retired where pending
    )
    """

_SHIFTING = """
    create table shifting as
    select distinct home.serial
    from known
    join home using (record_id)
    where unsettled
       or own_serial in (select own_serial from known where unsettled)
    """

_EXPECTED = """
    create table expected as
    with
    published as (
        select home.serial, arg_min(old_crosswalk.serial, n) as standing
        from home
        join record using (record_id)
        join old_crosswalk using (record_id)
        semi join shifting on shifting.serial = home.serial
        group by home.serial
    )
    select record_id, home.serial as home, shifting.serial is not null as shifts,
           if(shifts, standing, home.serial) as standing
    from home
    semi join (from known where not unsettled) as settled using (record_id)
    left join shifting on shifting.serial = home.serial
    left join published on published.serial = home.serial
    """

_RETRUSTED = """
    create table retrusted as
    select home.serial as home
    from home
    join record using (record_id)
    group by home.serial
    having count(distinct source) > 1 and bool_or(source in (select unnest(?::text[])))
    """

_REPINNED = """
    create table repinned as
    select distinct home.serial as home
    from home
    join known using (record_id)
    semi join shifting on shifting.serial = home.serial
    where own_serial in (select unnest($ids::bigint[]))
       or record_id in (select unnest($followed::bigint[]))
    """
