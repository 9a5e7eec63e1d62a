"""The benchmarks: match quality reaches its bars, and what they print is what was measured."""

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import orjson
import pyarrow.parquet as pq
import pytest

from benchmarks import batch, data_sets, labelled, pictures, quality
from benchmarks.bootstrap import f1_difference
from benchmarks.calibrated import bands
from benchmarks.causes import Causes, causes
from benchmarks.made import in_one_company
from benchmarks.memory import run_measured
from benchmarks.report import table, write_section
from demo.population import Population, records
from mdm.identity.components import MICRO, Edges
from mdm.identity.metrics import pairwise
from mdm.model.rules.load import load_rules
from mdm.resolution.evidence import Evidence
from tests.stores import refuse_or_skip


@pytest.mark.parametrize("name", ["historical", "febrl3", "fake_1000"])
def test_match_quality_reaches_its_bar(name):
    data_set = data_sets.DATA_SETS[name]
    missing = labelled.data_directory() / data_set.file
    if not missing.is_file():
        refuse_or_skip(f"the labelled data is missing: no {missing} (MDM_DATA_DIR moves it)")
    measured = quality.measure_quality(data_set)
    assert quality.BARS[name].reached(measured), "\n".join(quality.report([measured]))


def test_families_in_which_everything_is_shared_are_kept_apart():
    measured = quality.measure_quality(data_sets.DATA_SETS["families"])
    assert quality.BARS["families"].reached(measured), "\n".join(quality.report([measured]))


@pytest.mark.parametrize("name", ["company", "contacts", "two_views", "register", "people_1000"])
def test_a_made_set_is_laid_out_with_a_label_for_each_record(tmp_path, name):
    laid = replace(data_sets.DATA_SETS[name], records=300).lay_out(tmp_path)
    labels = pq.read_table(laid.labels)
    files = [pq.read_table(path) for path in tmp_path.glob("source_*.parquet")]

    assert labels.num_rows == sum(file.num_rows for file in files) == 300
    assert {each.source.name for each in laid.sources.sources} == set(labels["source"].to_pylist())


def test_the_pictures_are_drawn_from_what_was_resolved(tmp_path):
    pictures.main(5_000, tmp_path)
    drawn = {path.name: path.read_text() for path in tmp_path.iterdir()}
    assert set(drawn) == {path.name for path in pictures.PICTURES.iterdir()}
    assert "Taken apart: 2 golden records" in drawn["cluster.svg"]
    assert "one person" in drawn["weights.svg"]


def test_a_wrong_record_is_counted_by_what_went_wrong():
    """Two people: 0 1 2 3 and 4 5 6; each record in the cluster and component that is listed."""
    pairs = [(0, 1, 5), (0, 4, 3), (2, 3, -2)]
    left, right, bits = np.array(pairs, dtype=np.int64).T
    evidence = Evidence(
        model=SimpleNamespace(link_bits=0.0),
        count=7,
        labelled=np.arange(7),
        entity=np.array([0, 0, 0, 0, 1, 1, 1]),
        cluster=np.array([0, 0, 1, 2, 0, 3, 3]),
        component=np.array([0, 0, 0, 2, 0, 3, 3]),
        pairs=Edges(left, right, bits * MICRO),
        blocked=0,
        unlabelled=0,
        unresolved=0,
        unknown=0,
    )
    low, *_ = [band for band in bands(evidence) if band.pairs]
    assert (low.low, low.high, low.pairs, low.share) == (-2, 0, 1, 1.0)
    assert low.expected == pytest.approx(0.2)
    # 0 and 4 link, 1 comes along; 0, 1, 2 were in one component; 3 has a weak pair; 4 5 6 none
    assert causes(evidence) == Causes(
        wrong=7, wrong_pair=2, by_others=1, taken_apart=3, too_weak=1, not_compared=3
    )


