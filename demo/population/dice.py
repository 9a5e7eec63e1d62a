"""Random numbers by name: each question has its own stream, so that no answer disturbs another.

The stream depends on the seed, the block and the question only.  Two populations of one seed that
differ in one rate differ in nothing else, which lets a test count exactly what a rate did.
"""

from dataclasses import dataclass
from zlib import crc32

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Texts = npt.NDArray[np.object_]  # of str, or None where a value is missing


@dataclass(frozen=True)
class Dice:
    """The random numbers of one block of people."""

    seed: int
    block: int

    def of(self, question: str) -> np.random.Generator:
        """Start the stream of this question from its beginning."""
        return np.random.default_rng([self.seed, self.block, crc32(question.encode())])

    def chance(self, question: str, count: int, rate: float) -> Bools:
        """Answer yes for a share `rate` of `count`; a higher rate keeps every yes of a lower."""
        return self.of(question).random(count) < rate

    def shares(self, question: str, count: int) -> Floats:
        """Draw `count` numbers from 0 up to 1."""
        return self.of(question).random(count)


@dataclass(frozen=True)
class Urn:
    """Things with frequencies, to draw from: `codes` with the cumulated shares `upto`."""

    codes: Ints
    upto: Floats

    @classmethod
    def of(cls, codes: npt.ArrayLike, weights: npt.ArrayLike) -> "Urn":
        """Fill an urn with codes by weight (any positive numbers)."""
        shares = np.cumsum(np.asarray(weights, dtype=float))
        return cls(np.asarray(codes, dtype=np.int64), shares / shares[-1])

    def draw(self, at: Floats) -> Ints:
        """Give the codes that stand at these shares (0 up to 1) of the urn."""
        return self.codes[np.searchsorted(self.upto, at, side="right")]


def scramble(numbers: Ints, size: int, *, key: int) -> Ints:
    """Map numbers below `size` onto numbers below `size`, no two to the same, in no visible order.

    A multiplication modulo `size` by a prime that does not divide it; `key` picks the shift.
    """
    prime = 600_011_747 if size < 2**33 else 1_000_003
    return (numbers % size * prime + key) % size
