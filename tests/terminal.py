"""The command `mdm` in an operator's folder: what a command prints, or why it was refused.

`bare` and `folder` are fixtures; a test module that imports them names them in its `__all__`.
"""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from mdm.cli import main
from tests import small_town, stores

HEADER = "key,given_name,family_name,date_of_birth,email,city\n"
ROWS = (
    "1,Ann,Lee,1980-01-31,ann@lee.example,Ulm",
    "2,Ann,Lee,1980-01-31,ann@lee.example,Ulm",
    "3,Bob,Ray,1990-05-05,bob@ray.example,Bonn",
)


@pytest.fixture
def bare(tmp_path, monkeypatch) -> Path:
    """An operator's folder: rules, sources, one file; the settings name rules and a database."""
    (tmp_path / "rules.yaml").write_text(small_town.RULES)
    (tmp_path / "sources.yaml").write_text(small_town.SOURCES)
    write(tmp_path, *ROWS)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MDM_RULES", "rules.yaml")
    monkeypatch.setenv("MDM_DATABASE_URL", stores.sqlite_url(tmp_path))
    return tmp_path


@pytest.fixture
def folder(bare, monkeypatch, store, store_url) -> Path:  # noqa: ARG001 - makes the tables
    """The same with tables, on each database in turn."""
    monkeypatch.setenv("MDM_DATABASE_URL", store_url)
    return bare


def write(folder: Path, *rows: str) -> None:
    (folder / "town.csv").write_text(HEADER + "".join(f"{row}\n" for row in rows))


def mdm(*arguments: str, typed: str | None = None) -> Result:
    return CliRunner().invoke(main, arguments, input=typed)


def said(*arguments: str) -> str:
    """What a command that ends well prints."""
    result = mdm(*arguments)
    assert (result.exit_code, result.exception) == (0, None), result.output
    return result.stdout


def refused(*arguments: str, status: int = 1) -> str:
    """The last line of a command that is refused; never a stack trace."""
    result = mdm(*arguments)
    assert result.exit_code == status, result.output
    assert isinstance(result.exception, SystemExit)
    return result.stderr.splitlines()[-1]
