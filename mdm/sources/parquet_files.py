"""Parquet files in, rows out, a part of a row group at a time."""

from collections.abc import Iterator
from contextlib import contextmanager

import pyarrow as pa
import pyarrow.parquet as pq

from mdm.sources.config import ParquetFile
from mdm.sources.rows import BATCH, Opened, RawBatch, check_names, numbered, reading


@contextmanager
def open_parquet(source: str, location: ParquetFile) -> Iterator[Opened]:
    """Open a Parquet file; columns may be structs and lists, addressed with dots."""
    what = location.path.name
    with reading(source, what):
        # Without pre-buffering and with a buffer, a column of a huge row group is read in pieces.
        file = pq.ParquetFile(location.path, buffer_size=1 << 20, pre_buffer=False)
    with file:
        columns = check_names(source, file.schema_arrow.names)
        yield Opened(columns, _batches(source, what, file), file.metadata.num_rows)


def _batches(source: str, what: str, file: pq.ParquetFile) -> Iterator[RawBatch]:
    with reading(source, what):
        batches = file.iter_batches(batch_size=BATCH)
        yield from numbered(_without_nanoseconds(batch).to_pylist() for batch in batches)


def _without_nanoseconds(batch: pa.RecordBatch) -> pa.RecordBatch:
    """Cut times to microseconds, which Python's datetime can hold."""
    schema = pa.schema([_microseconds(field) for field in batch.schema])
    return batch if schema == batch.schema else batch.cast(schema, safe=False)


def _microseconds(field: "pa.Field[pa.DataType]") -> "pa.Field[pa.DataType]":
    kind = field.type
    if pa.types.is_timestamp(kind) and kind.unit == "ns":
        return field.with_type(pa.timestamp("us", kind.tz))
    return field
