"""Model versions are kept as they were trained; the last one activated is the active one."""

from dataclasses import replace

import pytest

from mdm.model.errors import NotFound
from mdm.model.models import ModelVersion
from mdm.store import models, resolutions
from mdm.store.schema import resolution
from tests.stores import ARRIVED

LATER = "2026-02-28T12:00:00.000000Z"

TRAINED = ModelVersion(
    rules_hash="rules-1",
    rules="attributes: {}",
    settings='{"comparisons":[]}',
    term_frequencies=b"PAR1\x00\xff",
    skipped_keys={"surname and year": ["smith|1900"]},
    link_bits=0.0,
    review_bits=-4.25,
    libraries={"splink": "5.0.0"},
    figures={"pairs": 10, "prior": 1e-9},
    warnings=["level untrained: given_name exact"],
    seed=2**40,
)


def add(store, *trained):
    with store.write() as tx:
        versions = [models.add_candidate(tx, model) for model in trained]
        tx.commit()
    return versions


def test_a_candidate_is_read_back_as_it_was_trained(store):
    assert add(store, TRAINED) == [1]
    with store.read() as tx:
        kept = models.get(tx, 1)
    assert replace(kept, version=None) == TRAINED
    assert (kept.version, kept.activated_at) == (1, None)
    assert kept.created_at


def test_no_candidate_is_active_before_it_is_activated(store):
    with store.read() as tx:
        assert models.newest(tx) is None
    add(store, TRAINED, TRAINED)
    with store.read() as tx:
        assert models.active(tx) is None
        assert models.newest(tx).version == 2


def test_the_last_one_activated_is_the_active_one(store):
    add(store, TRAINED, TRAINED)
    for version, at in ((2, ARRIVED), (1, LATER)):
        with store.write() as tx:
            models.activate(tx, version, at)
            tx.commit()
        with store.read() as tx:
            assert (models.active(tx).version, models.active(tx).activated_at) == (version, at)


def test_the_listing_has_every_version_without_its_term_frequencies(store):
    add(store, TRAINED, replace(TRAINED, seed=5))
    with store.read() as tx:
        listed = models.listing(tx)
    assert [(model.version, model.seed, model.term_frequencies) for model in listed] == [
        (1, 2**40, b""),
        (2, 5, b""),
    ]


def test_a_version_that_does_not_exist_is_refused(store):
    with store.write() as tx:
        with pytest.raises(NotFound, match="model version '9'"):
            models.get(tx, 9)
        with pytest.raises(NotFound, match="model version '9'"):
            models.activate(tx, 9, ARRIVED)


def test_a_resolution_is_logged_with_its_model_version_and_figures(store):
    add(store, TRAINED)
    with store.write() as tx:
        number = resolutions.add(tx, 1, {"minted": 3}, started_at=ARRIVED, published_at=LATER)
        tx.commit()
    with store.read() as tx:
        row = tx.connection.execute(resolution.select()).one()
    assert tuple(row) == (number, 1, ARRIVED, LATER, '{"minted":3}', True)
