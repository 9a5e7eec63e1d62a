"""Addresses: made-up streets in real cities; neighbours share a postal code."""

from dataclasses import dataclass

import numpy as np

from demo.population.dice import Dice, Floats, Ints, Texts, Urn
from demo.population.lists import lines

_CITIES = [(city, area[0]) for city, area in lines("cities")]
_STREETS = dict(lines("streets"))
_CITY_NAMES = np.array([city for city, _ in _CITIES], dtype=object)
_AREAS = np.array([area for _, area in _CITIES], dtype=object)
_CITY_SHARES = (np.arange(len(_CITIES)) + 6) ** -0.9
_CITY_URN = Urn.of(range(len(_CITIES)), _CITY_SHARES)
_STREETS_IN = (_CITY_SHARES / _CITY_SHARES[0] * 2_500).astype(np.int64)
_LETTERS = "ABDEFGHJLNPQRSTUWXYZ"  # what the last two of a real code are made of
_TYPE_URN = Urn.of(range(len(_STREETS["types"])), 1 / (np.arange(len(_STREETS["types"])) + 1))


@dataclass(frozen=True)
class Addresses:
    """Columns of equal length, one address a row."""

    street_address: Texts
    postal_code: Texts
    city: Texts


def draw_addresses(dice: Dice, question: str, count: int) -> Addresses:
    """Draw homes; a city has streets by its size, and a street one postal code a 20 houses."""
    rng = dice.of(question)
    city = _CITY_URN.draw(rng.random(count))
    street = (rng.random(count) * _STREETS_IN[city]).astype(np.int64)
    number = 1 + (rng.random(count) ** 2 * 180).astype(np.int64)
    flat = np.where(rng.random(count) < 0.12, 1 + rng.integers(0, 30, count), 0)
    mixed = _mixed(city * 100_003 + street)
    return Addresses(
        _street_addresses(mixed, number, flat),
        _postal_codes(city, street, _mixed(mixed + number // 20)),
        _CITY_NAMES[city],
    )


def _mixed(numbers: Ints) -> Ints:
    """Scatter numbers, the same ones always to the same (the finaliser of splitmix64)."""
    bits = numbers.astype(np.uint64)
    bits = (bits ^ (bits >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    bits = (bits ^ (bits >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return (bits >> np.uint64(20)).astype(np.int64)


def _street_addresses(mixed: Ints, number: Ints, flat: Ints) -> Texts:
    names, types = _STREETS["names"], _STREETS["types"]
    shares: Floats = (mixed // len(names) % 9_973) / 9_973
    kinds = _TYPE_URN.draw(shares)
    rows = zip(mixed % len(names), kinds, number, flat, strict=True)
    return np.array(
        [
            f"{f'Flat {door}, ' if door else ''}{house} {names[name]} {types[kind]}"
            for name, kind, house, door in rows
        ],
        dtype=object,
    )


def _postal_codes(city: Ints, street: Ints, unit: Ints) -> Texts:
    """Area of the city, district of a hundred streets, then sector and unit of the street."""
    letters, size = _LETTERS, len(_LETTERS)
    rows = zip(_AREAS[city], 1 + street // 100 % 60, unit, strict=True)
    return np.array(
        [
            f"{area}{district} {code % 10}{letters[code // 10 % size]}{letters[code // 211 % size]}"
            for area, district, code in rows
        ],
        dtype=object,
    )
