"""Export: what is published, written to one file that other programs read.

In: the store.  Out: a Parquet, CSV or JSON Lines file, complete or not there at all, written in
bounded memory from one snapshot.  The formats are those of
`mdm.resolution.table_files`.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Literal

import orjson
import pyarrow as pa

from mdm.identity.components import MICRO
from mdm.matching.model import ScoringModel
from mdm.model.errors import NothingToDo
from mdm.model.models import ModelVersion
from mdm.resolution.table_files import complete_or_absent, format_of
from mdm.store import Store, Transaction, exporting, models

Exported = Literal["golden", "crosswalk", "pairs"]
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
    open_file = format_of(to)
    with store.read() as tx:
        model = models.active(tx)
        if model is None:
            raise NothingToDo("nothing was published yet: run `mdm resolve` first")
        schema, batches = _contents(tx, what, model)
        with complete_or_absent(to) as part, open_file(part, schema) as write:
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
