"""`make test` brings the database servers that are not there, for as long as it runs."""

import os
import socket
import subprocess
import sys
from getpass import getuser
from pathlib import Path

import pytest
import sqlalchemy as sa

from scripts import with_databases
from scripts.with_databases import MARIADB, POSTGRESQL, NoServerError, throw_away
from tests import stores

SCRIPT = Path(with_databases.__file__)
CONNECT = """
import os, sqlalchemy, sys
for name in sys.argv[1:]:
    sqlalchemy.create_engine(os.environ[name]).connect().close()
    print(os.environ[name])
sys.exit(7)
"""


@pytest.fixture
def nobody_listens() -> int:
    """A port at which nothing answers."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        return free.getsockname()[1]


def test_a_command_gets_servers_that_end_with_it_and_gives_its_exit_status(nobody_listens):
    if not all(with_databases.is_installed(server) for server in (POSTGRESQL, MARIADB)):
        stores.refuse_or_skip(
            "PostgreSQL and MariaDB are not installed, so none can be started: "
            "install the packages postgresql and mariadb-server"
        )
    names = [server.setting for server in (POSTGRESQL, MARIADB)]
    nowhere = {
        server.setting: sa.make_url(server.usual_url).set(port=nobody_listens).render_as_string()
        for server in (POSTGRESQL, MARIADB)
    }
    ran = subprocess.run(
        [sys.executable, SCRIPT, sys.executable, "-c", CONNECT, *names],
        env=os.environ | nowhere,
        capture_output=True,
        text=True,
        check=False,
    )
    urls = ran.stdout.split()
    assert ran.returncode == 7, ran.stderr
    assert len(urls) == 2
    assert not any(with_databases.is_reachable(url) for url in urls)


def test_a_server_that_cannot_start_is_told_with_its_own_words():
    broken = with_databases.Server(
        name="broken",
        setting="",
        usual_url=POSTGRESQL.usual_url,
        package="",
        account=getuser(),
        make_data=lambda _: ["true"],
        serve=lambda _, port: ["sh", "-c", f"echo no room; echo no memory for {port}; exit 1"],
    )
    with pytest.raises(NoServerError, match=r"^no memory for \d+$"), throw_away(broken):
        pass


def test_the_script_looks_for_postgresql_where_the_tests_look(monkeypatch):
    monkeypatch.delenv(POSTGRESQL.setting, raising=False)
    assert sa.make_url(POSTGRESQL.usual_url) == stores.postgres_server()
