"""Departments' databases: tables and queries, streamed, never written to."""

import os
import sqlite3
from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from mdm.model.errors import SourceUnavailable
from mdm.sources import open_source
from tests import departments, stores

MARIADB = os.environ.get("MDM_TEST_MARIADB_URL", "mysql+pymysql://root@127.0.0.1/test")


def shop(path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute('CREATE TABLE "our customers" (id, first, last, born DATE, changed)')
    return connection


@pytest.fixture
def mariadb_url() -> str:
    """The URL of a MariaDB or MySQL database for tests."""
    try:
        with sa.create_engine(MARIADB).connect():
            return MARIADB
    except (ImportError, sa.exc.SQLAlchemyError) as error:
        stores.refuse_or_skip(
            f"no MariaDB at MDM_TEST_MARIADB_URL ({type(error).__name__}): "
            "start one there (apt-get install mariadb-server), or name another one"
        )
        raise


@pytest.fixture(params=["postgres_url", "mariadb_url"])
def server_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """The URL of each database server in turn, with a table `mdm_shop` of two customers."""
    url = sa.make_url(request.getfixturevalue(request.param))
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE IF EXISTS mdm_shop")
        connection.exec_driver_sql(
            "CREATE TABLE mdm_shop (id INTEGER, first VARCHAR(20), last VARCHAR(20),"
            " born DATE, changed TIMESTAMP NULL)"
        )
        connection.execute(
            sa.text(
                "INSERT INTO mdm_shop VALUES"
                " (1, 'Jörg', '50%', '1980-02-01', '2026-01-31 12:00:00'),"
                " (2, NULL, 'Lee', NULL, NULL)"
            )
        )
    yield url.render_as_string(hide_password=False)
    with engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE mdm_shop")
    engine.dispose()


def test_a_sqlite_table_is_read_whatever_its_name_and_its_columns_declare(tmp_path):
    with shop(tmp_path / "our 50%#.db") as connection:
        connection.execute("INSERT INTO \"our customers\" VALUES (7, 'Ann', 'Lee', '31/12/80', 1)")
    config = departments.source(
        tmp_path,
        '{url: "sqlite:///our 50%#.db", table: our customers}',
        attributes="{given_name: first, date_of_birth: {column: born, format: '%d/%m/%y'}}",
    )
    (record,) = departments.read(config).records
    assert record.key == "7"
    assert record.attributes == {"given_name": "Ann", "date_of_birth": "1980-12-31"}


def test_a_query_is_taken_as_it_is_written(tmp_path):
    shop(tmp_path / "a.db").close()
    query = "SELECT 1 AS id, '50% :x' AS first, '12:30:00' AS last"
    config = departments.source(tmp_path, f'{{url: "sqlite:///a.db", query: "{query}"}}')
    assert departments.read(config).records[0].attributes == {
        "given_name": "50% :x",
        "family_name": "12:30:00",
    }


def test_text_that_is_no_utf8_in_a_sqlite_file_refuses_its_row_alone(tmp_path):
    with shop(tmp_path / "a.db") as connection:
        connection.execute(
            "INSERT INTO \"our customers\" (id, first) VALUES (1, cast(x'4aff' AS TEXT)), (2, 'b')"
        )
    config = departments.source(tmp_path, '{url: "sqlite:///a.db", table: our customers}')
    batch = departments.read(config)
    assert [record.key for record in batch.records] == ["2"]
    assert (batch.rejected[0].key, batch.rejected[0].field) == ("1", "first")


def test_a_row_without_a_key_in_a_table_is_told_by_its_number_in_the_reading(tmp_path, monkeypatch):
    monkeypatch.setattr("mdm.sources.databases.BATCH", 2)
    with shop(tmp_path / "a.db") as connection:
        connection.executemany(
            'INSERT INTO "our customers" (id, first) VALUES (?, ?)',
            [(1, "Ann"), (None, "Bo"), (3, "Cy"), (" ", "Di")],
        )
    config = departments.source(tmp_path, '{url: "sqlite:///a.db", table: our customers}')
    refused = departments.read(config).rejected
    assert [(row.line, row.key, row.field, row.reason) for row in refused] == [
        (2, None, "id", "no key"),
        (4, None, "id", "no key"),
    ]


@pytest.mark.parametrize(
    ("place", "reason"),
    [
        ('{url: "sqlite:///none.db", table: t}', "unable to open database file"),
        ('{url: "sqlite:///a.db", table: t}', "has no table 't'"),
        ('{url: "sqlite:///a.db", query: "SELECT * FROM t"}', "no such table: t"),
        ('{url: "sqlite:///a.db", query: "SELECT 1 AS id"}', "no column first, last"),
        (
            '{url: "sqlite:///a.db", query: "SELECT 1 id, 2 id"}',
            "more than one column is called id",
        ),
        ('{url: "sqlite:///a.db", query: "SELECT 1; SELECT 2"}', "one statement at a time"),
        ('{url: "not a url", table: t}', "not one that SQLAlchemy reads"),
        ('{url: "martian://x/y", table: t}', "martian"),
        ('{url: "postgresql://me:secret@127.0.0.1:1/x", table: t}', "cannot be read"),
        ('{url: "sqlite:///${MDM_TEST_NOT_SET}", table: t}', "MDM_TEST_NOT_SET is not set"),
    ],
)
def test_a_database_that_cannot_be_read_stops_the_source_and_shows_no_password(
    tmp_path, place, reason
):
    shop(tmp_path / "a.db").close()
    with pytest.raises(SourceUnavailable, match=reason) as raised:
        departments.read(departments.source(tmp_path, place))
    assert "secret" not in str(raised.value)
    assert not (tmp_path / "none.db").exists()


def test_a_sqlite_source_cannot_be_written_to(tmp_path):
    shop(tmp_path / "a.db").close()
    query = 'WITH x AS (SELECT 1) DELETE FROM \\"our customers\\"'
    config = departments.source(tmp_path, f'{{url: "sqlite:///a.db", query: "{query}"}}')
    with pytest.raises(SourceUnavailable, match="readonly"):
        departments.read(config)


def test_a_variable_of_the_environment_completes_the_url(tmp_path, monkeypatch):
    with shop(tmp_path / "a.db") as connection:
        connection.execute("INSERT INTO \"our customers\" (id, last) VALUES (1, 'Lee')")
    monkeypatch.setenv("MDM_TEST_FILE", "a.db")
    place = '{url: "sqlite:///${MDM_TEST_FILE}", table: our customers}'
    assert len(departments.read(departments.source(tmp_path, place)).records) == 1


def test_a_table_on_a_server_is_read(tmp_path, server_url):
    config = departments.source(
        tmp_path,
        f'{{url: "{server_url}", table: mdm_shop}}',
        attributes="{given_name: first, family_name: last, date_of_birth: born}",
        more="modified_at: changed",
    )
    records = sorted(departments.read(config).records, key=lambda record: record.key)
    assert [record.attributes for record in records] == [
        {"given_name": "Jörg", "family_name": "50%", "date_of_birth": "1980-02-01"},
        {"family_name": "Lee"},
    ]
    assert records[0].modified_at == "2026-01-31T12:00:00.000000Z"


def test_a_query_on_a_server_is_taken_as_it_is_written(tmp_path, server_url):
    query = "SELECT id, first, last FROM mdm_shop WHERE last LIKE '%%' OR last = ':x'"
    config = departments.source(tmp_path, f'{{url: "{server_url}", query: "{query}"}}')
    assert len(departments.read(config).records) == 2


def test_a_server_is_not_written_to(tmp_path, server_url):
    query = "SELECT id, first, last FROM mdm_shop FOR UPDATE"
    config = departments.source(tmp_path, f'{{url: "{server_url}", query: "{query}"}}')
    with pytest.raises(SourceUnavailable, match=r"(?i)read.only"):
        departments.read(config)


def test_the_connection_is_closed_when_reading_ends_early(tmp_path, server_url):
    config = departments.source(tmp_path, f'{{url: "{server_url}", table: mdm_shop}}')
    with open_source(config) as opened:
        next(opened.batches)
    with sa.create_engine(server_url).begin() as connection:
        connection.exec_driver_sql("DELETE FROM mdm_shop")


def test_a_row_without_a_key_on_a_server_is_told_by_its_number_in_the_reading(tmp_path, server_url):
    query = (
        "SELECT CASE id WHEN 1 THEN id END AS id, first, last FROM mdm_shop ORDER BY mdm_shop.id"
    )
    config = departments.source(tmp_path, f'{{url: "{server_url}", query: "{query}"}}')
    (refused,) = departments.read(config).rejected
    assert (refused.line, refused.key, refused.field) == (2, None, "id")
