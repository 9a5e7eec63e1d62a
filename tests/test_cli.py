"""The command `mdm` as an operator meets it: what it says, where it says it, how it ends."""

import subprocess
import sys
from pathlib import Path

import pytest

from mdm.store import Store
from mdm.store.schema import metadata
from tests import small_town
from tests.resolving import Office
from tests.terminal import ROWS, bare, folder, mdm, refused, said, write

__all__ = ["bare", "folder"]  # fixtures

TABLES = [table.name for table in metadata.sorted_tables if table.name != "ingestion"]


@pytest.mark.usefixtures("bare")
def test_tables_are_made_once():
    assert said("init") == "15 migrations applied\n"
    assert said("init") == "the database is up to date\n"


@pytest.mark.usefixtures("folder")
def test_the_first_day_of_an_operator():
    assert said("init") == "the database is up to date\n"
    assert said("models") == "no model was trained yet\n"
    told = said("ingest")
    assert "town       3        3        0          0      0            0\n" in told
    assert "model version 1 trained on 3 records, comparing pairs by " in told
    assert "3 records are 2 golden records (model version 1, 1 pair kept)\n" in told
    assert "2 minted" in told.splitlines()[-1]
    assert said("quarantine") == "0 in quarantine\n"
    assert "model version 2 trained" in said("train", "--seed", "7")
    assert [line.split()[2:3] for line in said("models").splitlines()[1:3]] == [["active"], ["3"]]
    assert "2 unchanged" in said("resolve").splitlines()[-1]
    assert "(model version 1," in said("resolve", "--model", "1")


@pytest.mark.parametrize(("what", "rows"), [("golden", 2), ("crosswalk", 3), ("pairs", 1)])
def test_everything_published_can_be_exported(folder, what, rows):
    said("ingest")
    assert said("export", what, "--to", "out.csv").startswith(f"{rows} row")
    assert len((folder / "out.csv").read_text().splitlines()) == rows + 1


def test_the_published_clusters_are_compared_with_labels(folder):
    said("ingest")
    (folder / "labels.csv").write_text("source,key,entity\ntown,1,a\ntown,2,a\ntown,3,b\n")
    told = said("evaluate", "--labels", "labels.csv")
    assert "3 labelled records of 2 entities, 1 true pairs" in told
    assert "pairwise        1.0000    1.0000    1.0000" in told


@pytest.mark.usefixtures("folder")
def test_ingesting_again_changes_nothing(store):
    said("ingest")
    before = Office(store).rows(TABLES)
    assert "town       3        0        0          3      0            0" in said("ingest")
    assert Office(store).rows(TABLES) == before


@pytest.mark.usefixtures("folder")
def test_what_is_not_resolved_stays_pending(store):
    assert "golden" not in said("ingest", "--no-resolve")
    assert Office(store).pending() == {"town/1", "town/2", "town/3"}
    said("ingest")
    assert Office(store).pending() == set()


def test_a_changed_trust_is_resolved_though_no_record_changed(folder):
    said("ingest")
    sources = folder / "sources.yaml"
    changed = sources.read_text().replace("trust: 0.9", "trust: 0.3")
    assert changed != sources.read_text()
    sources.write_text(changed)
    assert "2 golden records" in said("ingest")
    assert "2 golden records" not in said("ingest")


def test_changed_rules_are_announced_until_they_are_in_effect(folder, monkeypatch):
    said("ingest")
    assert "bring them into effect" not in said("ingest")
    rules = folder / "changed.yaml"
    rules.write_text(said("rules", "expand").replace("review: -6", "review: -7"))
    monkeypatch.setenv("MDM_RULES", str(rules))
    assert "bring them into effect" in said("ingest")
    said("train")
    assert "bring them into effect" in said("ingest", "--no-resolve")
    said("resolve")
    assert "bring them into effect" not in said("ingest")


def test_rows_that_cannot_be_taken_are_counted_in_the_last_line_and_the_exit_status(folder):
    write(folder, *ROWS, ",Cid,Fox,1970-07-07,,", "4,Dan")
    result = mdm("ingest")
    assert result.exit_code == 1
    last = result.stderr.splitlines()[-1]
    assert last == "Error: 2 rows could not be taken: `mdm quarantine` lists them"
    assert "3 records are 2 golden records" in result.stdout
    listed = said("quarantine", "town").splitlines()
    reasons = {line.split("  ")[-1].strip() for line in listed[1:-1]}
    assert reasons == {"broken line: 2 fields instead of 6", "no key"}
    assert listed[-1] == "2 in quarantine"
    assert "0 rows taken from quarantine" in said("quarantine", "--retry")


def test_a_row_with_several_faults_is_one_row_in_quarantine(folder):
    born = "date_of_birth: date_of_birth"
    assert born in small_town.SOURCES
    strict = small_town.SOURCES.replace(
        born, "date_of_birth: {column: date_of_birth, strict: true}"
    )
    (folder / "sources.yaml").write_text(strict)
    write(folder, *ROWS, ",Cid,Fox,yesterday,,")
    assert refused("ingest").startswith("Error: 1 row could not be taken")
    assert said("quarantine").endswith("\n1 in quarantine, with 2 faults\n")


