"""Bringing a database to the schema that this code needs, with Alembic, configured in code."""

from collections.abc import Sequence
from contextlib import ExitStack
from functools import cache
from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from mdm.model.errors import StoreNotReady, StoreTooNew
from mdm.store import engines
from mdm.store.faults import opening, using

MIGRATIONS = Path(__file__).parent / "migrations"


def migrate(engine: sa.Engine) -> list[str]:
    """Apply the missing revisions in one transaction under the write lock.

    Result: the revisions applied, oldest first.  Errors: see `Store.migrate`.
    """
    with using(engine), ExitStack() as opened:
        with opening(engine):
            connection = opened.enter_context(engine.connect())
            connection.begin()
            engines.take_write_lock(connection)
        before = _revision(connection)
        config = _config(connection)
        command.upgrade(config, "head")
        connection.commit()
    return _applied_since(before)


def check(engine: sa.Engine) -> None:
    """Raise StoreNotReady or StoreTooNew unless the database stands at the newest revision."""
    with ExitStack() as opened, opening(engine):
        connection = opened.enter_context(engine.connect())
        connection.execution_options(**engines.read_options(engine))
        opened.enter_context(connection.begin())
        revision = _revision(connection)
    if revision is None:
        raise StoreNotReady("the database has no tables yet: run `mdm init`")
    if _applied_since(revision):
        raise StoreNotReady("the database is older than this version needs: run `mdm init`")


def _config(connection: sa.Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


@cache
def _known_revisions() -> Sequence[str]:
    """List the revisions that this code ships, oldest first; their scripts are read once."""
    scripts = ScriptDirectory(str(MIGRATIONS))
    return tuple(script.revision for script in scripts.walk_revisions())[::-1]


def _revision(connection: sa.Connection) -> str | None:
    """Tell the database's revision, None when it has no tables of ours."""
    revision = MigrationContext.configure(connection).get_current_revision()
    if revision is not None and revision not in _known_revisions():
        raise StoreTooNew(
            f"the database is at revision {revision!r}, which this version does not know: "
            "a newer version has upgraded it; install that one, or restore a backup"
        )
    return revision


def _applied_since(revision: str | None) -> list[str]:
    known = _known_revisions()
    return list(known if revision is None else known[known.index(revision) + 1 :])
