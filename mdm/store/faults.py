"""What a driver says when its database cannot be opened, locked or used on, in our own words."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import sqlalchemy as sa

from mdm.model.errors import StoreBusy, StoreFailed, StoreNotReady

_BUSY = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
_FAILED = (
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_CORRUPT,
    sqlite3.SQLITE_NOTADB,
    sqlite3.SQLITE_CANTOPEN,
)
_FAILED_CLASSES = ("08", "53", "57", "58", "XX")
"""PostgreSQL's classes of errors that are the server's: connection, resources, operator, system,
damage."""


@contextmanager
def opening(engine: sa.Engine) -> Iterator[None]:
    """Name the database that cannot be opened or locked, without its password.

    Raises StoreBusy when another process keeps it locked, StoreNotReady for everything else that
    the driver says.
    """
    try:
        yield
    except sa.exc.DBAPIError as error:
        if _waited_in_vain(error.orig):
            message = f"{_named(engine)} is locked by another process: try again when it ended"
            raise StoreBusy(message) from error
        raise StoreNotReady(f"{_named(engine)} cannot be opened: {_said(error.orig)}") from error


@contextmanager
def using(engine: sa.Engine) -> Iterator[None]:
    """Raise StoreFailed when the database itself fails: full, damaged, connection lost.

    Whatever else the driver says is a fault of ours and stays what it is.
    """
    try:
        yield
    except (sa.exc.DBAPIError, sqlite3.Error, psycopg.Error) as error:
        said = error.orig if isinstance(error, sa.exc.DBAPIError) else error
        if not _is_failure(said):
            raise
        raise StoreFailed(
            f"{_named(engine)} failed: {_said(said)}: a step that was not committed is not kept, "
            "run it again when the database is well"
        ) from error


def _waited_in_vain(error: BaseException | None) -> bool:
    return isinstance(error, psycopg.errors.LockNotAvailable) or _sqlite_code(error) in _BUSY


def _is_failure(error: BaseException | None) -> bool:
    if isinstance(error, psycopg.Error) and error.sqlstate is not None:
        return error.sqlstate[:2] in _FAILED_CLASSES
    if isinstance(error, psycopg.OperationalError):
        return True  # the connection is gone, and with it whoever could give a code
    return _sqlite_code(error) in _FAILED


def _sqlite_code(error: BaseException | None) -> int | None:
    """Tell SQLite's primary result code, None for another driver's error."""
    code = getattr(error, "sqlite_errorcode", None)
    return None if code is None else code & 0xFF


def _named(engine: sa.Engine) -> str:
    return f"the database {engine.url.render_as_string(hide_password=True)}"


def _said(error: BaseException | None) -> str:
    """Put the driver's words on one line."""
    return " ".join(str(error).split())
