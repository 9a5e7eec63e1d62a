"""What a resolution starts from: one snapshot of the store, as tables of an in-memory DuckDB.

The store is read in one transaction that is closed before anything is scored; nothing but the
store's own SQLite library opens its file.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from mdm.matching.columns import load_records
from mdm.model.judgements import Judgement
from mdm.model.progress import Advance, Progress
from mdm.model.records import Attributes, AttributeValue
from mdm.model.rules.rules import Rules
from mdm.resolution import wrong_keys
from mdm.standardise import Standardiser
from mdm.store import (
    Store,
    Transaction,
    changes,
    judgements,
    matching_input,
    records,
    resolutions,
    sources,
)
from mdm.store.codec import attributes_from_json, to_json


@dataclass(frozen=True)
class Moment:
    """The last publication, the last change of judgements, when a source was declared last."""

    published: int
    judged: int
    declared: str


@dataclass(frozen=True)
class Snapshot:
    """The records of the store in the table `record`, and what is published.

    `count` is the number of live records; `keyed` the model version whose blocking keys are kept;
    `moment` changes with whatever changes the meaning of the snapshot: another publication, a
    judgement made or withdrawn, a source's new trust.  `anew`: no derived value of a record was
    trusted (`read_in`).
    """

    connection: duckdb.DuckDBPyConnection
    count: int
    judgements: list[Judgement] = field(default_factory=list)
    keyed: int | None = None
    moment: Moment = Moment(0, 0, "")
    anew: bool = False


def moment(tx: Transaction) -> Moment:
    """Tell the moment of a transaction."""
    return Moment(changes.last(tx), judgements.changes(tx), sources.last_declared(tx))


def read_records(
    store: Store, connection: duckdb.DuckDBPyConnection, rules: Rules, progress: Progress
) -> Snapshot:
    """Read the live records only, as training needs them."""
    with store.read() as tx:
        return Snapshot(connection, _records(tx, connection, rules, progress))


def read_all(
    store: Store, connection: duckdb.DuckDBPyConnection, rules: Rules, progress: Progress
) -> Snapshot:
    """Read the live records, what is published, and the judgements in force.

    Makes `record_raw`, `record`, `old_pair`, `old_crosswalk`, `old_golden`, `retired_pending`.
    """
    with store.read() as tx:
        return read_in(tx, connection, rules, progress)


def read_in(
    tx: Transaction,
    connection: duckdb.DuckDBPyConnection,
    rules: Rules,
    progress: Progress,
    *,
    anew: bool = False,
) -> Snapshot:
    """Read the same in a transaction that is open.

    `anew`: standardise all records, whatever values of theirs are kept, and read which keys are
    (`mdm.resolution.wrong_keys`).
    """
    count = _records(tx, connection, rules, progress, anew=anew)
    with progress.step("read what is published", None):
        read_published(tx, connection)
        table_of(connection, "retired_pending", matching_input.retired_pending(tx))
    if anew:
        wrong_keys.read_digests(tx, connection, progress)
    judged = judgements.in_force(tx)
    return Snapshot(connection, count, judged, resolutions.keyed(tx), moment(tx), anew)


def _records(
    tx: Transaction,
    connection: duckdb.DuckDBPyConnection,
    rules: Rules,
    progress: Progress,
    *,
    anew: bool = False,
) -> int:
    with progress.step("read records", records.live_count(tx)) as advance:
        reader = matching_input.live_records(tx)
        schema = reader.schema.append(pa.field("restandardised", pa.bool_()))
        batches = _standardised(reader, rules, advance, anew=anew)
        return load_records(connection, pa.RecordBatchReader.from_batches(schema, batches), rules)


def _standardised(
    reader: pa.RecordBatchReader, rules: Rules, advance: Advance, *, anew: bool
) -> Iterator[pa.RecordBatch]:
    """Standardise anew a batch that holds anything standardised by other rules than these.

    `restandardised` are the records whose kept value is another one, or by other rules.
    """
    standardiser = Standardiser(rules)
    for batch in reader:
        hashes = pc.unique(batch["rules_hash"]).to_pylist()
        if anew or hashes not in ([], [rules.rules_hash]):
            ready = _anew(batch, standardiser, rules)
        else:
            ready = batch
        yield ready.append_column("restandardised", _differs(batch, ready, rules))
        advance(len(batch))


def _differs(kept: pa.RecordBatch, ready: pa.RecordBatch, rules: Rules) -> "pa.Array[Any]":
    by_others = pc.not_equal(kept["rules_hash"], pa.scalar(rules.rules_hash))
    other = pc.not_equal(kept["standardised"], ready["standardised"])
    return pc.or_(by_others, other).fill_null(True)


def _anew(batch: pa.RecordBatch, standardiser: Standardiser, rules: Rules) -> pa.RecordBatch:
    """Standardise a batch by these rules; an attribute may be `many` by them and was not, or was.

    Of a list the first value is taken then, and a value is a list of one.
    """
    written: list[Any] = batch["attributes"].to_pylist()
    reshaped = (shaped(attributes_from_json(text), rules) for text in written)
    values = [to_json(standardiser.attributes(attributes)) for attributes in reshaped]
    place = batch.schema.get_field_index("standardised")
    return batch.set_column(place, "standardised", pa.array(values, pa.string()))


def shaped(attributes: Attributes, rules: Rules) -> dict[str, AttributeValue]:
    """Give attributes the shape that the rules ask for: lists where one may have many values."""
    found: dict[str, AttributeValue] = {}
    for attribute in rules.attributes:
        value = attributes.get(attribute.name)
        if value is not None:
            values = (value,) if isinstance(value, str) else value
            found[attribute.name] = values if attribute.many else values[0]
    return found


def read_published(tx: Transaction, connection: duckdb.DuckDBPyConnection) -> None:
    """Make `old_pair`, `old_crosswalk` and `old_golden`, in the place of those of before."""
    table_of(connection, "old_pair", matching_input.old_pairs(tx))
    table_of(connection, "old_crosswalk", matching_input.old_crosswalk(tx))
    table_of(connection, "old_golden", matching_input.old_golden(tx))


def table_of(
    connection: duckdb.DuckDBPyConnection, name: str, reader: pa.RecordBatchReader
) -> None:
    """Make a table of what is read, in the place of one of that name."""
    connection.register("reader", reader)
    connection.execute(f"create or replace table {name} as select * from reader")
    connection.unregister("reader")
