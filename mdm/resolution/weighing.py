"""Weighing the pairs of a few records, each once."""

from collections.abc import Iterable, Mapping

import numpy as np

from mdm.identity.components import IntArray
from mdm.identity.judgements import Pair
from mdm.matching.scorer import Scorer
from mdm.model.records import Attributes


class Weighing:
    """What a scorer says of pairs; `standardised` grows with the records that are looked at."""

    def __init__(self, scorer: Scorer) -> None:
        self._scorer = scorer
        self._place: dict[Pair, int] = {}
        self._weights: list[IntArray] = []
        self._parts: list[IntArray] = []
        self.standardised: dict[int, Attributes] = {}

    def weights(self, pairs: Iterable[Pair]) -> Mapping[Pair, int]:
        """Weigh pairs of records (smaller number first), in micro-bits."""
        asked = list(pairs)
        self._weigh(asked)
        if not asked:
            return {}
        weights = np.concatenate(self._weights)
        places = [self._place[pair] for pair in asked]
        return dict(zip(asked, weights[places].tolist(), strict=True))

    def parts(self, pairs: Iterable[Pair]) -> IntArray:
        """Tell what each comparison adds to pairs, in their order: (pairs, comparisons)."""
        asked = list(pairs)
        self._weigh(asked)
        return np.concatenate(self._parts)[[self._place[pair] for pair in asked]]

    def _weigh(self, asked: list[Pair]) -> None:
        pairs = sorted({pair for pair in asked if pair not in self._place})
        if not pairs:
            return
        numbers = {number for pair in pairs for number in pair}
        records = {number: self.standardised[number] for number in numbers}
        weights, parts = self._scorer.measure(records, pairs)
        known = len(self._place)
        self._place |= {pair: known + at for at, pair in enumerate(pairs)}
        self._weights.append(weights)
        self._parts.append(parts)
