"""CSV files in, rows out, with the line that each begins on.

Python's own `csv` reads them: it is exact about quotes and embedded newlines, takes every
encoding that Python knows, and lets us count lines; DuckDB and Arrow drop or refuse the whole
block around a broken line, or know too few encodings.  A record with the wrong number of fields or
broken quotes is reported with its line; reading goes on with the line after it.  Bytes that the
encoding does not know come through as half characters, which the mapping refuses by column.
"""

import csv
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO

from mdm.model.errors import SourceUnavailable
from mdm.model.records import Rejected
from mdm.sources.config import CsvFile
from mdm.sources.rows import (
    LONGEST_LINE,
    NumberedRow,
    Opened,
    batched,
    broken_line,
    check_names,
    reading,
)


@contextmanager
def open_csv(source: str, location: CsvFile) -> Iterator[Opened]:
    """Open a CSV file whose first line names the columns."""
    what = location.path.name
    with reading(source, what):
        # utf-8-sig: spreadsheet programs begin a file with a byte-order mark.
        encoding = "utf-8-sig" if location.encoding == "utf-8" else location.encoding
        file = location.path.open(encoding=encoding, errors="surrogateescape", newline="")
    with file:
        lines = _Lines(file)
        reader = csv.reader(lines, delimiter=location.delimiter, strict=True)
        columns = _header(source, what, reader)
        yield Opened(columns, batched(_rows(source, what, lines, reader, columns)))


def _header(source: str, what: str, reader: Iterator[list[str]]) -> tuple[str, ...]:
    """Read the names of the columns."""
    try:
        with reading(source, what):
            return check_names(source, next(reader))
    except StopIteration:
        raise SourceUnavailable(source, f"{what} is empty: it has no header line") from None
    except csv.Error as error:
        raise SourceUnavailable(source, f"{what} has a broken header line: {error}") from error


def _rows(
    source: str,
    what: str,
    lines: "_Lines",
    reader: Iterator[list[str]],
    columns: tuple[str, ...],
) -> Iterator[NumberedRow | Rejected]:
    """Read one record after the other; a broken one does not take the next one with it."""
    width = len(columns)
    with reading(source, what):
        while True:
            lines.begin_record()
            try:
                fields = next(reader, None)
            except csv.Error as error:
                lines.give_back_all_but_first()
                yield lines.broken(f"broken line: {error}")
                continue
            if fields is None:
                return
            if len(fields) == width:
                yield lines.first, dict(zip(columns, fields, strict=True))
            elif fields:
                yield lines.broken(f"broken line: {len(fields)} fields instead of {width}")


class _Lines:
    """The lines of a file, counted; those of the record at hand can be given back.

    An unclosed quote swallows the good records behind it, up to csv's limit of a field.  When the
    reader then fails, only the first line is broken and the others are read again.
    """

    def __init__(self, file: TextIO) -> None:
        self._file = file
        self._number = 0
        self._again: deque[tuple[int, str]] = deque()
        self._record: list[tuple[int, str]] = []

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        numbered = self._again.popleft() if self._again else self._read()
        self._record.append(numbered)
        return numbered[1]

    def _read(self) -> tuple[int, str]:
        line = self._file.readline(LONGEST_LINE)
        if not line:
            raise StopIteration
        self._number += 1
        if len(line) == LONGEST_LINE and line[-1] not in "\r\n":
            self._skip_rest(line)
        return self._number, line

    def _skip_rest(self, line: str) -> None:
        """Read past the end of a line that is too long to keep, and call it broken."""
        self._record.append((self._number, line))
        rest = line
        while rest and rest[-1] not in "\r\n":
            rest = self._file.readline(LONGEST_LINE)
        raise csv.Error(f"longer than {LONGEST_LINE} characters")

    def begin_record(self) -> None:
        """Forget the lines of the record before."""
        self._record.clear()

    @property
    def first(self) -> int:
        """The number of the line on which the record at hand begins, counted from 1."""
        return self._record[0][0]

    def broken(self, reason: str) -> Rejected:
        """Make the record at hand an entry of the quarantine."""
        text = "".join(line for _, line in self._record)
        return broken_line(self.first, text.rstrip("\r\n"), reason)

    def give_back_all_but_first(self) -> None:
        """Make the record at hand its first line; the others will be read again."""
        self._again.extendleft(reversed(self._record[1:]))
        del self._record[1:]
