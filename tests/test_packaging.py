"""What is shipped is complete and says the same everywhere: wheel, lock, Dockerfile, Makefile."""

import fnmatch
import json
import os
import re
import shlex
import subprocess
import sys
import threading
import tomllib
import zipfile
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.metadata import distribution
from pathlib import Path

import pytest
from hatchling.builders.wheel import WheelBuilder
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from mdm.cli import main

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
PACKAGES = PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]
LOCK = (ROOT / "requirements.lock").read_text("utf-8")
LOCKED = re.findall(r"^([\w.-]+)==([^ ;]+)(.*)$", LOCK.replace("\\\n", ""), re.MULTILINE)
DOCKERFILE = (ROOT / "Dockerfile").read_text("utf-8").replace("\\\n", " ")
MAKEFILE = (ROOT / "Makefile").read_text("utf-8")


def kept_files(*folders):
    """The files that belong to the repository, committed or about to be."""
    listing = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "--", *folders]
    names = subprocess.run(listing, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [name for name in names.splitlines() if (ROOT / name).is_file()]


def instructions(word):
    """What the Dockerfile says after each `word`."""
    return re.findall(rf"^{word} +(.*)$", DOCKERFILE, re.MULTILINE)


def copied():
    """The paths of the repository that the Dockerfile copies."""
    lines = [shlex.split(line) for line in instructions("COPY") if "--from" not in line]
    return [path for line in lines for path in line[:-1]]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> Path:
    """The wheel, as it is built for whoever installs the service."""
    folder = tmp_path_factory.mktemp("wheel")
    return Path(next(WheelBuilder(str(ROOT)).build(directory=str(folder))))


def test_the_wheel_holds_every_file_of_the_packages(wheel):
    with zipfile.ZipFile(wheel) as archive:
        held = {name for name in archive.namelist() if ".dist-info/" not in name}
    assert held == set(kept_files(*PACKAGES))


def test_the_wheel_alone_initialises_a_database_and_knows_its_rules(wheel, tmp_path):
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path / "installed")
    code = "import mdm.cli; print(mdm.cli.__file__); mdm.cli.main()"
    settings = {"PYTHONPATH": "installed", "MDM_DATABASE_URL": "sqlite:///mdm.db", "MDM_RULES": ""}

    def mdm(*arguments):
        told = subprocess.run(
            [sys.executable, "-c", code, *arguments],
            cwd=tmp_path,
            env=os.environ | settings,
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        assert told.startswith(str(tmp_path / "installed"))
        return told

    mdm("init")
    assert (tmp_path / "mdm.db").stat().st_size > 0
    assert "attributes:" in mdm("rules", "expand")


def test_the_lock_names_no_registry():
    assert "://" not in LOCK
    assert "index" not in LOCK.replace("# via", "")


def test_everything_in_the_lock_is_bound_to_hashes():
    assert LOCKED
    assert [name for name, _, rest in LOCKED if "--hash=sha256:" not in rest] == []


def test_what_is_installed_here_is_what_the_lock_says():
    versions = {}
    for name, version, _ in LOCKED:
        versions.setdefault(canonicalize_name(name), set()).add(version)
    wrong = {
        name: distribution(name).version
        for name in needed("mdm-identity", {"mysql", "test", "lint"})
        if distribution(name).version not in versions.get(canonicalize_name(name), ())
    }
    assert wrong == {}


def needed(name, extras, seen=None):
    """The distributions that one needs, directly or not, on this machine."""
    seen = set() if seen is None else seen
    for line in distribution(name).requires or []:
        requirement = Requirement(line)
        wanted = requirement.marker is None or any(
            requirement.marker.evaluate({"extra": extra}) for extra in extras or {""}
        )
        if wanted and (requirement.name, *sorted(requirement.extras)) not in seen:
            seen.add((requirement.name, *sorted(requirement.extras)))
            needed(requirement.name, requirement.extras, seen)
    return {entry[0] for entry in seen}


def test_every_path_that_the_dockerfile_copies_is_in_the_repository():
    kept = kept_files()
    missing = [
        path
        for path in copied()
        if not any(name == path or name.startswith(f"{path}/") for name in kept)
    ]
    assert copied()
    assert missing == []


def test_the_build_in_the_container_gets_what_it_needs_and_nothing_else():
    wanted = {"pyproject.toml", "requirements.lock", *PACKAGES}
    wanted |= {PROJECT["project"]["readme"], *PROJECT["project"]["license-files"]}
    let_in = re.findall(r"^!(.*)$", (ROOT / ".dockerignore").read_text("utf-8"), re.MULTILINE)
    assert set(copied()) == wanted == set(let_in)


def test_the_container_runs_as_an_ordinary_user_and_keeps_its_data_in_a_volume():
    assert [user for user in instructions("USER") if user.startswith(("0", "root"))] == []
    assert DOCKERFILE.rindex("\nUSER ") < DOCKERFILE.rindex("\nCMD ")
    assert instructions("VOLUME") == ["/data"]
    assert "MDM_DATABASE_URL=sqlite:////data/" in DOCKERFILE


def test_the_container_starts_with_commands_and_options_that_exist():
    shell = json.loads(instructions("CMD")[-1])[-1]
    for command in shell.replace("exec ", "").split(" && "):
        program, name, *arguments = shlex.split(command)
        assert program in PROJECT["project"]["scripts"]
        options = {option for found in main.commands[name].params for option in found.opts}
        assert set(fnmatch.filter(arguments, "--*")) <= options


@pytest.mark.parametrize(("status", "healthy"), [(200, True), (503, False)])
def test_the_health_check_asks_whether_the_service_is_ready(status, healthy):
    class Service(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(status if self.path == "/readyz" else 404)
            self.end_headers()

        def log_message(self, *_):
            """Say nothing."""

    _, program, flag, code = json.loads(
        "[" + instructions("HEALTHCHECK")[0].split("CMD [")[1].replace('"python"', '"", "python"')
    )
    with ThreadingHTTPServer(("127.0.0.1", 0), Service) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        code = code.replace("8000", str(server.server_port))
        checked = subprocess.run([sys.executable, flag, code], check=False)
        server.shutdown()
    assert program == "python"
    assert (checked.returncode == 0) == healthy


def test_the_same_uv_installs_everywhere():
    assert re.findall(r"uv==([\d.]+)", DOCKERFILE) == re.findall(r"UV_VERSION := (.*)", MAKEFILE)


@pytest.mark.parametrize(
    ("arguments", "last"),
    [
        (["demo"], "python -m demo"),
        (["demo", "SERVE=0"], "python -m demo --no-serve"),
        (["test"], "pytest --numprocesses auto --dist worksteal"),
    ],
)
def test_make_ends_with_the_command_that_the_target_is_for(arguments, last):
    # `make test` tells the makes below it of its own flags, and they would speak of folders
    alone = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    command = ["make", "--dry-run", *arguments]
    told = subprocess.run(command, cwd=ROOT, env=alone, capture_output=True, text=True, check=True)
    assert told.stdout.strip().endswith(last)


def test_ci_runs_only_targets_that_there_are():
    script = ROOT / ".ci" / "run"
    targets = re.findall(r"^make (\w+)", script.read_text("utf-8"), re.MULTILINE)
    assert os.access(script, os.X_OK)
    assert {"test", "lint", "demo"} <= set(targets) <= set(re.findall(r"^(\w+):", MAKEFILE, re.M))


def test_no_file_names_a_registry_or_a_folder_of_somebody():
    own_folder = re.compile(r"(?<![\w.~-])/(?:home|root|Users|work|tmp)/[\w.]")
    registry = re.compile("pypi" + r"\.org|python" + r"hosted\.org|--(?:extra-)?index" + "-url")
    named = {}
    for name in kept_files():
        if "/vendor/" not in name and name != "Makefile":
            text = (ROOT / name).read_bytes().decode("utf-8", "ignore")
            found = own_folder.findall(text) + registry.findall(text)
            if found:
                named[name] = found
    assert named == {}
