"""How sure a difference of F1 between two clusterings of the same records is."""

import numpy as np
import numpy.typing as npt

from mdm.identity.metrics import IntArray, Labels

FloatArray = npt.NDArray[np.float64]

RESAMPLES = 2_000
SHARE = 0.95


def f1_difference(
    first: Labels, second: Labels, entities: Labels, *, seed: int
) -> tuple[float, float]:
    """Bound pairwise F1 of `first` less that of `second`: the middle SHARE of RESAMPLES draws.

    Entities are drawn with replacement, the same ones for both clusterings, each with its own true
    and correct pairs and its part of the linked pairs, half of a pair that two entities share (as
    `mdm.identity.metrics.f1_interval` does for one clustering).
    """
    _, entity = np.unique(entities, return_inverse=True)
    random = np.random.default_rng(seed)
    draws = random.integers(0, entity.max() + 1, (RESAMPLES, entity.max() + 1))
    differences = _f1s(first, entity, draws) - _f1s(second, entity, draws)
    low, high = np.quantile(differences, [(1 - SHARE) / 2, (1 + SHARE) / 2])
    return float(low), float(high)


def _f1s(clusters: Labels, entity: IntArray, draws: IntArray) -> FloatArray:
    """Compute F1 of each draw, a row of entities: twice the correct pairs by linked and true."""
    _, cluster = np.unique(clusters, return_inverse=True)
    _, cell, shared = np.unique(
        np.stack([cluster, entity]), axis=1, return_inverse=True, return_counts=True
    )
    correct = np.bincount(entity, shared[cell] - 1)
    linked = np.bincount(entity, np.bincount(cluster)[cluster] - 1)
    true = np.bincount(entity, np.bincount(entity)[entity] - 1)
    f1s: FloatArray = 2 * correct[draws].sum(axis=1) / (linked + true)[draws].sum(axis=1)
    return f1s
