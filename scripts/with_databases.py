"""Run a command with the database servers that tests want: `with_databases.py COMMAND ARGUMENT...`.

A server that tests find anyway, at its usual address or where its setting says, is used as it is.
Otherwise a throw-away one is started on a free port of 127.0.0.1, with its data in the temporary
folder, for as long as the command runs, and the setting names it to the command.  Its programs are
those that are installed; root on Debian installs them first.  Where there are none, this says how
to get them and the command runs without.  The exit status is the command's.
"""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from getpass import getuser
from pathlib import Path
from typing import IO

import sqlalchemy as sa

SECONDS_TO_START = 60


class NoServerError(Exception):
    """A server cannot be had; the message says why."""


@dataclass(frozen=True)
class Server:
    """A kind of database server.

    `setting` is the environment variable that names one to tests, `usual_url` where they look
    otherwise.  `account` is whom root runs it as, since no server wants to be root.  `make_data`
    and `serve` give the commands that fill an empty folder and serve it at a port.
    """

    name: str
    setting: str
    usual_url: str
    package: str
    account: str
    make_data: Callable[[Path], list[str]]
    serve: Callable[[Path, int], list[str]]


def _make_postgresql(data: Path) -> list[str]:
    superuser = f"--username={getuser()}"
    return ["initdb", "--auth=trust", superuser, "--encoding=UTF8", "--locale=C", f"-D{data}"]


def _serve_postgresql(data: Path, port: int) -> list[str]:
    options = ["listen_addresses=127.0.0.1", "unix_socket_directories=", "fsync=off"]
    return ["postgres", f"-D{data}", f"-p{port}", *(f"-c{option}" for option in options)]


def _make_mariadb(data: Path) -> list[str]:
    trust = "--auth-root-authentication-method=normal"
    return ["mariadb-install-db", "--no-defaults", trust, f"--datadir={data}"]


def _serve_mariadb(data: Path, port: int) -> list[str]:
    place = ["--bind-address=127.0.0.1", f"--port={port}", f"--datadir={data}"]
    return ["mariadbd", "--no-defaults", *place, "--socket=socket", "--pid-file=pid"]


POSTGRESQL = Server(
    name="PostgreSQL",
    setting="MDM_TEST_POSTGRES_URL",
    usual_url=f"postgresql://{getuser()}@127.0.0.1:5432/postgres",
    package="postgresql",
    account="postgres",
    make_data=_make_postgresql,
    serve=_serve_postgresql,
)
MARIADB = Server(
    name="MariaDB",
    setting="MDM_TEST_MARIADB_URL",
    usual_url="mysql+pymysql://root@127.0.0.1:3306/test",
    package="mariadb-server",
    account="mysql",
    make_data=_make_mariadb,
    serve=_serve_mariadb,
)


def main(command: list[str]) -> int:
    """Run the command with both servers, as far as they can be had; give its exit status."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    with ExitStack() as running:
        settings = dict(os.environ)
        for server in (POSTGRESQL, MARIADB):
            if is_reachable(settings.get(server.setting, server.usual_url)):
                continue
            try:
                _install(server)
                settings[server.setting] = running.enter_context(throw_away(server))
            except NoServerError as error:
                _say(
                    f"no {server.name} for tests: {error}. Install it (on Debian: apt-get install "
                    f"{server.package}), or name one in {server.setting}"
                )
        return subprocess.run(command, env=settings, check=False).returncode


@contextmanager
def throw_away(server: Server) -> Iterator[str]:
    """Serve an empty database as long as it is needed; gives its URL.  NoServerError otherwise."""
    if not is_installed(server):
        raise NoServerError("its programs are not installed")
    account = server.account if os.geteuid() == 0 else None
    port = _free_port()
    url = sa.make_url(server.usual_url).set(port=port).render_as_string()
    with tempfile.TemporaryDirectory(prefix="mdm-", ignore_cleanup_errors=True) as folder:
        data, log = Path(folder) / "data", Path(folder) / "log"
        data.mkdir()
        for path in (folder, data):
            shutil.chown(path, account or os.geteuid())
        with log.open("wb") as output:
            _start(server.make_data(data), account, output).wait()
            process = _start(server.serve(data, port), account, output)
        try:
            _wait_until_reachable(url, process, log)
            yield url
        finally:
            # The signal at which either server ends at once, whoever is connected.
            process.send_signal(signal.SIGQUIT)
            process.wait()


def is_installed(server: Server) -> bool:
    """Tell whether its programs, and whom root runs them as, are there."""
    programs = (server.make_data(Path())[0], server.serve(Path(), 0)[0])
    try:
        pwd.getpwnam(server.account)
    except KeyError:
        if os.geteuid() == 0:
            return False
    return all(_program(name) for name in programs)


def _program(name: str) -> str | None:
    """Find a program on the path, or where Debian keeps those that are not for everybody."""
    debian = map(str, Path("/usr/lib/postgresql").glob("*/bin"))
    return shutil.which(name, path=os.pathsep.join([os.environ["PATH"], "/usr/sbin", *debian]))


def _start(command: list[str], account: str | None, output: IO[bytes]) -> subprocess.Popen[bytes]:
    """Start a program out of reach of the Ctrl-C that ends the command that is run."""
    return subprocess.Popen(
        [_program(command[0]) or command[0], *command[1:]],
        user=account,
        group=account,
        extra_groups=[] if account else None,
        cwd=tempfile.gettempdir(),
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )


def _wait_until_reachable(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + SECONDS_TO_START
    while not is_reachable(url):
        if process.poll() is not None or time.monotonic() > deadline:
            told = log.read_text(errors="replace").strip().splitlines()
            raise NoServerError(told[-1] if told else "it does not start")
        time.sleep(0.1)


def is_reachable(url: str) -> bool:
    """Tell whether a database answers at a URL."""
    engine = sa.create_engine(url, poolclass=sa.NullPool, connect_args={"connect_timeout": 5})
    try:
        engine.connect().close()
    except sa.exc.SQLAlchemyError:
        return False
    return True


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
    return port


def _install(server: Server) -> None:
    """Install the server's programs where that is ours to do: they are missing, root, Debian."""
    apt = shutil.which("apt-get")
    if is_installed(server) or apt is None or os.geteuid() != 0:
        return
    _say(f"installing {server.name} for tests")
    settings = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    for step in (["update"], ["install", "--yes", "--no-install-recommends", server.package]):
        subprocess.run([apt, "-qq", *step], env=settings, stdout=sys.stderr, check=False)


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
