"""Why the clusters of some records are wrong: counted record by record, by cause.

A record's cluster is wrong when it holds a record of another entity (merged), or when a record of
the same entity is elsewhere (split); it may be both.
"""

from dataclasses import dataclass

import numpy as np

from mdm.identity.components import MICRO, BoolArray, IntArray
from mdm.resolution.evidence import Evidence


@dataclass(frozen=True)
class Causes:
    """Records whose cluster is wrong, of `wrong` in all.

    Merged: `wrong_pair` have a pair that links with a record of another entity in their cluster;
    `by_others` were brought together with one by the pairs of others.  Split: `taken_apart` were in
    one component with a record of their entity that is elsewhere now; `too_weak` have a pair with
    one, at or above the review threshold and too weak to join them; `not_compared` have neither.
    """

    wrong: int
    wrong_pair: int
    by_others: int
    taken_apart: int
    too_weak: int
    not_compared: int


def causes(evidence: Evidence) -> Causes:
    """Tell the causes of a resolution without judgements."""
    entity, cluster = evidence.entity, evidence.cluster
    together = _size(cluster, entity)
    merged = _size(cluster) > together
    split = _size(entity) > together
    wrong_pair, weak_pair = _in_pairs(evidence)
    apart = split & (_size(evidence.component, entity) > together)
    return Causes(
        wrong=int((merged | split).sum()),
        wrong_pair=int((merged & wrong_pair).sum()),
        by_others=int((merged & ~wrong_pair).sum()),
        taken_apart=int(apart.sum()),
        too_weak=int((split & ~apart & weak_pair).sum()),
        not_compared=int((split & ~apart & ~weak_pair).sum()),
    )


def _size(*labels: IntArray) -> IntArray:
    """Tell for each record how many records have the same labels."""
    _, group, count = np.unique(np.stack(labels), axis=1, return_inverse=True, return_counts=True)
    return np.asarray(count[group.ravel()], dtype=np.int64)


def _in_pairs(evidence: Evidence) -> tuple[BoolArray, BoolArray]:
    """Tell which records have a pair that shows why they are merged, or split.

    First: one that links them to a stranger in their cluster; second: one with a record of their
    entity that is in another cluster.
    """
    pairs = evidence.labelled_pairs
    same_entity = evidence.entity[pairs.left] == evidence.entity[pairs.right]
    same_cluster = evidence.cluster[pairs.left] == evidence.cluster[pairs.right]
    links = pairs.weight >= round(evidence.model.link_bits * MICRO)

    def touched(chosen: BoolArray) -> BoolArray:
        records = np.zeros(len(evidence.labelled), dtype=np.bool_)
        records[pairs.left[chosen]] = records[pairs.right[chosen]] = True
        return records

    return touched(links & same_cluster & ~same_entity), touched(same_entity & ~same_cluster)
