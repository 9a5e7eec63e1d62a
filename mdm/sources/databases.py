"""A table, view or query of a department's database in, rows out, streamed and read-only.

Any database that SQLAlchemy has a driver for.  Values come as the driver gives them: the statement
carries no column types, so that SQLAlchemy parses nothing (its DATE of SQLite fails on the first
`31/12/1999` and takes the good rows with it).
"""

import os
import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import sqlalchemy as sa

from mdm.model.errors import SourceUnavailable
from mdm.sources.config import Database
from mdm.sources.rows import BATCH, Opened, RawBatch, check_names, numbered, reading

_VARIABLE = re.compile(r"\$\{(\w+)\}")


@contextmanager
def open_database(source: str, location: Database) -> Iterator[Opened]:
    """Connect read-only and begin to read; the connection is closed with the context.

    Raises SourceUnavailable when an environment variable, the driver, the database or the table is
    not there.
    """
    url = _url(source, location)
    what = url.render_as_string(hide_password=True)
    with reading(source, what):
        engine = _engine(url, location.directory)
    try:
        with reading(source, what):
            connection = engine.connect()
        with connection:
            with reading(source, what):
                result = _execute(source, connection, location)
            columns = check_names(source, result.keys())
            yield Opened(columns, _batches(source, what, result, columns))
    finally:
        engine.dispose()


def _batches(
    source: str, what: str, result: sa.CursorResult[tuple[object, ...]], columns: tuple[str, ...]
) -> Iterator[RawBatch]:
    with reading(source, what):
        parts = result.partitions(BATCH)
        yield from numbered(
            (dict(zip(columns, row, strict=True)) for row in part) for part in parts
        )


def _url(source: str, location: Database) -> sa.URL:
    """Fill in `${NAME}` from the environment and read the URL."""

    def value(found: re.Match[str]) -> str:
        if found[1] not in os.environ:
            raise SourceUnavailable(source, f"the environment variable {found[1]} is not set")
        return os.environ[found[1]]

    filled = _VARIABLE.sub(value, location.url)
    try:
        return sa.make_url(filled)
    except sa.exc.ArgumentError:
        # Not the driver's words: they repeat the URL, which may hold a password.
        raise SourceUnavailable(source, "its url is not one that SQLAlchemy reads") from None


def _engine(url: sa.URL, directory: Path) -> sa.Engine:
    match url.get_backend_name():
        case "sqlite":
            path = directory / (url.database or "")
            return sa.create_engine("sqlite://", creator=lambda: _open_sqlite(path))
        case "postgresql":
            options = {"postgresql_readonly": True}
            return sa.create_engine(url, execution_options=options, poolclass=sa.NullPool)
        case "mysql" | "mariadb":
            start = {"init_command": "SET SESSION TRANSACTION READ ONLY"}
            return sa.create_engine(url, connect_args=start, poolclass=sa.NullPool)
        case _:
            return sa.create_engine(url, poolclass=sa.NullPool)


def _open_sqlite(path: Path) -> sqlite3.Connection:
    """Open a SQLite file that must exist; text that is no UTF-8 comes as half characters."""
    connection = sqlite3.connect(f"file:{quote(str(path))}?mode=ro", uri=True)
    connection.text_factory = lambda raw: raw.decode("utf-8", "surrogateescape")
    return connection


def _execute(
    source: str, connection: sa.Connection, location: Database
) -> sa.CursorResult[tuple[object, ...]]:
    """Run the query, or read the whole table, through a cursor on the database's side."""
    streamed = connection.execution_options(stream_results=True, max_row_buffer=BATCH)
    if location.query is not None:
        # As the operator wrote it: no_parameters keeps drivers from reading % as a placeholder.
        return streamed.exec_driver_sql(location.query, execution_options={"no_parameters": True})
    return streamed.execute(_whole_table(source, connection, location.table or ""))


def _whole_table(
    source: str, connection: sa.Connection, name: str
) -> sa.Select[tuple[object, ...]]:
    """`SELECT *` from `table` or `schema.table`, quoted by the dialect."""
    schema, _, table = name.rpartition(".")
    if not sa.inspect(connection).has_table(table, schema=schema or None):
        raise SourceUnavailable(source, f"the database has no table {name!r}")
    return sa.select(sa.literal_column("*")).select_from(sa.table(table, schema=schema or None))
