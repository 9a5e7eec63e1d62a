"""Fusing many small components at once.

In: components of one size, without judgements, their records numbered 0 .. size-1.  Out: what
`mdm.identity.fusion.fuse` says of each alone.  Every component fuses its best two groups in the
same step, as columns; a million customers are mostly in components of two to four records, for
which a loop in Python takes longer than scoring their pairs.
"""

import numpy as np

from mdm.identity.components import IntArray
from mdm.identity.fusion import counted

SMALL = 6
"""Records in a component up to which columns are faster than one at a time (measured)."""
_NEVER = np.iinfo(np.int64).min
"""The linkage of two groups that are one, or no more."""


def fuse_small(weights: IntArray, link: int) -> IntArray:
    """Fuse groups, strongest linkage first, while it stays at or above `link` (micro-bits).

    `weights` (components, size, size) are symmetric and cut already; the diagonal is not read.
    The result (components, size) is the first record of each record's cluster.
    """
    count, size, _ = weights.shape
    home = np.tile(np.arange(size), (count, 1))
    before = np.arange(size)[:, None] < np.arange(size)
    linkages = np.where(before, weights, _NEVER)
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
        linkages[open_, gone, :] = linkages[open_, :, gone] = _NEVER
        for third in range(size):
            left, right = np.minimum(kept, third), np.maximum(kept, third)
            linkages[open_, left, right] = _linkage(weights[open_], home[open_], kept, third)


def _linkage(weights: IntArray, home: IntArray, kept: IntArray, third: int) -> IntArray:
    """Work out the linkage between the group `kept` of each component and its group `third`."""
    in_kept, in_third = home == kept[:, None], home == third
    between = in_kept[:, :, None] & in_third[:, None, :]
    count = counted(in_kept.sum(axis=1) * in_third.sum(axis=1))
    flat = np.where(between, weights, _NEVER).reshape(len(weights), home.shape[1] ** 2)
    strongest = np.sort(flat, axis=1)[:, ::-1]
    counts = np.arange(flat.shape[1]) < count[:, None]
    mean = np.where(counts, strongest, 0).sum(axis=1) // np.maximum(count, 1)
    return np.where((count == 0) | (kept == third), _NEVER, mean)
