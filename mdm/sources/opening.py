"""A source's configuration in, its open rows out, whatever the format."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace

from mdm.model.errors import SourceUnavailable
from mdm.sources.config import (
    CsvFile,
    Database,
    JsonLinesFile,
    ParquetFile,
    SourceConfig,
)
from mdm.sources.csv_files import open_csv
from mdm.sources.databases import open_database
from mdm.sources.json_lines import open_json_lines
from mdm.sources.parquet_files import open_parquet
from mdm.sources.paths import stands_in, top_level
from mdm.sources.rows import Opened, RawBatch


@contextmanager
def open_source(config: SourceConfig) -> Iterator[Opened]:
    """Open a source and make sure that it has every column that its mapping needs.

    Where each row has its own columns (JSON Lines) a column is missing when no row has it, which
    shows behind the last batch.  Raises SourceUnavailable, then or here.
    """
    with _open(config) as opened:
        if opened.columns is None:
            yield replace(opened, batches=_watched(config, opened.batches))
        else:
            _require(config, set(opened.columns))
            yield opened


def _open(config: SourceConfig) -> AbstractContextManager[Opened]:
    name = config.source.name
    match config.location:
        case CsvFile():
            return open_csv(name, config.location)
        case JsonLinesFile():
            return open_json_lines(name, config.location)
        case ParquetFile():
            return open_parquet(name, config.location)
        case Database():
            return open_database(name, config.location)


def _require(config: SourceConfig, present: set[str]) -> None:
    """Refuse a source that lacks a column."""
    missing = [c for c in config.columns if c not in present and top_level(c) not in present]
    if missing:
        raise _lacking(config, missing, f" (it has {', '.join(sorted(present))})")


def _watched(config: SourceConfig, batches: Iterator[RawBatch]) -> Iterator[RawBatch]:
    """Pass the batches on; at the end refuse the source if some column was in no row."""
    unseen, any_rows = set(config.columns), False
    for batch in batches:
        any_rows = any_rows or bool(batch.rows)
        for _, row in batch.rows if unseen else ():
            unseen = {column for column in unseen if not stands_in(row, column)}
        yield batch
    if any_rows and unseen:
        raise _lacking(config, sorted(unseen), " in any row")


def _lacking(config: SourceConfig, missing: list[str], where: str) -> SourceUnavailable:
    return SourceUnavailable(
        config.source.name, f"it has no column {', '.join(missing)}{where}; nothing was taken"
    )
