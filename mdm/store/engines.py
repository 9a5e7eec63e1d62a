"""How each database is opened: what makes its transactions real, durable and shareable.

SQLite keeps what it acknowledged through `kill -9` and power loss (WAL, synchronous=FULL).  The
driver's own transaction handling is switched off (`isolation_level=None`), because it opens none
for a SELECT; BEGIN is sent by the event below instead.
"""

import sqlite3
from functools import partial
from time import monotonic, sleep
from typing import Any

import sqlalchemy as sa

from mdm.model.errors import StoreNotReady

MODE = "mdm_mode"
"""The execution option that tells a connection what its next transaction is for."""

WRITE_LOCK = 0x6D646D
"""The advisory lock of PostgreSQL that every writer takes ('mdm' in ASCII)."""

PATIENCE = 600.0
"""Seconds that a writer waits; the one before it may publish a million records in a minute."""
_PATIENCE = "mdm_patience"
"""The execution option that tells it."""
_READS = "mdm_reads"
"""Where a connection to SQLite notes whether it is kept from writing."""
_CACHE_KIB = 65_536
_SECONDS_BETWEEN = 0.001


_DRIVERS = ("sqlite", "sqlite+pysqlite", "postgresql", "postgresql+psycopg")


def make_engine(url: str, patience: float) -> sa.Engine:
    """Make the engine of a database URL; nothing is opened yet.

    `patience`: how many seconds a writer waits for the one before it.
    The pool keeps five idle connections and never makes a thread wait for one.  Raises
    StoreNotReady for a URL of another kind of database, or none at all.
    """
    read = _checked(url)
    engine = sa.create_engine(
        read,
        max_overflow=-1,
        pool_pre_ping=read.get_backend_name() == "postgresql",  # a file does not go away
        execution_options={_PATIENCE: patience},
    )
    if engine.dialect.name == "sqlite":
        sa.event.listen(engine, "connect", partial(_configure_sqlite, patience))
        sa.event.listen(engine, "begin", _begin_sqlite)
    return engine


def _checked(url: str) -> sa.URL:
    """Read a URL; a wrong one is not repeated, for it may hold a password."""
    try:
        read = sa.make_url(url)
    except (sa.exc.ArgumentError, ValueError):
        read = sa.URL.create("unreadable")
    if read.drivername not in _DRIVERS or read.database in (None, "", ":memory:"):
        raise StoreNotReady(
            "the database must be given as sqlite:///FILE or postgresql://USER@HOST/DATABASE: "
            "correct MDM_DATABASE_URL"
        )
    return read


def read_options(engine: sa.Engine) -> dict[str, Any]:
    """Tell the execution options of a transaction that only reads."""
    if engine.dialect.name == "sqlite":
        return {MODE: "read"}
    return {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}


def take_snapshot(connection: sa.Connection) -> None:
    """Fix what a reading transaction sees: both databases decide that at the first read."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("SELECT 1 FROM sqlite_master LIMIT 1").all()
    else:
        connection.exec_driver_sql("SELECT 1").all()


def be_patient(connection: sa.Connection, seconds: float) -> None:
    """Let the next writing transaction wait for so long, from no time on, for the one before it."""
    connection.execution_options(**{_PATIENCE: max(seconds, _SECONDS_BETWEEN)})


_WAIT_AND_LOCK = sa.text("""
    SELECT set_config('lock_timeout', :milliseconds, true), pg_advisory_xact_lock(:lock)
""")


def take_write_lock(connection: sa.Connection) -> None:
    """Wait until this is the only writer; SQLite did so already with BEGIN IMMEDIATE."""
    if connection.dialect.name == "postgresql":
        milliseconds = round(connection.get_execution_options()[_PATIENCE] * 1000)
        parameters = {"milliseconds": str(milliseconds), "lock": WRITE_LOCK}
        connection.execute(_WAIT_AND_LOCK, parameters)


def _configure_sqlite(patience: float, raw: sqlite3.Connection, _: object) -> None:
    raw.isolation_level = None
    raw.execute(f"PRAGMA busy_timeout = {round(patience * 1000)}")
    raw.execute("PRAGMA journal_mode = WAL")
    raw.execute("PRAGMA synchronous = FULL")
    raw.execute("PRAGMA foreign_keys = ON")
    raw.execute(f"PRAGMA cache_size = -{_CACHE_KIB}")


def _begin_sqlite(connection: sa.Connection) -> None:
    """Open the transaction; a reader is kept from writing, as PostgreSQL keeps it."""
    reads = connection.get_execution_options().get(MODE) == "read"
    if connection.info.get(_READS) != reads:
        connection.exec_driver_sql(f"PRAGMA query_only = {int(reads)}")
        connection.info[_READS] = reads
    if reads:
        connection.exec_driver_sql("BEGIN")
    else:
        _begin_to_write(connection)


def _begin_to_write(connection: sa.Connection) -> None:
    """Begin as soon as no other process writes, or raise what SQLite says when patience ends.

    SQLite itself asks again ever more seldom, down to ten times a second, so that a process that
    writes all the time keeps the others waiting; this asks every millisecond.
    """
    raw: Any = connection.connection.driver_connection
    patience: float = connection.get_execution_options()[_PATIENCE]
    end = monotonic() + patience
    raw.execute("PRAGMA busy_timeout = 0")
    try:
        while not _begun(raw) and monotonic() < end:
            sleep(_SECONDS_BETWEEN)
        if not raw.in_transaction:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
    finally:
        patience = connection.engine.get_execution_options()[_PATIENCE]
        raw.execute(f"PRAGMA busy_timeout = {round(patience * 1000)}")


def _begun(raw: sqlite3.Connection) -> bool:
    try:
        raw.execute("BEGIN IMMEDIATE")
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode & 0xFF not in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            raise
        return False
    return True
