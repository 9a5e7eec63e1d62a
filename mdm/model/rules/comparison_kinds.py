"""How attributes of each kind are compared: the comparisons that follow from the kinds.

Surname, address, phone and e-mail go together in a household.  Added up as if they were
independent they outweigh a differing first name and birth date, so they are one comparison
(docs/adr/0003), and every level says whether the contacts agree, differ, or are missing.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from mdm.model.rules.household import (
    household_levels,
    in_one_household,
    shared_by_households,
)
from mdm.model.rules.rules import Attribute, Kind

_Predicates = Mapping[str, tuple[float, float]]
"""Predicate -> default m and u: for stores too small to train on, measured on the demo's bank."""

_GIVEN_NAME: _Predicates = {
    "same": (0.69, 0.003),
    "nickname": (0.04, 0.002),
    "crossed": (0.01, 0.000001),
    "similar 0.92": (0.13, 0.0012),
    "initial": (0.02, 0.0012),
    "similar 0.8": (0.07, 0.005),
    "else": (0.04, 0.987),
}
_PREDICATES: Mapping[Kind, _Predicates] = {
    Kind.FULL_NAME: {
        "same": (0.5, 0.0001),
        "similar 0.95": (0.15, 0.0001),
        "words 1": (0.15, 0.001),
        "similar 0.88": (0.1, 0.002),
        "else": (0.1, 0.997),
    },
    Kind.FAMILY_NAME: {
        "same": (0.7, 0.001),
        "similar 0.92": (0.15, 0.0005),
        "similar 0.8": (0.05, 0.004),
        "else": (0.1, 0.994),
    },
    Kind.DATE_OF_BIRTH: {
        "same": (0.77, 0.00005),
        "swapped": (0.006, 0.00002),
        "typo 1": (0.14, 0.001),
        "year_month": (0.025, 0.0006),
        "month_day": (0.007, 0.0022),
        "year": (0.03, 0.011),
        "days 3652": (0.012, 0.22),
        "else": (0.01, 0.764),
    },
    Kind.DATE: {
        "same": (0.7, 0.0005),
        "typo 1": (0.1, 0.003),
        "year": (0.1, 0.05),
        "else": (0.1, 0.94),
    },
    Kind.EMAIL: {
        "same": (0.6, 0.00005),
        "local": (0.05, 0.00001),
        "similar 0.92": (0.1, 0.0001),
        "else": (0.25, 0.999),
    },
    Kind.PHONE: {"same": (0.65, 0.00005), "typo 1": (0.1, 0.00001), "else": (0.25, 0.999)},
    Kind.IDENTIFIER: {
        "same": (0.77, 0.00001),
        "typo 1": (0.2, 0.00002),
        "typo 2": (0.02, 0.0001),
        "else": (0.01, 0.998),
    },
    Kind.STREET_ADDRESS: {
        "same": (0.6, 0.0003),
        "similar 0.92": (0.15, 0.0003),
        "words 0.6": (0.1, 0.002),
        "else": (0.15, 0.997),
    },
    Kind.POSTAL_CODE: {
        "same": (0.7, 0.0003),
        "typo 1": (0.1, 0.0005),
        "area": (0.05, 0.002),
        "else": (0.15, 0.997),
    },
    Kind.PLACE: {"same": (0.8, 0.03), "similar 0.9": (0.08, 0.005), "else": (0.12, 0.965)},
    Kind.TEXT: {"same": (0.5, 0.001), "words 0.6": (0.2, 0.01), "else": (0.3, 0.989)},
    Kind.GENDER: {"same": (0.98, 0.5), "else": (0.02, 0.5)},
    Kind.CATEGORY: {"same": (0.9, 0.15), "else": (0.1, 0.85)},
}
_BESIDE_U: Mapping[Kind, Mapping[str, float]] = {
    Kind.GIVEN_NAME: {
        "same": 0.03,
        "nickname": 0.003,
        "crossed": 0.0001,
        "similar 0.92": 0.005,
        "initial": 0.002,
        "similar 0.8": 0.006,
        "else": 0.95,
    },
    Kind.DATE_OF_BIRTH: {
        "same": 0.01,
        "swapped": 0.00005,
        "typo 1": 0.003,
        "year_month": 0.002,
        "month_day": 0.002,
        "year": 0.028,
        "days 3652": 0.25,
        "else": 0.7,
    },
    Kind.GENDER: {"same": 0.98, "else": 0.02},
}
"""Default u where something is beside: two of one household that are namesakes or twins, and the
genders of two people of one given name."""
_BY_RARITY = frozenset(
    {
        Kind.GIVEN_NAME,
        Kind.FAMILY_NAME,
        Kind.FULL_NAME,
        Kind.DATE_OF_BIRTH,
        Kind.PLACE,
        Kind.CATEGORY,
        Kind.POSTAL_CODE,
        Kind.STREET_ADDRESS,
    }
)
"""Kinds of which agreement on a rare value says more than on a common one."""


def comparisons(attributes: Sequence[Attribute]) -> dict[str, Any]:
    """Write the section `comparisons` for attributes of these kinds."""
    first = {a.kind: a for a in reversed(attributes)}
    family = first.get(Kind.FAMILY_NAME)
    shared = shared_by_households(attributes)
    if len(shared) < 2:
        shared = []
    written: dict[str, Any] = {}
    for attribute in attributes:
        # a full name beside a family name would count the same letters twice
        redundant = attribute.kind is Kind.FULL_NAME and family is not None
        if attribute not in shared and not redundant:
            beside = _beside(attribute.kind, first.get(Kind.GIVEN_NAME), shared)
            written[attribute.name] = _comparison(attribute, family, beside)
    if shared:
        name = "household" if "household" not in written else "household_contacts"
        written[name] = household_levels(shared)
    return written


def _beside(
    kind: Kind, given: Attribute | None, shared: Sequence[Attribute]
) -> dict[str, Any] | None:
    """Write beside what attributes of a kind go together otherwise than by chance, if anything."""
    if kind in (Kind.GIVEN_NAME, Kind.DATE_OF_BIRTH):
        return in_one_household(shared)
    if kind is Kind.GENDER and given is not None:
        alike = [{given.name: word} for word in ("same", "nickname", "similar 0.92")]
        return {"name": "with given names alike", "any_of": alike}
    return None


def _comparison(
    attribute: Attribute, family: Attribute | None, beside: dict[str, Any] | None
) -> dict[str, Any]:
    *levels, otherwise = _predicates(attribute, family)
    by_rarity = attribute.kind in _BY_RARITY and not attribute.many
    beside_u = _BESIDE_U[attribute.kind] if beside else {}

    def chances(predicate: str, m: float, u: float) -> dict[str, float]:
        word = "crossed" if predicate.startswith("crossed") else predicate
        return {"m": m, "u": u} | ({"beside_u": beside_u[word]} if beside else {})

    return ({"beside": beside} if beside else {}) | {
        "levels": [
            {"when": {attribute.name: predicate}}
            | ({"term_frequency": attribute.name} if by_rarity and predicate == "same" else {})
            | chances(predicate, *defaults)
            for predicate, defaults in levels
        ],
        "else": chances(otherwise[0], *otherwise[1]),
    }


def _predicates(
    attribute: Attribute, family: Attribute | None
) -> Iterator[tuple[str, tuple[float, float]]]:
    if attribute.kind is not Kind.GIVEN_NAME:
        yield from _PREDICATES[attribute.kind].items()
        return
    for predicate, chances in _GIVEN_NAME.items():
        if predicate != "crossed":
            yield predicate, chances
        elif family is not None:
            yield f"crossed {family.name}", chances
