"""Who lives with whom: the households of one block, with genders and birth dates that fit."""

from dataclasses import dataclass

import numpy as np

from demo.population.dice import Bools, Dice, Floats, Ints, Urn
from demo.population.rates import Rates

PEOPLE_PER_BLOCK = 4_096
FIRST_YEAR, LAST_YEAR = 1920, 2010  # of birth

_MEAN_SIZES = {"twins": 4, "namesakes": 3, "families": 4, "couples": 2, "sharers": 3, "single": 1}
_KINDS = list(_MEAN_SIZES)
_COUPLED = [_KINDS.index(kind) for kind in ("twins", "namesakes", "families", "couples")]
_WITH_CHILDREN = _COUPLED[:3]


@dataclass(frozen=True)
class Households:
    """One row a person: the number of the household, the row of its head, and the place in it.

    Place 0 is the head and 1 the partner, 2 and more are children; sharers have mere numbers.
    """

    household: Ints
    head: Ints
    place: Ints
    kind: Ints  # position in _KINDS

    def at(self, kind: str, place: int) -> Bools:
        """Tell who has this place in this kind of household (`twins`, `namesakes`, ...)."""
        return np.asarray((self.kind == _KINDS.index(kind)) & (self.place == place))

    @property
    def kin(self) -> Bools:
        """Who belongs to a family; somebody alone is a family, sharers are none."""
        return np.asarray(self.kind != _KINDS.index("sharers"))

    @property
    def partner(self) -> Bools:
        """Who is the second of a couple, with children or without."""
        return np.asarray(np.isin(self.kind, _COUPLED) & (self.place == 1))

    @property
    def parent(self) -> Bools:
        """Who is one of a couple, with children or without."""
        return np.asarray(np.isin(self.kind, _COUPLED) & (self.place <= 1))

    @property
    def child(self) -> Bools:
        """Who is a child, of whatever age."""
        return np.asarray(np.isin(self.kind, _WITH_CHILDREN) & (self.place >= 2))

    @property
    def second_twin(self) -> Ints:
        """Rows of the second of each pair of twins; the first stands in the row before."""
        return np.flatnonzero(self.at("twins", 3))

    @property
    def namesake(self) -> Ints:
        """Rows of the sons who bear their father's name; the father is the head."""
        return np.flatnonzero(self.at("namesakes", 2))


def households_of_block(dice: Dice, rates: Rates) -> Households:
    """Put the people of a block into households; the last may be cut off at the block's end."""
    shares = [
        2 * rates.twins,
        1.5 * rates.namesakes,
        rates.families,
        rates.couples,
        rates.sharers,
        max(0.0, 1 - rates.housed),
    ]
    sizes = np.array(list(_MEAN_SIZES.values()))
    urn = Urn.of(range(len(_KINDS)), np.array(shares) / sizes)
    kind = urn.draw(dice.shares("household", PEOPLE_PER_BLOCK))
    children = 1 + np.searchsorted([0.3, 0.7], dice.shares("children", PEOPLE_PER_BLOCK))
    size = np.where(kind == _KINDS.index("families"), 2 + children, sizes[kind])
    household = np.repeat(np.arange(PEOPLE_PER_BLOCK), size)[:PEOPLE_PER_BLOCK]
    head = (np.cumsum(size) - size)[household]
    return Households(household, head, np.arange(PEOPLE_PER_BLOCK) - head, kind[household])


def genders_in(households: Households, dice: Dice) -> Ints:
    """Draw genders, 0 women and 1 men: partners differ, namesakes and their fathers are men."""
    gender = dice.of("gender").integers(0, 2, PEOPLE_PER_BLOCK)
    gender[households.at("namesakes", 0) | households.at("namesakes", 2)] = 1
    partner = households.partner
    gender[partner] = 1 - gender[households.head][partner]
    return gender


def birth_days_in(households: Households, dice: Dice) -> Ints:
    """Draw birth dates as days since 1970-01-01.

    Partners are of about one age, children 20 to 32 years younger than the head, twins of one day.
    """
    rng = dice.of("born")
    year = rng.uniform(FIRST_YEAR, LAST_YEAR - 4, PEOPLE_PER_BLOCK)
    with_children = np.isin(households.kind, _WITH_CHILDREN)
    year = np.where(with_children, 1935 + (year - FIRST_YEAR) * 0.48, year)
    later = np.where(households.partner, rng.normal(0, 3, PEOPLE_PER_BLOCK), 0)
    later = np.where(households.child, rng.uniform(20, 32, PEOPLE_PER_BLOCK), later)
    year = np.where(households.kin, year[households.head] + later, year)
    born = ((_folded(year) - 1970) * 365.2425).astype(np.int64)
    born[households.second_twin] = born[households.second_twin - 1]
    return born


def _folded(year: Floats) -> Floats:
    """Fold back what is outside the years of birth, so that nobody piles up at their ends."""
    end = LAST_YEAR + 0.99
    return np.asarray(end - np.abs(end - (FIRST_YEAR + 0.01 + np.abs(year - FIRST_YEAR - 0.01))))
