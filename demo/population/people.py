"""The true people, household by household, in blocks that do not depend on each other."""

from dataclasses import dataclass
from functools import cache

import numpy as np

from demo.population import names
from demo.population.contacts import Bearers, emails, mobile_numbers, national_ids
from demo.population.dice import Bools, Dice, Ints, Texts
from demo.population.households import (
    PEOPLE_PER_BLOCK,
    Households,
    birth_days_in,
    genders_in,
    households_of_block,
)
from demo.population.places import Addresses, draw_addresses
from demo.population.rates import Rates

WINDOW = (1_420_070_400, 1_767_225_600)  # when sources changed records: 2015 to 2025, seconds


@dataclass(frozen=True)
class People:
    """One block of true people, columns of equal length; names are codes of `names`.

    Records that were changed before `married_at` or `moved_at` (seconds since 1970, 0 for never)
    have the birth family name or the old home.
    """

    bearers: Bearers
    households: Households
    origin: Ints  # position in names.ORIGINS
    gender: Ints  # position in names.GENDERS
    birth_family: Ints
    married_at: Ints
    phone: Texts
    email: Texts
    second_email: Texts
    national_id: Texts
    moved_at: Ints
    old_home: Addresses
    home: Addresses


def people_of_block(dice: Dice, rates: Rates) -> People:
    """Make the PEOPLE_PER_BLOCK people of a block; the same for ever for (seed, block, rates)."""
    entity = dice.block * PEOPLE_PER_BLOCK + np.arange(PEOPLE_PER_BLOCK)
    households = households_of_block(dice, rates)
    origin = names.draw_origins(dice.shares("origin", PEOPLE_PER_BLOCK))
    origin = np.where(households.kin, origin[households.head], origin)
    gender = genders_in(households, dice)
    born = birth_days_in(households, dice)
    given = _given_names(dice, households, origin, gender, born)
    family, birth_family = _family_names(dice, households, origin, gender)
    bearers = Bearers(entity, given, family, born)
    phone, email = _contacts(dice, rates, households, bearers)
    return People(
        bearers=bearers,
        households=households,
        origin=origin,
        gender=gender,
        birth_family=birth_family,
        married_at=_moments(dice, "married", rates.married_name),
        phone=phone,
        email=email,
        second_email=emails(dice, "second e-mail", bearers),
        national_id=national_ids(entity),
        moved_at=_moments(dice, "moved", rates.moved)[households.head],
        old_home=_homes(dice, "old home", households),
        home=_homes(dice, "home", households),
    )


def _given_names(
    dice: Dice, households: Households, origin: Ints, gender: Ints, born: Ints
) -> Ints:
    """Names of the era; nobody in a family has another's, fathers and namesakes aside."""
    years = 1970 + born / 365.2425 + dice.of("era").normal(0, 9, len(born))
    given = names.draw_given(origin, gender, years, dice.shares("given", len(born)))
    _name_twins(dice, households, origin, gender, given)
    for attempt in range(20):
        again = _repeated(households, given)
        if not again.any():
            break
        at = dice.shares(f"given again {attempt}", len(born))
        given[again] = names.draw_given(origin[again], gender[again], years[again], at[again])
    given[households.namesake] = given[households.head[households.namesake]]
    return given


def _repeated(households: Households, given: Ints) -> Bools:
    """Tell whose given name an earlier one of the family has already."""
    _, first = np.unique(households.household * len(names.GIVEN.native) + given, return_index=True)
    repeated = households.kin.copy()
    repeated[first] = False
    return repeated


def _name_twins(
    dice: Dice, households: Households, origin: Ints, gender: Ints, given: Ints
) -> None:
    """Give half of the second twins a name with the first one's initial."""
    picks = dice.shares("twins", len(given))
    alike = dice.chance("twins alike", len(given), 0.5)
    for row in households.second_twin[alike[households.second_twin]]:
        initial = names.GIVEN.native[given[row - 1]][0]
        group = _by_initial(int(origin[row]), int(gender[row])).get(initial, [])
        if group:
            given[row] = group[int(picks[row] * len(group))]


@cache
def _by_initial(origin: int, gender: int) -> dict[str, list[int]]:
    return names.given_by_initial(origin, gender)


def _family_names(
    dice: Dice, households: Households, origin: Ints, gender: Ints
) -> tuple[Ints, Ints]:
    """Names today and at birth: a family's is its head's; one couple in seven keeps two."""
    count = len(origin)
    own = names.draw_families(origin, dice.shares("family", count))
    before = names.draw_families(origin, dice.shares("birth family", count))
    keeps = households.partner & dice.chance("keeps name", count, 1 / 7)
    family = np.where(households.kin & ~keeps, own[households.head], own)
    wife = households.parent & (gender == names.GENDERS.index("f")) & ~keeps
    return family, np.where(wife, before, family)


def _contacts(
    dice: Dice, rates: Rates, households: Households, bearers: Bearers
) -> tuple[Texts, Texts]:
    """Phones and e-mails: a person's own, or for a share of the household the head's."""
    phone, email = mobile_numbers(bearers.entity), emails(dice, "e-mail", bearers)
    shared = dice.chance("shared contact", len(phone), rates.shared_contact)
    mail_too = shared & dice.chance("shared e-mail", len(phone), 0.5)
    return (
        np.where(shared, phone[households.head], phone),
        np.where(mail_too, email[households.head], email),
    )


def _moments(dice: Dice, question: str, rate: float) -> Ints:
    """For a share of people a moment in the window, for the others 0."""
    happened = dice.chance(question, PEOPLE_PER_BLOCK, rate)
    at = dice.of(f"{question} at").integers(*WINDOW, PEOPLE_PER_BLOCK)
    return np.where(happened, at, 0)


def _homes(dice: Dice, question: str, households: Households) -> Addresses:
    """One home a household."""
    homes, head = draw_addresses(dice, question, PEOPLE_PER_BLOCK), households.head
    return Addresses(homes.street_address[head], homes.postal_code[head], homes.city[head])
