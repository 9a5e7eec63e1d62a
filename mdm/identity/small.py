"""Fusing many small components at once.

In: components of one size, without judgements, their records numbered 0 .. size-1.  Out: what
`mdm.identity.fusion.fuse` says of each alone.  Every component fuses its best two groups in the
same step, as columns; a million customers are mostly in components of two to four records, for
which a loop in Python takes longer than scoring their pairs.
"""

import numpy as np

from mdm.identity.components import IntArray
from mdm.identity.fusion import MISSING, NEVER, counted

SMALL = 6
"""Records in a component up to which columns are faster than one at a time (measured)."""


def fuse_small(parts: IntArray, link: int) -> IntArray:
    """Fuse groups, strongest linkage first, while it stays at or above `link` (micro-bits).

    `parts` (components, size, size, parts) are symmetric and as those of a `Component`, MISSING on
    the diagonal and wherever a pair is not known.  The result (components, size) is the first
    record of each record's cluster.
    """
    count, size, _, _ = parts.shape
    home = np.tile(np.arange(size), (count, 1))
    before = np.arange(size)[:, None] < np.arange(size)
    weights = np.where(parts == MISSING, 0, parts).sum(axis=3)
    linkages = np.where(before & (parts[..., 0] != MISSING), weights, NEVER)
    open_ = np.arange(count)
    while True:
        # of equal ones the first: that of the smallest first records
        best = linkages[open_].reshape(len(open_), size * size).argmax(axis=1)
        kept, gone = np.divmod(best, size)
        goes_on = linkages[open_, kept, gone] >= link
        open_, kept, gone = open_[goes_on], kept[goes_on], gone[goes_on]
        if not len(open_):
            return home
        home[open_] = np.where(home[open_] == gone[:, None], kept[:, None], home[open_])
        linkages[open_, gone, :] = linkages[open_, :, gone] = NEVER
        for third in range(size):
            left, right = np.minimum(kept, third), np.maximum(kept, third)
            linkages[open_, left, right] = _linkage(parts[open_], home[open_], kept, third)


def _linkage(parts: IntArray, home: IntArray, kept: IntArray, third: int) -> IntArray:
    """Work out the linkage between the group `kept` of each component and its group `third`."""
    count, size, _, comparisons = parts.shape
    in_kept, in_third = home == kept[:, None], home == third
    between = in_kept[:, :, None, None] & in_third[:, None, :, None]
    flat = np.where(between, parts, MISSING).reshape(count, size * size, comparisons)
    best_first = np.sort(flat, axis=1)[:, ::-1]  # what is missing comes last
    better = counted((flat != MISSING).sum(axis=1))
    counts = np.arange(size * size)[:, None] < better[:, None, :]
    mean = np.where(counts, best_first, 0).sum(axis=1) // np.maximum(better, 1)
    return np.where((better[:, 0] == 0) | (kept == third), NEVER, mean.sum(axis=1))
