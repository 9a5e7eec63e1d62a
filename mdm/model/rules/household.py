"""What a household shares, compared together: surname, address, e-mail and phone in one comparison.

Each level says of three parts how far they agree: the surname, where somebody lives, the contacts.
The u of a level is measured on real pairs, relatives among them, so that agreeing on all three is
worth what it is worth and not three times as much.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from typing import Any

from mdm.model.rules.rules import Attribute, Kind

HOUSEHOLD_KINDS = (
    Kind.FAMILY_NAME,
    Kind.STREET_ADDRESS,
    Kind.POSTAL_CODE,
    Kind.PLACE,
    Kind.EMAIL,
    Kind.PHONE,
)
"""The kinds that the comparison is made of; of each kind the first attribute."""

_When = dict[str, str]
_Part = tuple[_When, float]
"""Predicates, and the default share of matches at that level of the part."""

_OPEN: _When = {}
"""Nothing is said of a part: it is missing, or it differs."""

_DEFAULT_U: Mapping[int, float] = {1: 0.0005, 2: 0.00003, 3: 0.00002}
"""Default u by how many of the parts agree; measured on the demo's bank, rounded."""
_DIFFERING_U = 0.3
_NEARBY_U = 0.02
_LEAST_M = 0.0005
ELSE_M = 0.01
"""The default share of matches at no level at all: everything moved, changed or is missing."""


def household_levels(attributes: Sequence[Attribute]) -> dict[str, Any]:
    """Write the comparison of the attributes (one of each kind), the strongest agreement first."""
    name = {attribute.kind: attribute.name for attribute in attributes}
    surname = name.get(Kind.FAMILY_NAME)
    parts = [(when, max(m, _LEAST_M)) for when, m in _combinations(name) if when]
    scale = (1 - ELSE_M) / sum(m for _, m in parts)
    nearby = list(_nearby(name))
    chances = [_NEARBY_U if when in nearby else _default_u(when) for when, _ in parts]
    levels: list[dict[str, Any]] = [
        {"when": when}
        | ({"term_frequency": surname} if surname and _by_chance(when, surname, nearby) else {})
        | {"m": round(m * scale, 6), "u": u}
        for (when, m), u in zip(parts, chances, strict=True)
    ]
    return {"levels": levels, "else": {"m": ELSE_M, "u": round(1 - sum(chances), 4)}}


def in_one_household(attributes: Sequence[Attribute]) -> dict[str, Any] | None:
    """Write what shows that two records are of one household, for comparisons beside it."""
    name = {attribute.kind: attribute.name for attribute in attributes}
    contacts = [when for when, _ in _contacts(name) if "same" in when.values()]
    homes = [when for when, _ in _homes(name) if when]
    if Kind.FAMILY_NAME in name:
        contacts += [{name[Kind.FAMILY_NAME]: "same", **home} for home in homes]
    return {"name": "in one household", "any_of": contacts} if contacts else None


def _by_chance(when: _When, surname: str, nearby: Sequence[_When]) -> bool:
    """Tell whether strangers who agree on this have their surname in common by chance.

    Those who share a contact or a home are relatives, however rare their name is.
    """
    others = {name: word for name, word in when.items() if name != surname and word != "differs"}
    return when.get(surname) == "same" and (not others or others in nearby)


def _combinations(name: Mapping[Kind, str]) -> Iterator[_Part]:
    """Combine the levels of the three parts; where only the surname agrees, look further around."""
    nearby = list(_nearby(name))
    for contact, surname, home in product(_contacts(name), _surnames(name), _homes(name)):
        m = contact[1] * surname[1] * home[1]
        if surname[0] and not home[0] and not contact[0]:
            yield from (({**surname[0], **near}, m / 2) for near in nearby)
        yield {**contact[0], **surname[0], **home[0]}, m
    yield from ((near, _LEAST_M) for near in nearby)


def _contacts(name: Mapping[Kind, str]) -> list[_Part]:
    """List how contacts agree: one is shared, both records have some and they differ, unknown."""
    held = [name[kind] for kind in (Kind.EMAIL, Kind.PHONE) if kind in name]
    shared: list[_Part] = [({each: "same"}, 0.3) for each in held]
    differing: list[_Part] = [({each: "differs"}, 0.1) for each in held]
    return [*shared, *differing, (_OPEN, 0.1 if held else 1.0)]


def _surnames(name: Mapping[Kind, str]) -> list[_Part]:
    if Kind.FAMILY_NAME not in name:
        return [(_OPEN, 1.0)]
    surname = name[Kind.FAMILY_NAME]
    return [({surname: "same"}, 0.75), ({surname: "similar 0.88"}, 0.2), (_OPEN, 0.05)]


def _homes(name: Mapping[Kind, str]) -> list[_Part]:
    homes: list[_Part] = []
    if Kind.STREET_ADDRESS in name:
        homes.append(({name[Kind.STREET_ADDRESS]: "similar 0.9"}, 0.7))
    if Kind.POSTAL_CODE in name:
        homes.append(({name[Kind.POSTAL_CODE]: "same"}, 0.1 if homes else 0.7))
    if Kind.POSTAL_CODE in name and Kind.STREET_ADDRESS not in name:
        homes.append(({name[Kind.POSTAL_CODE]: "typo 1"}, 0.1))
    return [*homes, (_OPEN, 0.15 if homes else 1.0)]


def _nearby(name: Mapping[Kind, str]) -> Iterator[_When]:
    if Kind.POSTAL_CODE in name:
        yield {name[Kind.POSTAL_CODE]: "area"}
    if Kind.PLACE in name:
        yield {name[Kind.PLACE]: "same"}
        yield {name[Kind.PLACE]: "similar 0.9"}


def _default_u(when: Mapping[str, str]) -> float:
    if set(when.values()) <= {"differs"}:
        return _DIFFERING_U
    return _DEFAULT_U[min(sum(word != "differs" for word in when.values()), 3)]
