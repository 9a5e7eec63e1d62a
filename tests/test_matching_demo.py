"""The bar of the demo, and every weight that it stored taken apart."""

import math

import pytest

from mdm.matching.explaining import SplinkExplainer
from mdm.matching.scorer import Scorers
from mdm.model.explanation import MatchingRecord, PairExplanation
from mdm.model.rules.load import rules_from_text
from mdm.store.codec import attributes_from_json

MICRO = 1_000_000


@pytest.fixture(scope="module")
def stored(demo_store) -> dict[tuple[int, int], int]:
    """Every stored pair of the bank, with its weight in micro-bits."""
    with demo_store.hub.store.read() as tx:
        rows = tx.connection.exec_driver_sql("SELECT record_l, record_r, weight FROM pair")
        return {(left, right): weight for left, right, weight in rows}


@pytest.fixture(scope="module")
def explained(demo_store, stored) -> list[PairExplanation]:
    """What is said about each of them, in the order of `stored`."""
    with demo_store.hub.store.read() as tx:
        rows = tx.connection.exec_driver_sql("SELECT record_id, attributes FROM standardised")
        records = [MatchingRecord(number, attributes_from_json(text)) for number, text in rows]
    return SplinkExplainer(Scorers()).explain(demo_store.hub.active_model(), records, list(stored))


def test_the_shipped_rules_reach_the_bar_on_the_demo(demo_store):
    found = demo_store.hub.evaluate(demo_store.truth).pairwise.scores

    assert found.precision >= 0.995
    assert found.recall >= 0.98


def test_duplicates_within_each_source_are_counted(demo_store):
    duplicates = {each.name: each.duplicates for each in demo_store.hub.reading.sources()}

    assert len(duplicates) == 6
    assert all(count > 0 for count in duplicates.values())


def test_the_parts_of_every_stored_pair_sum_to_its_weight_and_start_with_the_prior(
    stored, explained
):
    assert len(stored) > 15_000
    for (pair, weight), told in zip(stored.items(), explained, strict=True):
        assert (told.record_l, told.record_r) == pair
        assert told.parts[0].name == "prior"
        assert math.fsum(part.bits for part in told.parts) == pytest.approx(
            told.weight_bits, abs=1e-9
        )
        assert told.weight_bits == pytest.approx(weight / MICRO, abs=1e-6)


def test_every_part_is_said_in_words_without_the_names_of_columns(explained):
    said = {part.level for told in explained for part in told.parts}

    assert {"before anything is compared", "missing", "different"} <= said
    assert "given name the same, in one household" in said
    assert any(words.startswith("given name the same, and rare: 1 in ") for words in said)
    assert not [words for words in said if "_" in words or not words]


def test_each_comparison_of_the_rules_has_one_part(demo_store, explained):
    rules = rules_from_text(demo_store.hub.active_model().rules, "the model's rules")
    names = ["prior", *(comparison.name for comparison in rules.comparisons)]

    assert all([part.name for part in told.parts] == names for told in explained)