def test_rows_become_good_by_another_mapping(folder):
    (folder / "sources.yaml").write_text(small_town.SOURCES.replace("key: key", "key: city"))
    write(folder, ROWS[0], ROWS[2], "4,Dan,Elm,1960-06-06,,")
    assert refused("ingest").startswith("Error: 1 row could not be taken")
    (folder / "sources.yaml").write_text(small_town.SOURCES)
    assert said("quarantine", "--retry") == "1 row taken from quarantine\n0 in quarantine\n"
    assert said("resolve").startswith("3 records are 3 golden records")


def test_a_source_that_cannot_be_read_is_named_in_the_last_line(folder):
    (folder / "town.csv").unlink()
    assert refused("ingest") == "Error: sources that could not be read: town"


@pytest.mark.usefixtures("bare")
def test_a_database_without_tables_says_how_to_make_them():
    for command in (
        "models",
        "resolve",
        "train",
        "ingest",
        "quarantine",
        "submit town town.csv",
        "users list",
    ):
        assert refused(*command.split()).endswith("has no tables yet: run `mdm init`")


@pytest.mark.parametrize(
    ("command", "hint"),
    [
        (("resolve",), "run `mdm train` first"),
        (("resolve", "--model", "9"), "no model version '9': `mdm models` lists them"),
        (("train",), "run `mdm ingest` first"),
        (("ingest", "tow"), "declares no source 'tow'; did you mean 'town'? (known: town)"),
        (
            ("quarantine", "nobody"),
            "no source 'nobody': nothing of a source by this name was taken yet: `mdm ingest`",
        ),
        (("export", "golden", "--to", "out.csv"), "run `mdm resolve` first"),
        (("export", "golden", "--to", "out.xml"), ".parquet, .csv, .jsonl"),
    ],
)
@pytest.mark.usefixtures("folder")
def test_what_cannot_be_done_yet_says_what_to_do(command, hint):
    assert hint in refused(*command)


@pytest.mark.parametrize(
    ("command", "hint"),
    [
        (("ingest", "--sources", "none.yaml"), "'--sources': File 'none.yaml' does not exist."),
        (("ingest", "--rules", "none.yaml"), "'--rules': File 'none.yaml' does not exist."),
        (("evaluate", "--labels", "none.csv"), "'--labels': File 'none.csv' does not exist."),
        (("rules", "expand", "none.yaml"), "File 'none.yaml' does not exist."),
        (("resolve", "--model", "x"), "'x' is not a valid integer."),
        (("export", "silver", "--to", "out.csv"), "'silver' is not one of"),
        (("nonsense",), "No such command 'nonsense'."),
    ],
)
@pytest.mark.usefixtures("bare")
def test_a_wrong_command_is_told_apart_by_its_exit_status(command, hint):
    assert hint in refused(*command, status=2)


@pytest.mark.usefixtures("folder")
def test_what_is_in_quarantine_is_listed_wherever_the_sources_file_is():
    assert said("quarantine", "--sources", "none.yaml") == "0 in quarantine\n"
    assert "none.yaml" in refused("quarantine", "--retry", "--sources", "none.yaml")


@pytest.mark.usefixtures("bare")
def test_rules_that_the_settings_name_and_that_are_not_there_are_named(monkeypatch):
    monkeypatch.setenv("MDM_RULES", "none.yaml")
    assert "none.yaml" in refused("models")


@pytest.mark.parametrize(
    ("url", "hint"),
    [
        ("nonsense", "correct MDM_DATABASE_URL"),
        ("sqlite://", "correct MDM_DATABASE_URL"),
        ("mysql://root:secret@127.0.0.1/x", "correct MDM_DATABASE_URL"),
        ("postgresql://root:secret@127.0.0.1:x/x", "correct MDM_DATABASE_URL"),
        ("sqlite:///no/such/folder.db", "unable to open database file"),
        ("sqlite:///town.csv", "file is not a database"),
        ("postgresql://root:secret@127.0.0.1:1/x", "Connection refused"),
    ],
)
@pytest.mark.parametrize("command", ["init", "models"])
@pytest.mark.usefixtures("bare")
def test_a_database_that_cannot_be_opened_is_told_in_one_line(monkeypatch, url, hint, command):
    monkeypatch.setenv("MDM_DATABASE_URL", url)
    told = refused(command)
    assert hint in told
    assert "secret" not in told


@pytest.mark.usefixtures("bare")
def test_a_database_that_another_process_keeps_locked_is_told_in_one_line(
    sqlite_store, monkeypatch
):
    monkeypatch.setitem(Store.__init__.__kwdefaults__, "patience", 0.05)
    with sqlite_store.write():
        assert said("models") == "no model was trained yet\n"
        assert "is locked by another process: try again" in refused("ingest")
    said("ingest")


def test_a_short_rules_file_is_printed_whole(bare):
    told = said("rules", "expand", "rules.yaml")
    assert "comparisons:" in told
    (bare / "whole.yaml").write_text(told)
    assert said("rules", "expand", "whole.yaml") == told


def test_the_program_writes_results_to_one_stream_and_progress_to_the_other(folder):
    program = Path(sys.executable).with_name("mdm")
    write(folder, *ROWS, ",Cid,Fox,1970-07-07,,")
    ran = subprocess.run([program, "ingest"], capture_output=True, text=True, check=False)
    assert ran.returncode == 1
    assert [line.split()[0] for line in ran.stdout.splitlines()] == [
        "source",
        "town",
        "warning:",
        "model",
        "3",
        "golden",
    ]
    progress = ran.stderr.splitlines()
    assert progress[-1].startswith("Error: 1 row could not be taken")
    assert "publish ..." in progress
