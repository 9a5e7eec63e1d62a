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
"""The kinds that the comparison is made of."""
_OF_ONE = (Kind.FAMILY_NAME, Kind.PLACE)
"""Kinds of which it takes the first: a birth name and a place of birth are no household's."""

_When = dict[str, str]
_Part = tuple[_When, float]
"""Predicates, and the default share of matches at that level of the part."""

_Named = Mapping[Kind, Sequence[str]]
"""The names of the attributes of each kind."""

_OPEN: _When = {}
"""Nothing is said of a part: it is missing, or it differs."""

_DEFAULT_U: Mapping[int, float] = {1: 0.0005, 2: 0.00003, 3: 0.00002}
"""Default u by how many of the parts agree; measured on the demo's bank, rounded."""
_DIFFERING_U = 0.3
_ALL_DIFFERING_U = 0.6
_NEARBY_U = 0.02
_LEAST_M = 0.0005
ELSE_M = 0.01
"""The default share of matches at no level at all: everything moved, changed or is missing."""


def shared_by_households(attributes: Sequence[Attribute]) -> list[Attribute]:
    """Choose the attributes that families share: all phones of a person, and the first surname."""
    first = {each.kind: each for each in reversed(attributes)}
    return [
        each
        for each in attributes
        if each.kind in HOUSEHOLD_KINDS and (each.kind not in _OF_ONE or each is first[each.kind])
    ]


def household_levels(attributes: Sequence[Attribute]) -> dict[str, Any]:
    """Write the comparison of `shared_by_households`, the strongest agreement first."""
    named = _by_kind(attributes)
    surname = next(iter(named[Kind.FAMILY_NAME]), None)
    parts = [(when, max(m, _LEAST_M)) for when, m in _combinations(named) if when]
    scale = (1 - ELSE_M) / sum(m for _, m in parts)
    nearby = list(_nearby(named))
    chances = _chances([when for when, _ in parts], nearby)
    levels: list[dict[str, Any]] = [
        {"when": when}
        | ({"term_frequency": surname} if surname and _by_chance(when, surname, nearby) else {})
        | {"m": round(m * scale, 6), "u": u}
        for (when, m), u in zip(parts, chances, strict=True)
    ]
    return {"levels": levels, "else": {"m": ELSE_M, "u": round(1 - sum(chances), 4)}}


def in_one_household(attributes: Sequence[Attribute]) -> dict[str, Any] | None:
    """Write what shows that two records are of one household, for comparisons beside it."""
    named = _by_kind(attributes)
    contacts = [when for when, _ in _contacts(named) if "same" in when.values()]
    homes = [when for when, _ in _homes(named) if when]
    for surname in named[Kind.FAMILY_NAME]:
        contacts += [{surname: "same", **home} for home in homes]
    return {"name": "in one household", "any_of": contacts} if contacts else None


def _by_kind(attributes: Sequence[Attribute]) -> _Named:
    return {
        kind: [each.name for each in attributes if each.kind is kind] for kind in HOUSEHOLD_KINDS
    }


def _by_chance(when: _When, surname: str, nearby: Sequence[_When]) -> bool:
    """Tell whether strangers who agree on this have their surname in common by chance.

    Those who share a contact or a home are relatives, however rare their name is.
    """
    others = {name: word for name, word in when.items() if name != surname and word != "differs"}
    return when.get(surname) == "same" and (not others or others in nearby)


def _combinations(named: _Named) -> Iterator[_Part]:
    """Combine the levels of the three parts; where only the surname agrees, look further around."""
    nearby = list(_nearby(named))
    for contact, surname, home in product(_contacts(named), _surnames(named), _homes(named)):
        m = contact[1] * surname[1] * home[1]
        if surname[0] and not home[0] and not contact[0]:
            yield from (({**surname[0], **near}, m / 2) for near in nearby)
        yield {**contact[0], **surname[0], **home[0]}, m
    yield from ((near, _LEAST_M) for near in nearby)


def _contacts(named: _Named) -> list[_Part]:
    """List how contacts agree: one is shared, both records have some and they differ, unknown."""
    held = [*named[Kind.EMAIL], *named[Kind.PHONE]]
    shared: list[_Part] = [({each: "same"}, 0.3) for each in held]
    differing: list[_Part] = [({each: "differs"}, 0.1) for each in held]
    return [*shared, *differing, (_OPEN, 0.1 if held else 1.0)]


def _surnames(named: _Named) -> list[_Part]:
    for surname in named[Kind.FAMILY_NAME]:
        return [({surname: "same"}, 0.75), ({surname: "similar 0.88"}, 0.2), (_OPEN, 0.05)]
    return [(_OPEN, 1.0)]


def _homes(named: _Named) -> list[_Part]:
    streets, codes = named[Kind.STREET_ADDRESS], named[Kind.POSTAL_CODE]
    homes: list[_Part] = [({street: "similar 0.9"}, 0.7) for street in streets]
    homes += [({code: "same"}, 0.1 if streets else 0.7) for code in codes]
    if not streets:
        homes += [({code: "typo 1"}, 0.1) for code in codes]
    return [*homes, (_OPEN, 0.15 if homes else 1.0)]


def _nearby(named: _Named) -> Iterator[_When]:
    yield from ({code: "area"} for code in named[Kind.POSTAL_CODE])
    for place in named[Kind.PLACE]:
        yield {place: "same"}
        yield {place: "similar 0.9"}


def _chances(levels: Sequence[_When], nearby: Sequence[_When]) -> list[float]:
    """Give the default u of each level; the more contacts may differ, the less each says."""
    differing = sum(set(when.values()) == {"differs"} for when in levels)

    def chance(when: _When) -> float:
        if when in nearby:
            return _NEARBY_U
        agreeing = sum(word != "differs" for word in when.values())
        if not agreeing:
            return min(_DIFFERING_U, _ALL_DIFFERING_U / differing)
        return _DEFAULT_U[min(agreeing, 3)]

    return [chance(when) for when in levels]
