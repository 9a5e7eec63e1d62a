"""Weighing the pairs of a few records, each once."""

from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from mdm.identity.components import IntArray
from mdm.identity.judgements import Pair
from mdm.matching.scorer import Scorer


class Weighing:
    """What a scorer says of pairs; `say` (standardised, JSON) grows with what is looked at.

    Most pairs that blocking finds are weak, and nobody asks for them again.  So what the scorer
    said lies as it said it, and is put in order by pairs when somebody does.
    """

    def __init__(self, scorer: Scorer, say: Mapping[int, str]) -> None:
        self._scorer = scorer
        self._measured: list[tuple[Sequence[Pair], IntArray, IntArray]] = []
        self._ordered: dict[Pair, tuple[int, IntArray]] = {}
        self.say = dict(say)

    def strong(self, pairs: Sequence[Pair], least: int) -> dict[Pair, int]:
        """Weigh distinct pairs of records (smaller number first) that were not weighed yet.

        Result: those from `least` micro-bits on, and their weights.
        """
        if not pairs:
            return {}
        weights, parts = self._scorer.measure(self.say, pairs)
        self._measured.append((pairs, weights, parts))
        chosen = np.flatnonzero(weights >= least)
        places = zip(chosen.tolist(), weights[chosen].tolist(), strict=True)
        return {pairs[place]: weight for place, weight in places}

    def weights(self, pairs: Iterable[Pair]) -> dict[Pair, int]:
        """Weigh pairs of records (smaller number first), in micro-bits."""
        return {pair: weight for pair, (weight, _) in self._known(pairs).items()}

    def parts(self, pairs: Iterable[Pair]) -> IntArray:
        """Tell what each comparison adds to pairs, in their order: (pairs, comparisons)."""
        return np.array([parts for _, parts in self._known(pairs).values()])

    def _known(self, pairs: Iterable[Pair]) -> Mapping[Pair, tuple[int, IntArray]]:
        asked = list(pairs)
        if not asked:
            return {}
        self._order()
        unknown = [pair for pair in asked if pair not in self._ordered]
        if unknown:
            self._measured.append((unknown, *self._scorer.measure(self.say, unknown)))
            self._order()
        return {pair: self._ordered[pair] for pair in asked}

    def _order(self) -> None:
        for pairs, weights, parts in self._measured:
            self._ordered |= zip(pairs, zip(weights.tolist(), parts, strict=True), strict=True)
        self._measured.clear()
