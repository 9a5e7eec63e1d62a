"""A source's mapped rows wait here until all of them were read, on disk and in bounded memory.

Taking a source is all or nothing, and the write lock is not held while a department's slow database
is read: so its rows are read and mapped first, into temporary files that have no name and vanish
with the process, and are taken from there in one transaction.
"""

from collections.abc import Iterable, Iterator
from itertools import islice
from tempfile import TemporaryFile
from types import TracebackType
from typing import TypeVar

import orjson

from mdm.model.records import Attributes, IncomingRecord, Rejected
from mdm.sources.key_index import KeyIndex
from mdm.sources.mapping import MappedBatch
from mdm.sources.rows import BATCH

TWICE = "the key stands in another row too, which was changed later or stands further down"
"""The reason for which a row is refused whose key another one has."""

_Item = TypeVar("_Item")


class Spool:
    """Batches in; then, once all are in, the records to take and the rows that were refused.

    `read` counts rows and broken lines, `refused` those of them that cannot be taken, `same` rows
    that say again what another one says.
    """

    def __init__(self, key_column: str) -> None:
        self.read = 0
        self.refused = 0
        self.same = 0
        self._key_column = key_column
        self._index = KeyIndex()
        self._records = TemporaryFile(prefix="mdm-")  # noqa: SIM115 - closed by __exit__
        self._rejected = TemporaryFile(prefix="mdm-")  # noqa: SIM115

    def __enter__(self) -> "Spool":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the files, and so remove them."""
        self._records.close()
        self._rejected.close()

    @property
    def waiting(self) -> int:
        """How many records wait to be taken, those with one key counted each."""
        return self.read - self.refused

    def add(self, batch: MappedBatch) -> None:
        """Put a batch behind the ones before it."""
        self.read += batch.read
        self.refused += batch.refused
        for record in batch.records:
            self._index.add(record)
        self._records.writelines(map(_record_line, batch.records))
        self._rejected.writelines(map(_rejected_line, batch.rejected))

    def records(self) -> Iterator[list[IncomingRecord]]:
        """Give the records that are to be taken, in batches, in the order in which they came.

        Goes through the file once: `refused` and `same` are complete, and `rejected` has the rows
        whose key another one has, when the last batch was given.
        """
        return _batches(self._choose())

    def rejected(self) -> Iterator[list[Rejected]]:
        """Give the rows that are refused, in batches."""
        self._rejected.seek(0)
        return _batches(Rejected(*orjson.loads(line)) for line in self._rejected)

    def _choose(self) -> Iterator[IncomingRecord]:
        refused, same = self._index.beaten()
        self._records.seek(0)
        for line, is_refused, is_same in zip(self._records, refused, same, strict=True):
            if is_refused:
                self.refused += 1
                self._rejected.write(_rejected_line(self._twice(_record(line))))
            elif is_same:
                self.same += 1
            else:
                yield _record(line)

    def _twice(self, record: IncomingRecord) -> Rejected:
        return Rejected(None, record.key, self._key_column, record.key, TWICE, record.payload)


def _batches(items: Iterable[_Item]) -> Iterator[list[_Item]]:
    stream = iter(items)
    while batch := list(islice(stream, BATCH)):
        yield batch


def _record_line(record: IncomingRecord) -> bytes:
    values = (
        record.key,
        record.payload,
        record.attributes,
        record.standardised,
        record.rules_hash,
        record.content_hash,
        record.modified_at,
    )
    return orjson.dumps(values, option=orjson.OPT_APPEND_NEWLINE)


def _record(line: bytes) -> IncomingRecord:
    key, payload, attributes, standardised, rules_hash, content_hash, modified_at = orjson.loads(
        line
    )
    return IncomingRecord(
        key=key,
        payload=payload,
        attributes=_tuples(attributes),
        standardised=_tuples(standardised),
        rules_hash=rules_hash,
        content_hash=content_hash,
        modified_at=modified_at,
    )


def _tuples(values: dict[str, str | list[str]]) -> Attributes:
    """Give attributes with many values their tuples back, which JSON made lists."""
    return {n: tuple(value) if isinstance(value, list) else value for n, value in values.items()}


def _rejected_line(rejected: Rejected) -> bytes:
    values = (
        rejected.line,
        rejected.key,
        rejected.field,
        rejected.value,
        rejected.reason,
        rejected.row,
    )
    return orjson.dumps(values, option=orjson.OPT_APPEND_NEWLINE)
