"""What departments wrote down about the people of one block, with everything that goes wrong."""

from collections.abc import Sequence
from datetime import date

import numpy as np

from demo.population import names
from demo.population.dice import Bools, Dice, Ints, Texts, Urn, scramble
from demo.population.misprints import misdate, misprint
from demo.population.people import WINDOW, People
from demo.population.rates import Rates

TYPED = (
    "given_name",
    "family_name",
    "date_of_birth",
    "email",
    "second_email",
    "phone",
    "street_address",
    "postal_code",
    "city",
    "national_id",
)
"""The attributes that people type or scanners read; the gender is picked from a list."""

PLACEHOLDERS: dict[str, tuple[str, ...]] = {
    "date_of_birth": ("1900-01-01",),
    "email": ("unknown@example.com", "unknown@example.com", "none.given@bank.example"),
    "phone": ("0000000000", "0000000000", "07700900199"),
    "street_address": ("TEST", "UNKNOWN"),
    "postal_code": ("TEST", "UNKNOWN"),
    "city": ("TEST", "UNKNOWN"),
    "national_id": ("0000000000",),
}
"""Attribute -> values that stand for none.  No rules file declares `none.given@bank.example` and
`07700900199`: a habit of this bank's own, which must not link strangers either."""

Columns = dict[str, Texts]


def records_of_block(
    people: People, dice: Dice, rates: Rates, coverage: Sequence[float]
) -> tuple[Columns, Ints, Ints]:
    """Write the records of a block's people, in no order.

    `coverage` gives for each source the chance that it has a person; everybody is in at least one.
    Returns the columns (text, None where missing), for each record the row of its person, and
    the position of its source.
    """
    person, source = _who_is_where(people, dice, rates, coverage)
    count = len(person)
    changed = dice.of("changed").integers(*WINDOW, count)
    columns = _names(people, person, changed, dice, rates)
    columns["date_of_birth"] = _birth_dates(people.bearers.born[person], dice, rates)
    columns["gender"] = _genders(people.gender[person], dice, rates)
    columns |= _contacts(people, person, changed)
    _spoil(columns, dice, rates)
    columns["modified_at"] = _text(changed.astype("datetime64[s]"))
    columns["key"] = _keys(dice, count)
    return columns, person, source


def _who_is_where(
    people: People, dice: Dice, rates: Rates, coverage: Sequence[float]
) -> tuple[Ints, Ints]:
    """Choose each person's sources, with a second record in one of them for some; then shuffle."""
    count, sources = len(people.bearers), len(coverage)
    present = dice.of("coverage").random((count, sources)) < np.array(coverage)
    first = Urn.of(range(sources), coverage).draw(dice.shares("first source", count))
    nowhere = ~present.any(axis=1)
    present[nowhere, first[nowhere]] = True
    person, source = np.nonzero(present)
    again = np.flatnonzero(dice.chance("twice", count, rates.twice))
    person = np.concatenate([person, again])
    source = np.concatenate(
        [source, (present * dice.of("twice where").random(present.shape))[again].argmax(axis=1)]
    )
    order = dice.of("order").permutation(len(person))
    return person[order], source[order]


def _names(people: People, person: Ints, changed: Ints, dice: Dice, rates: Rates) -> Columns:
    count = len(person)
    latin = dice.chance("other spelling", count, rates.other_spelling)
    codes = people.bearers.given[person]
    given = np.where(latin, names.GIVEN.latin[codes], names.GIVEN.native[codes])
    at = dice.shares("pet form", count) ** 2
    for row in np.flatnonzero(dice.chance("nickname", count, rates.nickname)):
        forms = names.PET_FORMS[codes[row]]
        if forms:
            given[row] = forms[int(at[row] * len(forms))]
    for row in np.flatnonzero(dice.chance("initial", count, rates.initial)):
        given[row] = given[row][0]
    unmarried = changed < people.married_at[person]
    codes = np.where(unmarried, people.birth_family[person], people.bearers.family[person])
    family = np.where(latin, names.FAMILY.latin[codes], names.FAMILY.native[codes])
    swapped = dice.chance("swapped names", count, rates.swapped_names)
    return {
        "given_name": np.where(swapped, family, given),
        "family_name": np.where(swapped, given, family),
    }


def _birth_dates(born: Ints, dice: Dice, rates: Rates) -> Texts:
    """Write the dates as 2001-12-31, day and month exchanged in some where that is a date."""
    dates = _text(born.astype("datetime64[D]"))
    for row in np.flatnonzero(dice.chance("day month", len(born), rates.swapped_day_month)):
        year, month, day = dates[row].split("-")
        if int(day) <= 12:
            dates[row] = f"{year}-{day}-{month}"
    return dates


def _genders(gender: Ints, dice: Dice, rates: Rates) -> Texts:
    wrong = dice.chance("wrong gender", len(gender), rates.wrong_gender)
    return np.array(names.GENDERS, dtype=object)[np.where(wrong, 1 - gender, gender)]


def _contacts(people: People, person: Ints, changed: Ints) -> Columns:
    """Where and how to reach people, by what was so when the record was changed last."""
    before = changed < people.moved_at[person]
    old, new = people.old_home, people.home
    return {
        "email": people.email[person],
        "second_email": people.second_email[person],
        "phone": people.phone[person],
        "street_address": np.where(before, old.street_address[person], new.street_address[person]),
        "postal_code": np.where(before, old.postal_code[person], new.postal_code[person]),
        "city": np.where(before, old.city[person], new.city[person]),
        "national_id": people.national_id[person],
    }


def _spoil(columns: Columns, dice: Dice, rates: Rates) -> None:
    """Leave values out, write placeholders for them, and mistype the others."""
    for name, values in columns.items():
        count = len(values)
        spoilt = np.zeros(count, dtype=bool)
        if not name.endswith("_name"):
            spoilt |= dice.chance(f"missing {name}", count, rates.missing)
            values[spoilt] = None
        if name in PLACEHOLDERS:
            stand_in = dice.chance(f"placeholder {name}", count, rates.placeholder) & ~spoilt
            pick = dice.of(f"pick {name}").integers(0, len(PLACEHOLDERS[name]), count)
            values[stand_in] = np.array(PLACEHOLDERS[name], dtype=object)[pick[stand_in]]
            spoilt |= stand_in
        if name in TYPED:
            _mistype(name, values, ~spoilt, dice, rates)


def _mistype(name: str, values: Texts, sound: Bools, dice: Dice, rates: Rates) -> None:
    count = len(values)
    rows = np.flatnonzero(dice.chance(f"typing {name}", count, rates.typing) & sound)
    sorts, places = dice.shares(f"sort {name}", count), dice.shares(f"place {name}", count)
    for row in rows:
        if name == "date_of_birth":
            born = date.fromisoformat(values[row])
            values[row] = misdate(born, sorts[row], places[row]).isoformat()
        else:
            values[row] = misprint(values[row], sorts[row], places[row])


def _keys(dice: Dice, count: int) -> Texts:
    """Keys that are unique in the population and tell nothing about whose record it is."""
    most = 65_536  # records of a block
    numbers = scramble(dice.block * most + np.arange(count), 2**38 - 1, key=1_618_033)
    return np.array([f"{number:012d}" for number in numbers], dtype=object)


def _text(moments: np.ndarray) -> Texts:
    """Write numpy's dates and moments, the latter with a space for the T."""
    return np.array([text.replace("T", " ") for text in moments.astype(str)], dtype=object)