def test_the_people_of_one_company_have_one_phone_where_they_have_any():
    people = records(Population(), people=400)
    altered = in_one_company(200)(people)
    phones = {
        (entity < 200, phone)
        for entity, phone in zip(
            altered["entity"].to_pylist(), altered["phone"].to_pylist(), strict=True
        )
    }
    assert {phone for employed, phone in phones if employed} == {"02079460123", None}
    assert len(phones) > 100
    assert altered.drop(["phone", "postal_code", "city"]) == people.drop(
        ["phone", "postal_code", "city"]
    )


@pytest.mark.parametrize("name", ["historical", "febrl3", "fake_1000", "register"])
def test_the_rules_of_a_benchmark_name_attributes_and_kinds_and_nothing_else(name):
    rules = load_rules(labelled.RULES / f"{name}.yaml")
    written = (labelled.RULES / f"{name}.yaml").read_text()
    top = [line for line in written.splitlines() if line and line[0] not in " #"]
    assert top == ["attributes:"]
    assert (rules.link_bits, rules.review_bits) == (
        load_rules().link_bits,
        load_rules().review_bits,
    )


def test_both_sides_of_the_batch_benchmark_compare_the_same_pairs(tmp_path):
    ours, splink = batch.measure_batch(1_000, tmp_path)
    prepared = orjson.loads((tmp_path / "prepare.json").read_bytes())

    assert ours.figures["records"] == 1_000
    assert prepared["candidates"] == splink.figures["candidates"] > 0
    text = "\n".join(batch.report(ours, splink))
    for stage in ("ingest", "train", "block", "score", "cluster", "identify", "survive", "publish"):
        assert f"{stage} |" in text
    assert ours.seconds("train", "resolve") > 0
    assert ours.peak > 50 * 2**20


def test_a_section_replaces_itself_and_nothing_else(tmp_path):
    page = tmp_path / "benchmarks.md"
    write_section("one", "One", ["first"], page=page)
    write_section("two", "Two", ["second"], page=page)
    write_section("one", "One", ["third"], page=page)
    text = page.read_text()

    assert text.count("## One") == text.count("## Two") == 1
    assert "first" not in text
    assert text.index("third") < text.index("second")
    assert "cores" in text
    assert os.uname().nodename not in text


def test_a_table_is_markdown():
    assert table(["what", "n"], [["a", "1"]]) == ["| what | n |", "| --- | ---: |", "| a | 1 |"]


def test_the_peak_counts_what_a_process_started_as_well():
    hold = "import hashlib; b = bytearray(200 * 2**20); [hashlib.sha3_512(b) for _ in range(3)]"
    start = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {hold!r}])"
    assert run_measured([sys.executable, "-c", start], cwd=Path.cwd()) > 200 * 2**20


def test_a_run_that_fails_is_no_figure():
    with pytest.raises(subprocess.CalledProcessError):
        run_measured([sys.executable, "-c", "raise SystemExit(3)"], cwd=Path.cwd())


def _clusterings(seed: int):
    """Entities, and two clusterings of which the first makes fewer mistakes."""
    random = np.random.default_rng(seed)
    entity = np.repeat(np.arange(100), 4)
    better = np.where(random.random(400) < 0.05, 1_000 + np.arange(400), entity)
    worse = np.where(random.random(400) < 0.40, 1_000 + np.arange(400), entity)
    return better, worse, entity


def test_the_interval_of_a_difference_holds_the_difference_and_tells_its_sign():
    better, worse, entity = _clusterings(1)
    low, high = f1_difference(better, worse, entity, seed=1)
    difference = pairwise(better, entity).scores.f1 - pairwise(worse, entity).scores.f1

    assert 0 < low < difference < high
    assert f1_difference(worse, better, entity, seed=1) == pytest.approx((-high, -low))


def test_a_clustering_does_not_differ_from_itself():
    better, _, entity = _clusterings(2)
    assert f1_difference(better, better, entity, seed=1) == (0.0, 0.0)
