"""Fresh stores for tests, on SQLite and on PostgreSQL."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from getpass import getuser
from pathlib import Path

import pytest
import sqlalchemy as sa

from mdm.model.errors import NotFound, StoreNotReady
from mdm.model.records import IncomingRecord, RecordRef, Source, Taken
from mdm.model.views import SourceVersion
from mdm.store import Store, records
from mdm.store.codec import to_json
from mdm.store.reads.records import versions_of
from mdm.store.schema import metadata

DATABASES = ("sqlite", "postgresql")
ARRIVED = "2026-01-31T12:00:00.000000Z"

_HOW_TO_GET_ONE = (
    "PostgreSQL is not reachable at {server}: start one there "
    "(apt-get install postgresql, or docker run -p 127.0.0.1:5432:5432 "
    "-e POSTGRES_HOST_AUTH_METHOD=trust -e POSTGRES_USER={user} postgres), "
    "or name another one in MDM_TEST_POSTGRES_URL"
)


def refuse_or_skip(reason: str) -> None:
    """Skip for want of a service or of data, unless this is a run that must have everything."""
    if os.environ.get("MDM_REQUIRE_SERVICES") == "1" or os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)


class PostgresMissingError(Exception):
    """There is no PostgreSQL server to test on; the message says how to get one."""


def postgres_server() -> sa.URL:
    """Tell where the server for tests is, as a URL of a database that exists there."""
    default = f"postgresql://{getuser()}@127.0.0.1:5432/postgres"
    return sa.make_url(os.environ.get("MDM_TEST_POSTGRES_URL", default))


@contextmanager
def postgres_database(name: str) -> Iterator[str]:
    """Make an empty database of that name for as long as it is needed; gives its URL."""
    server = postgres_server()
    engine = sa.create_engine(server, isolation_level="AUTOCOMMIT")
    try:
        _replace_database(engine, name)
    except sa.exc.OperationalError as error:
        place = server.render_as_string(hide_password=True)
        raise PostgresMissingError(
            _HOW_TO_GET_ONE.format(server=place, user=server.username)
        ) from error
    try:
        yield server.set(database=name).render_as_string(hide_password=False)
    finally:
        _drop_database(engine, name)
        engine.dispose()


def sqlite_url(folder: Path) -> str:
    """Name the database file that a test keeps in its folder."""
    return f"sqlite:///{folder / 'store.db'}"


@contextmanager
def fresh(url: str) -> Iterator[Store]:
    """Open a migrated store whose tables are empty and whose counters start at 1."""
    if url.startswith("sqlite"):
        Path(url.removeprefix("sqlite:///")).write_bytes(_migrated())
    store = Store(url)
    if url.startswith("postgresql"):
        try:
            store.check()
        except StoreNotReady:
            store.migrate()
        _empty(store)
    yield store
    store.close()


@cache
def _migrated() -> bytes:
    """Read what a database file is that was migrated and nothing else: it takes long to make."""
    with tempfile.TemporaryDirectory() as folder:
        store = Store(sqlite_url(Path(folder)))
        store.migrate()
        store.close()
        return (Path(folder) / "store.db").read_bytes()


def incoming(key: str, name: str = "Ann", *, modified_at: str | None = None) -> IncomingRecord:
    """Make a record as ingestion would; its content is its name."""
    return IncomingRecord(
        key=key,
        payload=to_json({"id": key, "NAME": name}),
        attributes={"given_name": name, "email": (f"{name}@example.org",)},
        standardised={"given_name": name.lower()},
        rules_hash="rules-1",
        content_hash=f"hash of {name}",
        modified_at=modified_at,
    )


def take(store: Store, *rows: IncomingRecord, source: str = "crm", at: str = ARRIVED) -> Taken:
    """Declare the source, take the rows and commit."""
    with store.write() as tx:
        records.declare_sources(tx, [Source(source, "operational", 0.9)])
        taken = records.take(tx, source, rows, arrived_at=at)
        tx.commit()
    return taken


def _empty(store: Store) -> None:
    """Empty the tables of a PostgreSQL database: deleting few rows is faster than TRUNCATE."""
    with store.write() as tx:
        for table in reversed(metadata.sorted_tables):
            tx.connection.execute(sa.delete(table))
        for name in tx.connection.execute(_ADVANCED).scalars().all():
            tx.connection.exec_driver_sql(f'ALTER SEQUENCE "{name}" RESTART')
        tx.commit()


_ADVANCED = sa.text("SELECT sequencename FROM pg_sequences WHERE last_value IS NOT NULL")


def _replace_database(engine: sa.Engine, name: str) -> None:
    _drop_database(engine, name)
    with engine.connect() as connection:
        connection.exec_driver_sql(f'CREATE DATABASE "{name}"')
        # a test's database need not outlive the machine
        connection.exec_driver_sql(f'ALTER DATABASE "{name}" SET synchronous_commit = off')


def _drop_database(engine: sa.Engine, name: str) -> None:
    with engine.connect() as connection:
        connection.exec_driver_sql(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def versions(store: Store, ref: RecordRef) -> list[SourceVersion]:
    """List all versions of a record, oldest first; none of one that was never taken."""
    with store.read() as tx:
        try:
            return versions_of(tx, ref, after=0, limit=1000)
        except NotFound:
            return []
