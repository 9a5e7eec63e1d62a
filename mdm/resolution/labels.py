"""Labels: what is known to be true about some records, from a file that its user made.

In: CSV, Parquet or JSON Lines with the columns `source`, `key` and `entity`; records with the same
entity are the same person or organisation.  Out: an Arrow table of three texts, each record once.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from mdm.model.errors import FileInvalid, Problem, SourceUnavailable
from mdm.model.records import Source
from mdm.sources import SourceConfig, open_source
from mdm.sources.config import CsvFile, JsonLinesFile, Location, ParquetFile
from mdm.sources.rows import RawBatch, Row
from mdm.sources.values import BadValue, text_of

COLUMNS = ("source", "key", "entity")
MOST_FAULTS = 100
"""Faults that are told of one file."""

_LOCATIONS: dict[str, Callable[[Path], Location]] = {
    ".csv": CsvFile,
    ".parquet": ParquetFile,
    ".jsonl": JsonLinesFile,
}


def read_labels(path: Path) -> pa.Table:
    """Read a labels file into the columns source, key, entity (text, none missing).

    The suffix tells the format.  A record that is labelled twice with one entity counts once.
    FileInvalid lists the faults with their line (in Parquet their row, from 1): the file cannot be
    read, lacks a column, has a broken line or an empty field, or gives one record two entities.
    """
    found = _Labels(path)
    try:
        with open_source(_config(path)) as opened:
            for batch in opened.batches:
                found.take(batch)
    except SourceUnavailable as error:
        raise FileInvalid([Problem(str(path), None, "the file", None, error.reason)]) from error
    return found.checked()


def _config(path: Path) -> SourceConfig:
    """Describe the file as the readers of departments' files want it."""
    location = _LOCATIONS.get(path.suffix.lower())
    if location is None:
        message = f"its name must end with one of {', '.join(_LOCATIONS)}"
        raise FileInvalid([Problem(str(path), None, "the file", None, message)])
    return SourceConfig(Source("labels", "external", 1.0), location(path), COLUMNS, None, {})


@dataclass
class _Labels:
    """The labels read so far, with the line of each, and what was wrong."""

    path: Path
    rows: int = 0
    lines: list[int] = field(default_factory=list)
    columns: dict[str, list[str]] = field(default_factory=lambda: {name: [] for name in COLUMNS})
    faults: list[Problem] = field(default_factory=list)

    def take(self, batch: RawBatch) -> None:
        for rejected in batch.broken:
            self._fault(rejected.line, "the line", None, rejected.reason)
        for line, row in batch.rows:
            self.rows += 1
            number = self.rows if line is None else line
            label = dict(self._label(number, row))
            if len(label) == len(COLUMNS):
                self.lines.append(number)
                for name, text in label.items():
                    self.columns[name].append(text)

    def _label(self, line: int, row: Row) -> Iterator[tuple[str, str]]:
        """Give the fields of a row that can be taken, and note the others."""
        for name in COLUMNS:
            try:
                text = text_of(name, row.get(name))
            except BadValue as bad:
                self._fault(line, name, bad.value, bad.reason)
                continue
            if text is None:
                self._fault(line, name, None, "must not be empty")
            else:
                yield name, text

    def _fault(self, line: int | None, key: str, value: object, message: str) -> None:
        self.faults.append(Problem(str(self.path), line, key, value, message))

    def checked(self) -> pa.Table:
        """Give the labels, each record once; FileInvalid when anything was wrong."""
        columns = {name: pa.array(texts, pa.string()) for name, texts in self.columns.items()}
        table = pa.table({**columns, "line": pa.array(self.lines, pa.int64())})
        records = table.group_by(["source", "key"]).aggregate(
            [("entity", "min"), ("entity", "max"), ("line", "max")]
        )
        self._refuse_contradictions(records)
        if self.faults:
            told = sorted(self.faults, key=lambda fault: fault.line or 0)[:MOST_FAULTS]
            raise FileInvalid(told)
        return records.select(["source", "key", "entity_min"]).rename_columns(list(COLUMNS))

    def _refuse_contradictions(self, records: pa.Table) -> None:
        """Note each record that has more than one entity, at the last line that names it."""
        differ = pc.not_equal(records["entity_min"], records["entity_max"])
        for row in records.filter(differ).to_pylist():
            message = f"the record {row['source']}, {row['key']} has another one further up"
            said = (row["entity_min"], row["entity_max"])
            self._fault(row["line_max"], "entity", said, message)
