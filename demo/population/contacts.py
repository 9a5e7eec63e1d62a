"""What identifies a person or reaches one: national identifiers, phone numbers, e-mails.

Numbers are one-to-one with the people, by arithmetic, so that ten million people in independent
blocks never share one by accident.
"""

from dataclasses import dataclass

import numpy as np

from demo.population import names
from demo.population.dice import Dice, Ints, Texts, Urn, scramble
from demo.population.lists import lines

_LISTED = dict(lines("contacts"))
_MOBILE = _LISTED["mobile prefixes"]
_PROVIDERS = _LISTED["mail providers"]
_PROVIDER_URN = Urn.of(range(len(_PROVIDERS)), 1 / (np.arange(len(_PROVIDERS)) + 1.5))


@dataclass(frozen=True)
class Bearers:
    """What names and numbers are made from, columns of equal length.

    `entity` is the true person's number, `given` and `family` are codes of `names`, `born` is in
    days since 1970-01-01.
    """

    entity: Ints
    given: Ints
    family: Ints
    born: Ints

    def __len__(self) -> int:
        """How many people."""
        return len(self.entity)


def mobile_numbers(entity: Ints) -> Texts:
    """Give everybody a number of one's own, such as 07400123456."""
    scattered = scramble(entity, len(_MOBILE) * 10**7, key=271_828_183)
    rows = zip(scattered // 10**7, scattered % 10**7, strict=True)
    return np.array([f"0{_MOBILE[prefix]}{rest:07d}" for prefix, rest in rows], dtype=object)


def national_ids(entity: Ints) -> Texts:
    """Give everybody ten digits for life, the last a check digit by Luhn's formula."""
    number = 100_000_000 + scramble(entity, 900_000_000, key=141_421_356)
    digits = number[:, None] // 10 ** np.arange(9) % 10  # from the right
    doubled = digits[:, ::2] * 2
    total = np.where(doubled > 9, doubled - 9, doubled).sum(axis=1) + digits[:, 1::2].sum(axis=1)
    return np.array([f"{n}{c}" for n, c in zip(number, -total % 10, strict=True)], dtype=object)


def emails(dice: Dice, question: str, bearers: Bearers) -> Texts:
    """Give everybody an address made of the name, the birth year or digits, and a provider.

    Bearers of common surnames have six digits, as their shorter addresses are taken.
    """
    patterns = dice.of(question).integers(0, 5, len(bearers))
    providers = _PROVIDER_URN.draw(dice.shares(f"{question} provider", len(bearers)))
    digits = scramble(bearers.entity, 1_000_000, key=577_215 * len(question))
    rows = zip(
        patterns,
        names.GIVEN.mail[bearers.given],
        names.FAMILY.mail[bearers.family],
        _tails(bearers, digits),
        (_PROVIDERS[provider] for provider in providers),
        strict=True,
    )
    return np.array([_address(*row) for row in rows], dtype=object)


def _tails(bearers: Bearers, digits: Ints) -> list[str]:
    """Take the birth year for one in three of those with a rare surname, digits for the others."""
    years = 1970 + bearers.born // 365.2425
    rows = zip(names.COMMON_FAMILY[bearers.family], years.astype(np.int64), digits, strict=True)
    return [
        f"{number:06d}" if common else str(year) if number % 3 == 0 else f"{number % 10_000:04d}"
        for common, year, number in rows
    ]


def _address(pattern: int, given: str, family: str, tail: str, provider: str) -> str:
    local = (
        f"{given}.{family}{tail}",
        f"{given}{family}{tail}",
        f"{given[0]}.{family}{tail}",
        f"{family}.{given}{tail}",
        f"{given}_{family}.{tail}",
    )[pattern]
    return f"{local}@{provider}"
