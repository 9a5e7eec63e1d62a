"""Submitting from a terminal, few records that wait, keys that outgrew their limit."""

import json
from pathlib import Path

import pytest

from mdm.matching import blocking
from mdm.resolution import resolve_few
from tests import stores
from tests.resolving import Office
from tests.terminal import ROWS, bare, folder, mdm, refused, said, write

__all__ = ["bare", "folder"]  # fixtures

ANN = {"given_name": "Ann", "family_name": "Lee", "date_of_birth": "1980-01-31", "city": "Ulm"}


def lines(path: Path, *records: object) -> str:
    path.write_text("".join(f"{json.dumps(each)}\n" for each in records), encoding="utf-8")
    return path.name


def test_a_department_without_a_file_is_declared_and_submits(folder):
    said("ingest")
    first = {"key": "7", "attributes": {**ANN, "email": ["ann@lee.example"]}}
    file = lines(folder / "desk.jsonl", first, {"key": "8", "attributes": {"given_name": "Eve"}})
    assert refused("submit", "desk", file).endswith("`mdm declare` one that submits")
    assert refused("declare", "front desk", "--kind", "operational", "--trust", "1") == (
        "Error: name: a source's name is letters, digits, _ and -, at most 100 of them"
    )
    assert said("declare", "desk", "--kind", "operational", "--trust", "0.8") == (
        "desk may submit records\n"
    )

    linked, new = map(json.loads, said("submit", "desk", file).splitlines())
    assert (linked["line"], linked["key"], linked["outcome"]) == (1, "7", "linked")
    assert (new["line"], new["outcome"], new["changed"]) == (2, "new", [new["golden_id"]])
    again = [json.loads(line)["outcome"] for line in said("submit", "desk", file).splitlines()]
    assert again == ["unchanged", "unchanged"]


def test_a_line_that_cannot_be_taken_is_told_and_the_others_are_taken(folder, store):
    said("ingest")
    wrong = {"key": "2", "attributes": {"colour": "crimson"}}
    (folder / "lines.json").write_text(json.dumps([wrong, {"key": "9", "attributes": ANN}]))
    result = mdm("submit", "town", "--array", "lines.json")
    assert result.exit_code == 1
    assert result.stderr.splitlines()[-1] == "Error: 1 of 2 lines could not be taken"
    refused_line, taken = map(json.loads, result.stdout.splitlines())
    assert "colour" in refused_line["error"]
    assert refused_line["key"] == "2"
    assert taken["outcome"] == "linked"
    assert "town/9" in Office(store).homes()


def test_a_few_changed_rows_are_resolved_as_a_resolve_over_everything_resolves_them(
    folder, store, tmp_path
):
    said("ingest")
    write(folder, ROWS[0], "4,Eve,Fox,1970-07-07,eve@fox.example,Ulm", ROWS[1])
    told = said("ingest")
    assert "1 record resolved, with what hangs on it (model version 1)\n" in told
    assert told.splitlines()[-1].startswith("golden records: 1 minted, 0 restored, 0 merged")
    office = Office(store)
    assert office.pending() == set()
    other = tmp_path / "batch"
    other.mkdir()
    with stores.fresh(stores.sqlite_url(other)) as fresh:
        assert office.rebuilt(fresh).meaning() == office.meaning()


def test_many_waiting_rows_are_resolved_with_everything(folder, monkeypatch):
    said("ingest")
    monkeypatch.setattr(resolve_few, "_ALWAYS_FEW", 0)
    write(folder, *ROWS, "4,Eve,Fox,1970-07-07,eve@fox.example,Ulm")
    assert "4 records are 3 golden records" in said("ingest")


@pytest.mark.usefixtures("folder")
def test_a_model_that_is_newer_is_brought_in_though_few_wait():
    said("ingest")
    said("train")
    write(Path(), *ROWS, "4,Eve,Fox,1970-07-07,eve@fox.example,Ulm")
    assert "(model version 2," in said("ingest")


def test_keys_that_outgrew_their_limit_are_told_and_skipped_for_good(folder, store, monkeypatch):
    said("ingest")
    monkeypatch.setattr(blocking, "KEY_LIMIT", 3)
    assert said("keys", "list") == "0 blocking keys outgrew the limit\n"
    assert said("keys", "skip") == "0 blocking keys outgrew the limit\n"
    people = ["Eve,Fox", "Kim,Poe", "Tom,May", "Una,Orr"]
    rows = [
        f"{at},{name},1970-07-0{at},common@fox.example,Bonn" for at, name in enumerate(people, 5)
    ]
    write(folder, *ROWS, *rows)
    said("ingest", "--no-resolve")
    assert "1 blocking key outgrew the limit since the model was trained" in said("resolve")
    listed = said("keys", "list").splitlines()
    assert listed[1].split() == ["email", "common@fox.example", "4"]
    before = Office(store).rows(["pair"])["pair"]

    assert "(model version 2, " in said("keys", "skip")
    assert said("keys", "list") == "0 blocking keys outgrew the limit\n"
    office = Office(store)
    assert len(office.rows(["pair"])["pair"]) < len(before)
    write(folder, *ROWS, *rows, "9,Ida,Ash,1960-06-06,common@fox.example,Ulm")
    assert "(model version 2)" in said("ingest")
    assert said("verify").splitlines()[-1].startswith("every law holds")
