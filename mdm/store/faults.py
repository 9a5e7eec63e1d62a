"""What a driver says when its database cannot be opened or locked, in our own words."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa

from mdm.model.errors import StoreBusy, StoreNotReady

_BUSY = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)


@contextmanager
def opening(engine: sa.Engine) -> Iterator[None]:
    """Name the database that cannot be opened or locked, without its password.

    Raises StoreBusy when another process keeps it locked, StoreNotReady for everything else that
    the driver says.
    """
    try:
        yield
    except sa.exc.DBAPIError as error:
        place = engine.url.render_as_string(hide_password=True)
        if _is_busy(error):
            message = f"the database {place} is locked by another process: try again when it ended"
            raise StoreBusy(message) from error
        raise StoreNotReady(f"the database {place} cannot be opened: {_said(error)}") from error


def _is_busy(error: sa.exc.DBAPIError) -> bool:
    code = getattr(error.orig, "sqlite_errorcode", None)
    return code is not None and code & 0xFF in _BUSY


def _said(error: sa.exc.DBAPIError) -> str:
    """Put the driver's words on one line."""
    return " ".join(str(error.orig).split())
