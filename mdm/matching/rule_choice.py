"""Choosing blocking rules: the matches that each finds beyond the others, and what that costs.

In: the pairs that each rule finds, and how probably each is a match.  Out: the rules worth having.
A greedy cover: always the rule that finds most matches for each pair that no chosen rule finds.
"""

import numpy as np

from mdm.identity.components import IntArray
from mdm.matching.joint import FloatArray

LEAST_YIELD = 0.001
"""Matches for each pair that a rule adds; what finds fewer is not worth comparing."""


def choose_rules(
    rule: IntArray, pair: IntArray, matching: FloatArray, *, rules: int, free: float
) -> list[int]:
    """Choose among rules 0 .. `rules`-1; the result is ascending, the best one always among them.

    `rule` and `pair` are parallel: the rule finds the pair.  `matching` is each pair's match
    probability, `free` the number of pairs up to which a rule's yield does not matter: a small
    store affords all of them.
    """
    # a rule that finds nothing yet costs nothing either, and may find something tomorrow
    found = np.bincount(rule, minlength=rules)
    chosen = np.flatnonzero(found == 0).tolist()
    left = found > 0
    covered = np.zeros(len(matching), dtype=np.bool_)
    while left.any():
        new = ~covered[pair]
        cost = np.bincount(rule[new], minlength=rules)
        gain = np.bincount(rule[new], matching[pair[new]], minlength=rules)
        yields = np.where(left, gain / np.maximum(cost, 1), -1.0)
        best = int(yields.argmax())
        left[best] = False
        worth = yields[best] >= LEAST_YIELD or covered.sum() + cost[best] <= free
        if worth or not covered.any():
            chosen.append(best)
            covered[pair[rule == best]] = True
    return sorted(chosen)
