"""What a sources file says, validated: each department, where its data is, how it is mapped."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from mdm.model.errors import NotDeclared
from mdm.model.records import Source
from mdm.model.schema_faults import right_words


@dataclass(frozen=True)
class CsvFile:
    """A text file with a header line; `encoding` is any codec of Python."""

    path: Path
    delimiter: str = ","
    encoding: str = "utf-8"


@dataclass(frozen=True)
class JsonLinesFile:
    """A UTF-8 text file with one JSON object a line."""

    path: Path


@dataclass(frozen=True)
class ParquetFile:
    """A Parquet file."""

    path: Path


@dataclass(frozen=True)
class Database:
    """A database by SQLAlchemy URL, and what to read there: a table (or view) or a SELECT.

    `url` may hold `${NAME}`, filled in from the environment when the source is opened, so that
    the password stands neither in the file nor in this object.  Relative SQLite files are
    relative to `directory`.
    """

    url: str
    directory: Path
    table: str | None = None
    query: str | None = None


Location = CsvFile | JsonLinesFile | ParquetFile | Database


@dataclass(frozen=True)
class Columns:
    """The values of one column, or of several for an attribute that may have many."""

    columns: tuple[str, ...]


@dataclass(frozen=True)
class Joined:
    """Several columns written one after the other, `between` them; missing parts are skipped."""

    columns: tuple[str, ...]
    between: str


@dataclass(frozen=True)
class DateColumn:
    """A column of dates; `format` is for strptime, None means ISO 8601.

    A value that is no such date is left out, or, when `strict`, sends the row into quarantine.
    """

    column: str
    format: str | None
    strict: bool


@dataclass(frozen=True)
class Split:
    """One column taken apart by a pattern whose named groups are attributes.

    A value that does not match is left out, or, when `strict`, sends the row into quarantine.
    """

    column: str
    pattern: str
    strict: bool


@dataclass(frozen=True)
class Constant:
    """The same value for every record of the source."""

    value: str


Mapped = Columns | Joined | DateColumn | Split | Constant


@dataclass(frozen=True)
class ModifiedAt:
    """The column in which the source says when it last changed a row.

    `format` is for strptime, None means ISO 8601; a time without a zone is UTC.
    """

    column: str
    format: str | None = None


@dataclass(frozen=True)
class SourceConfig:
    """One department: who it is, where its data is, how its rows become records.

    `attributes` maps a name to what fills it: the attribute itself, or for `Split` a free name.
    """

    source: Source
    location: Location
    key: tuple[str, ...]
    modified_at: ModifiedAt | None
    attributes: Mapping[str, Mapped]

    @property
    def columns(self) -> tuple[str, ...]:
        """Every column that the mapping needs, each once, in order of first mention."""
        times = () if self.modified_at is None else (self.modified_at.column,)
        mapped = (column for how in self.attributes.values() for column in columns_of(how))
        return tuple(dict.fromkeys((*self.key, *times, *mapped)))


def columns_of(how: Mapped) -> tuple[str, ...]:
    """Tell which columns a mapping reads."""
    match how:
        case Columns(columns) | Joined(columns):
            return columns
        case DateColumn() | Split():
            return (how.column,)
        case Constant():
            return ()


@dataclass(frozen=True)
class SourcesConfig:
    """All departments, in the order of the file."""

    path: Path
    sources: tuple[SourceConfig, ...]

    def named(self, names: Sequence[str] | None) -> tuple[SourceConfig, ...]:
        """Pick the sources named, in the order of the file; all for None.

        Raises NotDeclared for a name that the file does not have.
        """
        if names is None:
            return self.sources
        known = [config.source.name for config in self.sources]
        for name in names:
            if name not in known:
                raise NotDeclared(self.path.name, name, right_words(name, known))
        return tuple(config for config in self.sources if config.source.name in names)
