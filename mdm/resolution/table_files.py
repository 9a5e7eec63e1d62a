"""Tables as files that other programs read: Parquet, CSV, JSON Lines; one batch after the other.

A list is a list in Parquet and JSON Lines, and a JSON list in a CSV cell.  What is missing is null
in Parquet, an empty unquoted cell in CSV, and absent in JSON Lines.  Every other CSV cell is
quoted and holds the value itself, also where that begins with = + - or @ (phone numbers do): the
file is for programs, and a value altered to please a spreadsheet would come back wrong.  Whoever
opens one in a spreadsheet program should import its columns as text.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import orjson
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq

from mdm.model.errors import FileInvalid, Problem

Write = Callable[[pa.RecordBatch], None]
Format = Callable[[Path, pa.Schema], AbstractContextManager[Write]]
"""Opens a file for a table of that schema, texts, numbers and lists of texts."""

_TEXT: pa.DataType = pa.string()


@contextmanager
def complete_or_absent(to: Path) -> Iterator[Path]:
    """Give a file beside `to` that takes its place when all went well, and is removed if not.

    FileInvalid when the system does not let us write.
    """
    part = to.with_name(f".{to.name}.part")
    try:
        yield part
        part.replace(to)
    except OSError as error:
        message = f"cannot be written: {error.strerror or error}"
        raise FileInvalid([Problem(str(to), None, "the file", None, message)]) from error
    finally:
        part.unlink(missing_ok=True)


@contextmanager
def _parquet(path: Path, schema: pa.Schema) -> Iterator[Write]:
    with pq.ParquetWriter(path, schema, compression="zstd") as writer:
        yield writer.write_batch


@contextmanager
def _csv(path: Path, schema: pa.Schema) -> Iterator[Write]:
    flat = pa.schema([(field.name, _cell_type(field.type)) for field in schema])
    options = pyarrow.csv.WriteOptions(quoting_style="all_valid")
    with pyarrow.csv.CSVWriter(path, flat, write_options=options) as writer:
        yield lambda batch: writer.write_batch(_flat(batch, flat))


def _cell_type(kind: pa.DataType) -> pa.DataType:
    return _TEXT if pa.types.is_list(kind) else kind


def _flat(batch: pa.RecordBatch, schema: pa.Schema) -> pa.RecordBatch:
    """Write lists as JSON."""
    columns = [
        pa.array([_json(value) for value in column.to_pylist()], _TEXT)
        if pa.types.is_list(column.type)
        else column
        for column in batch.columns
    ]
    return pa.record_batch(columns, schema=schema)


def _json(value: list[str] | None) -> str | None:
    return None if value is None else orjson.dumps(value).decode()


@contextmanager
def _json_lines(path: Path, _: pa.Schema) -> Iterator[Write]:
    with path.open("wb") as file:

        def write(batch: pa.RecordBatch) -> None:
            for row in batch.to_pylist():
                present = {name: value for name, value in row.items() if value is not None}
                file.write(orjson.dumps(present, option=orjson.OPT_APPEND_NEWLINE))

        yield write


_FORMATS: Mapping[str, Format] = {".parquet": _parquet, ".csv": _csv, ".jsonl": _json_lines}


def format_of(to: Path) -> Format:
    """Choose the format by the suffix; FileInvalid when it is none of them."""
    found = _FORMATS.get(to.suffix.lower())
    if found is None:
        message = f"its name must end with one of {', '.join(_FORMATS)}"
        raise FileInvalid([Problem(str(to), None, "the file", None, message)])
    return found
