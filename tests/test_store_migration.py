"""Bringing a database up to date, and refusing one that this code must not touch."""

import os
import subprocess
import sys

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext

from mdm.model.errors import StoreNotReady, StoreTooNew
from mdm.store import Store
from mdm.store.schema import metadata
from tests import stores

NEWEST = "0015"

_MIGRATE = """
import sys
from mdm.store import Store
print(len(Store(sys.argv[1]).migrate()))
"""


@pytest.fixture
def bare_url(database, tmp_path, request):
    """The URL of a database without any tables."""
    if database == "sqlite":
        yield f"sqlite:///{tmp_path / 'bare.db'}"
    else:
        request.getfixturevalue("postgres_url")
        with stores.postgres_database(f"mdm_bare_{os.getpid()}") as url:
            yield url


@pytest.fixture
def bare(bare_url):
    """A store whose database has no tables."""
    store = Store(bare_url)
    yield store
    store.close()


def test_a_fresh_database_is_migrated_once_and_is_ready_then(bare):
    assert bare.migrate() == [f"{number:04}" for number in range(1, int(NEWEST) + 1)]
    assert bare.migrate() == []
    bare.check()


def test_the_migrations_make_exactly_the_tables_of_the_schema(store):
    with store.read() as tx:
        context = MigrationContext.configure(
            tx.connection, opts={"compare_type": True, "compare_server_default": True}
        )
        assert compare_metadata(context, metadata) == []


def test_a_database_without_tables_is_not_ready(bare):
    with pytest.raises(StoreNotReady, match="run `mdm init`"):
        bare.check()


def test_a_database_from_a_newer_version_is_refused_and_left_alone(store):
    with store.write() as tx:
        tx.connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
        tx.commit()
    try:
        for attempt in (store.check, store.migrate):
            with pytest.raises(StoreTooNew, match=r"'9999'.*newer version"):
                attempt()
    finally:
        with store.write() as tx:
            tx.connection.exec_driver_sql(f"UPDATE alembic_version SET version_num = '{NEWEST}'")
            tx.commit()


def test_processes_that_migrate_at_once_apply_each_revision_once(bare_url):
    children = [
        subprocess.Popen(
            [sys.executable, "-c", _MIGRATE, bare_url],
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": "."},
        )
        for _ in range(4)
    ]
    applied = sorted(child.communicate()[0].strip() for child in children)
    assert applied == ["0", "0", "0", NEWEST.lstrip("0")]


def test_a_database_that_cannot_be_opened_is_named_without_its_password(tmp_path):
    nowhere = Store(f"sqlite:///{tmp_path / 'no' / 'such' / 'folder.db'}")
    with pytest.raises(StoreNotReady, match=r"folder\.db cannot be opened"):
        nowhere.migrate()
    nobody = Store("postgresql://ann:secret@127.0.0.1:1/mdm")
    with pytest.raises(StoreNotReady, match="cannot be opened") as refused:
        nobody.check()
    assert "secret" not in str(refused.value)
