"""What every reader hands over: batches of rows, and the lines that are no rows."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count, islice

from pyarrow import ArrowException
from sqlalchemy.exc import SQLAlchemyError

from mdm.model.errors import SourceUnavailable
from mdm.model.records import Rejected

BATCH = 10_000
"""Rows in a batch: enough to make the cost of a call vanish, few enough for 1 GB (2 M rows)."""

LONGEST_LINE = 1_048_576
"""Characters (bytes in JSON Lines) in a line; a longer one is broken, not read into memory."""

LONGEST_SHOWN = 10_000
"""Characters of a broken line that go into the quarantine."""

Row = dict[str, object]
NumberedRow = tuple[int | None, Row]
"""A row and the line it begins on, or its number in the reading where the format has no lines.

None for a row in quarantine from before rows were numbered.
"""


@dataclass(frozen=True)
class RawBatch:
    """Rows as they came, and the broken lines that were found between them."""

    rows: list[NumberedRow]
    broken: list[Rejected]


@dataclass(frozen=True)
class Opened:
    """A source that is open: its columns (None: each row has its own), its rows, how many."""

    columns: tuple[str, ...] | None
    batches: Iterator[RawBatch]
    total: int | None = None


def batched(rows: Iterable[NumberedRow | Rejected]) -> Iterator[RawBatch]:
    """Cut a stream of rows and broken lines into batches, in bounded memory."""
    stream = iter(rows)
    while chunk := list(islice(stream, BATCH)):
        yield RawBatch(
            rows=[row for row in chunk if type(row) is tuple],
            broken=[row for row in chunk if isinstance(row, Rejected)],
        )


def numbered(parts: Iterable[Iterable[Row]]) -> Iterator[RawBatch]:
    """Make a batch of each part, its rows numbered through from 1."""
    numbers = count(1)
    for part in parts:
        yield RawBatch([(next(numbers), row) for row in part], [])


def broken_line(line: int, text: str, reason: str) -> Rejected:
    """Make the quarantine entry of a line that is no row."""
    return Rejected(line, None, None, None, reason, printable(text[:LONGEST_SHOWN]))


def printable(text: str) -> str:
    r"""Write what no database keeps as text (NUL, half characters) as \x00 and \udc80."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8").replace("\0", "\\x00")


@contextmanager
def reading(source: str, what: str) -> Iterator[None]:
    """Turn whatever goes wrong while reading `what` into SourceUnavailable."""
    try:
        yield
    except (OSError, UnicodeError, ArrowException, SQLAlchemyError, ImportError) as error:
        raise SourceUnavailable(source, f"{what} cannot be read: {_first_line(error)}") from error


def check_names(source: str, columns: Iterable[str]) -> tuple[str, ...]:
    """Give the columns back as a tuple; two of one name would lose a value without a word."""
    names = tuple(columns)
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise SourceUnavailable(source, f"more than one column is called {', '.join(twice)}")
    return names


def _first_line(error: BaseException) -> str:
    """Repeat the driver's own words, without the statement that SQLAlchemy adds."""
    told: object = getattr(error, "orig", None) or error
    lines = str(told).strip().splitlines()
    return lines[0] if lines else type(error).__name__
