"""Survive: the golden record of every cluster, from the records of the snapshot.

In: `record_raw` and the table `home` (record_id, serial).  Out: the table `new_golden` (serial,
attributes, provenance: JSON), a row for each cluster.
"""

from collections.abc import Iterator
from itertools import groupby
from operator import itemgetter
from typing import Any

import duckdb
import orjson
import pyarrow as pa

from mdm.identity.contest import Member
from mdm.identity.survivorship import plan, survive
from mdm.model.progress import Advance, Progress
from mdm.model.records import Attributes
from mdm.model.rules.rules import Rules
from mdm.resolution.snapshot import Snapshot
from mdm.standardise import Standardiser
from mdm.store.codec import to_json

_SERIAL: pa.DataType = pa.int64()
_TEXT: pa.DataType = pa.string()
_SCHEMA = pa.schema({"serial": _SERIAL, "attributes": _TEXT, "provenance": _TEXT})
_GOLDEN_AT_ONCE = 20_000


def make_golden(snapshot: Snapshot, rules: Rules, progress: Progress) -> None:
    """Make the table `new_golden` of all clusters."""
    connection = snapshot.connection
    connection.execute("create table new_golden (serial bigint, attributes text, provenance text)")
    with progress.step("golden records", snapshot.count) as advance:
        for batch in _golden(connection, rules, advance):
            connection.register("batch", batch)
            connection.execute("insert into new_golden select * from batch")
            connection.unregister("batch")


def _golden(
    connection: duckdb.DuckDBPyConnection, rules: Rules, advance: Advance
) -> Iterator[pa.Table]:
    chosen = plan(rules, Standardiser(rules).column)
    rows: list[tuple[int, str, str]] = []
    for serial, members in groupby(_members(connection, rules), key=itemgetter(0)):
        of_cluster = [member for _, member in members]
        golden = survive(chosen, of_cluster)
        rows.append((serial, to_json(golden.attributes), to_json(golden.provenance)))
        advance(len(of_cluster))
        if len(rows) >= _GOLDEN_AT_ONCE:
            yield _table(rows)
            rows = []
    yield _table(rows)


def _table(rows: list[tuple[int, str, str]]) -> pa.Table:
    columns: list[tuple[Any, ...]] = list(zip(*rows, strict=True)) or [(), (), ()]
    return pa.table(
        [pa.array(column, kind) for column, kind in zip(columns, _SCHEMA.types, strict=True)],
        schema=_SCHEMA,
    )


def _members(connection: duckdb.DuckDBPyConnection, rules: Rules) -> Iterator[tuple[int, Member]]:
    """Give every record under the serial of its cluster, in that order."""
    names = {attribute.name for attribute in rules.attributes}
    reader = (
        connection.cursor()
        .execute(
            """
        select serial, source, key, trust, modified_at, attributes, standardised
        from record_raw
        join home using (record_id)
        order by serial, record_id
        """
        )
        .to_arrow_reader(_GOLDEN_AT_ONCE)
    )
    for batch in reader:
        columns = [column.to_pylist() for column in batch.columns]
        for serial, source, key, trust, modified_at, written, standardised in zip(
            *columns, strict=True
        ):
            original = {k: v for k, v in _attributes(written).items() if k in names}
            member = Member(source, key, trust, modified_at, original, _attributes(standardised))
            yield serial, member


def _attributes(text: str) -> Attributes:
    attributes: Attributes = orjson.loads(text)
    return attributes
