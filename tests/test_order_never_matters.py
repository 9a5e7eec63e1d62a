"""Whatever is done to a store, in whatever order: it says what a batch over all of it says."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from itertools import chain

import hypothesis
import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from benchmarks.labelled import DataMissingError
from mdm.resolution import recluster, republish
from mdm.store import neighbourhood
from tests import stores
from tests.histories import OUTCOMES, histories
from tests.one_by_one import Figures
from tests.small_world import Stores, small_limits

SEEDS = ((0, 1), (2, 3), (4, 5))
"""Two at a time: what Hypothesis draws follows from the constants in our code too, and one seed
alone may leave out what is rare."""
HISTORIES = 32
"""Of each seed."""
STEPS = 16


def run(made: Stores, seed: int, count: int = HISTORIES) -> Counter[str]:
    """Run histories and count in how many of them what happened; one that fails is not shrunk."""
    seen = Counter[str]()
    machine = hypothesis.seed(seed)(histories(made, seen))
    with small_limits():
        run_state_machine_as_test(
            machine,
            settings=settings(
                max_examples=count,
                stateful_step_count=STEPS,
                deadline=None,
                database=None,
                derandomize=False,
                phases=[Phase.generate],
                suppress_health_check=list(HealthCheck),
            ),
        )
    return seen


@pytest.mark.usefixtures("one_thread")
@pytest.mark.parametrize("seeds", SEEDS)
def test_histories_end_as_a_batch_ends(seeds, tmp_path):
    made, seen = Stores(tmp_path), Counter[str]()
    for seed in seeds:
        seen += run(made, seed)
    rare = {what: seen[what] for what in OUTCOMES if seen[what] < seen["histories"] / 20}
    assert rare == {}, seen


def as_before(patch: pytest.MonkeyPatch) -> None:
    """Forget what changed records were linked to, so that what they held together stays."""
    seeds = recluster._Around._seeds
    patch.setattr(recluster._Around, "_seeds", lambda self: seeds(self) & self._changed.living)


def best_candidate_wins(patch: pytest.MonkeyPatch) -> None:
    """Never merge: who bridges two golden records goes to one of them."""
    labels = recluster._Around._clusters

    def clusters(self: recluster._Around, pairs: object) -> np.ndarray:
        found = labels(self, pairs)
        published = [each.serial or -1 for each in self._residents]
        return np.unique(np.stack([found, published]), axis=1, return_inverse=True)[1].ravel()

    patch.setattr(recluster._Around, "_clusters", clusters)


def giants_alone(patch: pytest.MonkeyPatch) -> None:
    """Forget what hung on a component before it was a giant."""
    patch.setattr(recluster._Around, "_unchanged_parts", lambda _, __: [])


def pairs_for_ever(patch: pytest.MonkeyPatch) -> None:
    """Leave pairs that no component keeps any more."""
    found = recluster._Around.reclustered
    patch.setattr(recluster._Around, "reclustered", lambda self: replace(found(self), gone=[]))


def ids_among_neighbours(patch: pytest.MonkeyPatch) -> None:
    """Decide golden IDs without the records elsewhere that earned them."""

    def neighbours(
        _: object, found: recluster.Reclustered, __: object
    ) -> tuple[list[object], list[int]]:
        return list(found.residents), found.clusters.tolist()

    patch.setattr(republish, "_with_related", neighbours)


def as_it_was_seen(patch: pytest.MonkeyPatch) -> None:
    """Forget what others did between a bulk's look at its candidates and its taking the lock."""
    patch.setattr(neighbourhood, "settled_since", lambda *_, **__: set())


@pytest.mark.usefixtures("one_thread")
@pytest.mark.parametrize(
    ("defect", "seed"),
    [
        (as_before, 2),
        (best_candidate_wins, 1),
        (giants_alone, 5),
        (pairs_for_ever, 1),
        (ids_among_neighbours, 6),
        (as_it_was_seen, 0),
    ],
)
def test_a_defect_is_caught(
    defect: Callable[[pytest.MonkeyPatch], None], seed, tmp_path, monkeypatch
):
    """By one of the seeds, beginning with one that is known to find it soon."""
    defect(monkeypatch)
    made = Stores(tmp_path)
    assert any(is_caught(made, each) for each in [seed, *chain.from_iterable(SEEDS)])


def is_caught(made: Stores, seed: int) -> bool:
    try:
        run(made, seed)
    except AssertionError:
        return True
    return False


def test_historical_figures_one_by_one_are_resolved_as_a_batch_resolves_them(tmp_path):
    (tmp_path / "submitted").mkdir()
    try:
        figures = Figures(tmp_path, 3_000)
    except DataMissingError as missing:
        stores.refuse_or_skip(str(missing))
    with stores.fresh(stores.sqlite_url(tmp_path / "submitted")) as store:
        clusters, pairs = figures.one_by_one(store, seed=1)
    assert clusters == figures.published[0]
    assert pairs == figures.published[1]
