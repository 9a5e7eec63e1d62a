"""Fixtures that every test may use, and the count of store tests for each database."""

import os
from collections import Counter
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import duckdb
import pytest
from flask.testing import FlaskClient
from hypothesis import settings

from mdm.store import Store
from tests import stores
from tests.browsing import browser
from tests.demo_store import demo_store
from tests.world import World, client_of

__all__ = ["browser", "demo_store"]
# Each once: a session fixture that modules import would be made anew in each of them.

# A busy machine is no fault.  Where CI is set, Hypothesis tries the same examples in each run.
settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")


@pytest.fixture(scope="session")
def postgres_url_or_reason(worker_id: str) -> Iterator[tuple[str | None, str]]:
    """The URL of this worker's own database; or None, and what is missing."""
    try:
        with stores.postgres_database(f"mdm_test_{worker_id}_{os.getpid()}") as url:
            yield url, ""
    except stores.PostgresMissingError as missing:
        yield None, str(missing)


@pytest.fixture
def postgres_url(postgres_url_or_reason: tuple[str | None, str]) -> str:
    """The URL of a PostgreSQL database for tests; what it holds is left from the test before."""
    url, reason = postgres_url_or_reason
    if url is None:
        stores.refuse_or_skip(reason)
    return url


@pytest.fixture(params=stores.DATABASES)
def database(request: pytest.FixtureRequest) -> str:
    """Which database the test runs on: each in turn."""
    return request.param


@pytest.fixture
def store_url(database: str, request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where the test's store is."""
    if database == "sqlite":
        return stores.sqlite_url(tmp_path)
    return request.getfixturevalue("postgres_url")


@pytest.fixture
def one_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let DuckDB use one thread: of a resolve of a dozen records, two make a fifth more work."""
    monkeypatch.setattr(duckdb, "connect", partial(duckdb.connect, config={"threads": 1}))


@pytest.fixture
def store(store_url: str, one_thread: None) -> Iterator[Store]:  # noqa: ARG001
    """A fresh, migrated, empty store on each database in turn."""
    with stores.fresh(store_url) as fresh:
        yield fresh


@pytest.fixture
def sqlite_store(tmp_path: Path, one_thread: None) -> Iterator[Store]:  # noqa: ARG001
    """A fresh store on SQLite alone, for tests of what lies above the store."""
    with stores.fresh(stores.sqlite_url(tmp_path)) as fresh:
        yield fresh


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item):
    """Note on the report which database the test ran on, so that xdist carries it along."""
    report = yield
    spec = getattr(item, "callspec", None)
    if spec is not None and "database" in spec.params:
        report.user_properties.append(("database", spec.params["database"]))
    return report


def pytest_terminal_summary(terminalreporter):
    """Print what became of the store tests on each database."""
    counted = {
        "passed": _counts(terminalreporter, "passed"),
        "failed": _counts(terminalreporter, "failed") + _counts(terminalreporter, "error"),
        "skipped": _counts(terminalreporter, "skipped"),
    }
    for name in stores.DATABASES:
        if any(counts[name] for counts in counted.values()):
            told = ", ".join(f"{counts[name]} {word}" for word, counts in counted.items())
            terminalreporter.write_line(f"store tests on {name}: {told}")


def _counts(terminalreporter, outcome):
    """Count the tests of that outcome by database, each once."""
    reports = terminalreporter.stats.get(outcome, [])
    # A report of a file that cannot be imported has no properties.
    properties = {report.nodeid: getattr(report, "user_properties", ()) for report in reports}
    return Counter(
        name for pairs in properties.values() for key, name in pairs if key == "database"
    )


@pytest.fixture
def world(store: Store) -> World:
    """Records and golden records of the test's own making, to be read."""
    return World(store)


@pytest.fixture
def client(world: World) -> FlaskClient:
    """A client of the API over that world."""
    return client_of(world)
