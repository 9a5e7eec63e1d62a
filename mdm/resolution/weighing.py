"""Weighing the pairs of a few records, each once."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import count, repeat
from threading import Lock
from typing import NamedTuple

import numpy as np

from mdm.identity.components import IntArray
from mdm.identity.judgements import Pair
from mdm.matching.scorer import Scorer

Said = tuple[str, str]
"""What the two records of a pair say, standardised and as JSON, the smaller number's first."""

MOST_REMEMBERED = 100_000
"""Pairs, and as many that were asked before them; 300 to 800 bytes each."""


class Measured(NamedTuple):
    """The weight of a pair in micro-bits, and its row in what comparisons add to several pairs."""

    weight: int
    row: int
    of_several: IntArray

    @property
    def parts(self) -> IntArray:
        """What each comparison adds (comparisons), in micro-bits."""
        parts: IntArray = self.of_several[self.row]
        return parts


class RememberedWeights:
    """What one model said of pairs of late, by what their records say; threads may share it.

    The model says the same of the same, so nothing here is ever out of date.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._new: dict[Said, Measured] = {}
        self._old: dict[Said, Measured] = {}

    def get(self, said: Said) -> Measured | None:
        """Give what was said of a pair, if it is remembered."""
        return self._new.get(said) or self._old.get(said)

    def keep(self, measured: Mapping[Said, Measured]) -> None:
        """Remember pairs; the oldest go when they are too many, and too many at once are left."""
        if len(measured) > MOST_REMEMBERED:
            return
        with self._lock:
            if len(self._new) + len(measured) > MOST_REMEMBERED:
                self._new, self._old = {}, self._new
            self._new.update(measured)


class Weighing:
    """What a scorer says of pairs; `say` (standardised, JSON) grows with what is looked at."""

    def __init__(self, scorer: Scorer, remembered: RememberedWeights) -> None:
        self._scorer = scorer
        self._remembered = remembered
        self._measured: dict[Pair, Measured] = {}
        self.say: dict[int, str] = {}

    def weights(self, pairs: Iterable[Pair]) -> Mapping[Pair, int]:
        """Weigh pairs of records (smaller number first), in micro-bits."""
        asked = list(pairs)
        self._measure(asked)
        return {pair: self._measured[pair].weight for pair in asked}

    def parts(self, pairs: Iterable[Pair]) -> IntArray:
        """Tell what each comparison adds to pairs, in their order: (pairs, comparisons)."""
        asked = list(pairs)
        self._measure(asked)
        return np.array([self._measured[pair].parts for pair in asked])

    def _measure(self, asked: Sequence[Pair]) -> None:
        unknown: dict[Pair, Said] = {}
        for pair in asked:
            if pair not in self._measured:
                said = (self.say[pair[0]], self.say[pair[1]])
                known = self._remembered.get(said)
                if known is None:
                    unknown[pair] = said
                else:
                    self._measured[pair] = known
        if unknown:
            self._measured |= self._measured_anew(unknown)

    def _measured_anew(self, unknown: Mapping[Pair, Said]) -> dict[Pair, Measured]:
        weights, parts = self._scorer.measure(self.say, list(unknown))
        measured = list(map(Measured, weights.tolist(), count(), repeat(parts)))
        self._remembered.keep(dict(zip(unknown.values(), measured, strict=True)))
        return dict(zip(unknown, measured, strict=True))
