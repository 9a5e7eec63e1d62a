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
from mdm.standardise import Standardiser
from mdm.store import (
    Store,
    Transaction,
    judgements,
    matching_input,
    records,
    resolutions,
    sources,
)
from mdm.store.codec import attributes_from_json, to_json

Moment = tuple[int, int, str]
"""The last resolution, the last change of judgements, when a source was declared last."""


@dataclass(frozen=True)
class Snapshot:
    """The records of the store in the table `record`, and what is published.

    `count` is the number of live records; `keyed` the model version whose blocking keys are kept;
    `moment` changes with whatever changes the meaning of the snapshot: another publication, a
    judgement made or withdrawn, a source's new trust.
    """

    connection: duckdb.DuckDBPyConnection
    count: int
    judgements: list[Judgement] = field(default_factory=list)
    keyed: int | None = None
    moment: Moment = (0, 0, "")


def moment(tx: Transaction) -> Moment:
    """Tell the moment of a transaction."""
    return resolutions.last(tx), judgements.changes(tx), sources.last_declared(tx)


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
        count = _records(tx, connection, rules, progress)
        with progress.step("read what is published", None):
            _table(connection, "old_pair", matching_input.old_pairs(tx))
            _table(connection, "old_crosswalk", matching_input.old_crosswalk(tx))
            _table(connection, "old_golden", matching_input.old_golden(tx))
            _table(connection, "retired_pending", matching_input.retired_pending(tx))
        judged = judgements.in_force(tx)
        return Snapshot(connection, count, judged, resolutions.keyed(tx), moment(tx))


def _records(
    tx: Transaction, connection: duckdb.DuckDBPyConnection, rules: Rules, progress: Progress
) -> int:
    with progress.step("read records", records.live_count(tx)) as advance:
        reader = matching_input.live_records(tx)
        schema = reader.schema.append(pa.field("restandardised", pa.bool_()))
        batches = _standardised(reader, rules, advance)
        return load_records(connection, pa.RecordBatchReader.from_batches(schema, batches), rules)


def _standardised(
    reader: pa.RecordBatchReader, rules: Rules, advance: Advance
) -> Iterator[pa.RecordBatch]:
    """Standardise anew a batch that holds anything standardised by other rules than these."""
    standardiser = Standardiser(rules)
    for batch in reader:
        anew = pc.unique(batch["rules_hash"]).to_pylist() not in ([], [rules.rules_hash])
        ready = _anew(batch, standardiser, rules) if anew else batch
        yield ready.append_column("restandardised", pa.array([anew] * len(batch), pa.bool_()))
        advance(len(batch))


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


def _table(connection: duckdb.DuckDBPyConnection, name: str, reader: pa.RecordBatchReader) -> None:
    connection.register("reader", reader)
    connection.execute(f"create table {name} as select * from reader")
    connection.unregister("reader")
