"""Given and family names with frequencies that follow the era of birth and the origin.

A name is a code, an index into `GIVEN` or `FAMILY`.  Frequencies fall with the rank as Zipf's law
has it (shifted, as Mandelbrot: the first names of a list are nearly as frequent as each other).
"""

from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from demo.population.dice import Bools, Floats, Ints, Texts, Urn
from demo.population.lists import lines, spellings

ORIGINS = {
    "english": 0.81,
    "asian": 0.07,
    "polish": 0.03,
    "cyrillic": 0.025,
    "greek": 0.015,
    "turkish": 0.015,
    "western": 0.035,
}
"""Where a household's names come from, and the share of the households."""

GENDERS = ("f", "m")


@dataclass
class Names:
    """All names of one sort, by code: as their bearers write them, and in plain Latin letters."""

    spelled: dict[str, str]

    @cached_property
    def native(self) -> Texts:
        """The native spellings."""
        return np.array(list(self.spelled), dtype=object)

    @cached_property
    def latin(self) -> Texts:
        """The Latin spellings."""
        return np.array(list(self.spelled.values()), dtype=object)

    @cached_property
    def mail(self) -> Texts:
        """The names as they stand in an e-mail address: small Latin letters only."""
        plain = ("".join(filter(str.isalpha, name)).lower() for name in self.latin)
        return np.array(list(plain), dtype=object)

    def add(self, words: list[str]) -> list[int]:
        """Add the names that are new; return the codes of all, in order."""
        for word in words:
            native, latin = spellings(word)
            self.spelled.setdefault(native, latin)
        position = {name: code for code, name in enumerate(self.spelled)}
        return [position[spellings(word)[0]] for word in words]


def _falling(count: int, *, shift: float, power: float) -> Floats:
    """Weights of ranks 0, 1, 2, ... by Zipf and Mandelbrot: (rank + shift) ** -power."""
    return np.asarray((np.arange(count) + shift) ** -power)


def _given_urns(names: Names) -> dict[tuple[str, str], tuple[Ints, list[Urn]]]:
    """For each (origin, gender): the years of its eras, and the urn of each era."""
    eras: dict[tuple[str, str], list[tuple[int, Urn]]] = defaultdict(list)
    for heading, words in lines("given_names"):
        origin, gender, year = heading.split()
        codes = names.add(list(dict.fromkeys(words)))
        urn = Urn.of(codes, _falling(len(codes), shift=4, power=0.9))
        eras[origin, gender].append((int(year), urn))
    return {
        key: (np.array([year for year, _ in urns]), [urn for _, urn in urns])
        for key, urns in eras.items()
    }


def _composed(stems: list[str], endings: list[str]) -> list[str]:
    """Make the long tail of English surnames: every stem with every ending, in a fixed disorder."""
    every = [stem + ending for stem in stems for ending in endings]
    order = np.random.default_rng(1).permutation(len(every))
    return [every[index] for index in order]


def _family_urns(names: Names) -> dict[str, Urn]:
    """For each origin: the urn of its family names."""
    listed = dict(lines("family_names"))
    listed["english"] += _composed(listed.pop("stems"), listed.pop("endings"))
    urns = {}
    for origin, words in listed.items():
        codes = names.add(list(dict.fromkeys(words)))
        urns[origin] = Urn.of(codes, _falling(len(codes), shift=10, power=1.05))
    return urns


GIVEN = Names({})
FAMILY = Names({})
_GIVEN_URNS = _given_urns(GIVEN)
_FAMILY_URNS = _family_urns(FAMILY)
_PET_FORMS = dict(lines("nicknames"))

PET_FORMS: list[list[str]] = [_PET_FORMS.get(name, []) for name in GIVEN.native]
"""Given name's code -> its pet and short forms, the usual one first; often none."""

COMMON_FAMILY: Bools = np.isin(
    np.arange(len(FAMILY.native)),
    np.concatenate([urn.codes[:200] for urn in _FAMILY_URNS.values()]),
)
"""Family name's code -> whether it is among the 200 most frequent of its origin."""


def draw_origins(at: Floats) -> Ints:
    """Give origins, as positions in ORIGINS, that stand at these shares."""
    return Urn.of(range(len(ORIGINS)), list(ORIGINS.values())).draw(at)


def draw_families(origins: Ints, at: Floats) -> Ints:
    """Give a family name's code for each origin."""
    codes = np.zeros(len(origins), dtype=np.int64)
    for number, origin in enumerate(ORIGINS):
        here = origins == number
        codes[here] = _FAMILY_URNS[origin].draw(at[here])
    return codes


def draw_given(origins: Ints, genders: Ints, years: Floats, at: Floats) -> Ints:
    """Give a given name's code for each: `genders` are positions in GENDERS, `years` of birth.

    The nearest era counts; callers blur `years`, since fashions overlap.
    """
    codes = np.zeros(len(origins), dtype=np.int64)
    for (origin, gender), (middles, urns) in _GIVEN_URNS.items():
        here = (origins == list(ORIGINS).index(origin)) & (genders == GENDERS.index(gender))
        nearest = np.abs(years[:, None] - middles[None, :]).argmin(axis=1)
        for era, urn in enumerate(urns):
            cell = here & (nearest == era)
            codes[cell] = urn.draw(at[cell])
    return codes


def given_by_initial(origin: int, gender: int) -> dict[str, list[int]]:
    """Group the given names of an origin and a gender by their first letter."""
    groups: dict[str, list[int]] = defaultdict(list)
    _, urns = _GIVEN_URNS[list(ORIGINS)[origin], GENDERS[gender]]
    for code in dict.fromkeys(int(code) for urn in urns for code in urn.codes):
        groups[GIVEN.native[code][0]].append(code)
    return groups
