"""Export: what is published, written to one file that other programs read.

In: the store.  Out: a Parquet, CSV or JSON Lines file, complete or not there at all, written in
bounded memory from one snapshot.

A list is a list in Parquet and JSON Lines, and a JSON list in a CSV cell.  What is missing is null
in Parquet, an empty unquoted cell in CSV, and absent in JSON Lines.  Every other CSV cell is
quoted and holds the value itself, also where that begins with = + - or @ (phone numbers do): the
file is for programs, and a value altered to please a spreadsheet would come back wrong.  Whoever
opens one in a spreadsheet program should import its columns as text.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path
from typing import Any, Literal

import orjson
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq

from mdm.identity.components import MICRO
from mdm.matching.model import ScoringModel
from mdm.model.errors import FileInvalid, NothingToDo, Problem
from mdm.model.models import ModelVersion
from mdm.store import Store, Transaction, exporting, models

Exported = Literal["golden", "crosswalk", "pairs"]
Write = Callable[[pa.RecordBatch], None]
Batches = Iterator[pa.RecordBatch]

_TEXT: pa.DataType = pa.string()
_CROSSWALK = pa.schema({"source": _TEXT, "key": _TEXT, "golden_id": _TEXT})
_PAIRS = pa.schema(
    {
        "source_l": _TEXT,
        "key_l": _TEXT,
        "source_r": _TEXT,
        "key_r": _TEXT,
        "match_weight": pa.float64(),
        "decision": _TEXT,
        "golden_id_l": _TEXT,
        "golden_id_r": _TEXT,
    }
)


def export(store: Store, what: Exported, to: Path) -> int:
    """Write what is published to a file, in the format that its suffix names; give its rows.

    `golden`: golden_id, version, created_at, updated_at, a column for each attribute.
    `crosswalk`: source, key, golden_id.  `pairs`: source_l, key_l, source_r, key_r, match_weight in
    bits, decision (link, review, non-link), golden_id_l, golden_id_r.
    NothingToDo when nothing was published yet; FileInvalid when the file cannot be written.
    """
    open_file = _format_of(to)
    with store.read() as tx:
        model = models.active(tx)
        if model is None:
            raise NothingToDo("nothing was published yet: run `mdm resolve` first")
        schema, batches = _contents(tx, what, model)
        with _complete_or_absent(to) as part, open_file(part, schema) as write:
            rows = 0
            for batch in batches:
                write(batch)
                rows += len(batch)
    return rows


def _contents(tx: Transaction, what: Exported, model: ModelVersion) -> tuple[pa.Schema, Batches]:
    match what:
        case "golden":
            schema = _golden_schema(model)
            return schema, _golden(tx, schema)
        case "crosswalk":
            return _CROSSWALK, _crosswalk(tx)
        case "pairs":
            return _PAIRS, _pairs(tx, model)


def _golden_schema(model: ModelVersion) -> pa.Schema:
    attributes = {
        attribute.name: pa.list_(_TEXT) if attribute.many else _TEXT
        for attribute in ScoringModel.of(model).rules.attributes
    }
    own = {"golden_id": _TEXT, "version": pa.int64(), "created_at": _TEXT, "updated_at": _TEXT}
    return pa.schema([*own.items(), *attributes.items()])


def _golden(tx: Transaction, schema: pa.Schema) -> Batches:
    names = schema.names[4:]
    for rows in exporting.golden(tx):
        *own, attributes = zip(*rows, strict=True)
        values = [orjson.loads(text) for text in attributes]
        yield _batch([*own, *([each.get(name) for each in values] for name in names)], schema)


def _crosswalk(tx: Transaction) -> Batches:
    for rows in exporting.crosswalk(tx):
        yield _batch(list(zip(*rows, strict=True)), _CROSSWALK)


def _pairs(tx: Transaction, model: ModelVersion) -> Batches:
    for rows in exporting.pairs(tx):
        *records, weights, left, right = zip(*rows, strict=True)
        bits = [weight / MICRO for weight in weights]
        yield _batch([*records, bits, [_decision(model, b) for b in bits], left, right], _PAIRS)


def _decision(model: ModelVersion, bits: float) -> str:
    if bits >= model.link_bits:
        return "link"
    return "review" if bits >= model.review_bits else "non-link"


def _batch(columns: Sequence[Sequence[Any]], schema: pa.Schema) -> pa.RecordBatch:
    arrays = [pa.array(column, kind) for column, kind in zip(columns, schema.types, strict=True)]
    return pa.record_batch(arrays, schema=schema)


@contextmanager
def _complete_or_absent(to: Path) -> Iterator[Path]:
    """Give a file beside `to` that takes its place when all went well, and is removed if not."""
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
    def write(batch: pa.RecordBatch) -> None:
        for row in batch.to_pylist():
            present = {name: value for name, value in row.items() if value is not None}
            file.write(orjson.dumps(present, option=orjson.OPT_APPEND_NEWLINE))

    with closing(path.open("wb")) as file:
        yield write


_Open = Callable[[Path, pa.Schema], AbstractContextManager[Write]]
_FORMATS: Mapping[str, _Open] = {".parquet": _parquet, ".csv": _csv, ".jsonl": _json_lines}


def _format_of(to: Path) -> _Open:
    found = _FORMATS.get(to.suffix.lower())
    if found is None:
        message = f"its name must end with one of {', '.join(_FORMATS)}"
        raise FileInvalid([Problem(str(to), None, "the file", None, message)])
    return found
