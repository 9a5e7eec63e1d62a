"""What follows from the kinds: the sections of a rules file that a short file leaves out.

In: the attributes.  Out: the sections as plain data, in the form of the file itself, so that
`mdm rules expand` can print them and the one validator checks them.  The reasons for the choices
and their measurements are in `docs/adr/`.
"""

from collections.abc import Sequence
from typing import Any

from mdm.model.rules.comparison_kinds import comparisons
from mdm.model.rules.defaults_data import DEFAULT_PLACEHOLDERS, DEFAULT_STEPS, KIND_PLACEHOLDERS
from mdm.model.rules.rules import Attribute, Kind

LINK_BITS = 0.0
REVIEW_BITS = -6.0
DETERMINISTIC_RECALL = 0.7
"""The share of matches that the deterministic rules are taken to find; only where the prior's
estimation starts (`mdm.matching.calibration` goes on from there)."""

ADDRESS_KINDS = (Kind.STREET_ADDRESS, Kind.POSTAL_CODE, Kind.PLACE)
Term = tuple[Kind, str]

_ALONE: tuple[Term, ...] = (
    (Kind.IDENTIFIER, ""),
    (Kind.EMAIL, ""),
    (Kind.EMAIL, ".local"),
    (Kind.PHONE, ""),
    (Kind.PHONE, ".tail"),
    (Kind.STREET_ADDRESS, ""),
    (Kind.POSTAL_CODE, ""),
    (Kind.DATE_OF_BIRTH, ""),
    (Kind.FAMILY_NAME, ""),
    (Kind.FAMILY_NAME, ".sound"),
    (Kind.FULL_NAME, ".sorted"),
    (Kind.FULL_NAME, ".last"),
    (Kind.PLACE, ""),
)
"""What makes a pair worth comparing alone.

Training leaves out what is too common in a store, or finds nothing that the others do not.
"""

_TOGETHER: tuple[tuple[Term, Term], ...] = (
    ((Kind.GIVEN_NAME, ".start"), (Kind.FAMILY_NAME, ".sound")),
    ((Kind.GIVEN_NAME, ".sound"), (Kind.FAMILY_NAME, ".start")),
    ((Kind.GIVEN_NAME, ""), (Kind.FAMILY_NAME, ".initial")),
    ((Kind.GIVEN_NAME, ".initial"), (Kind.FAMILY_NAME, ".start")),
    ((Kind.DATE_OF_BIRTH, ""), (Kind.GIVEN_NAME, ".start")),
    ((Kind.DATE_OF_BIRTH, ""), (Kind.FAMILY_NAME, ".start")),
    ((Kind.DATE_OF_BIRTH, ""), (Kind.POSTAL_CODE, ".area")),
    ((Kind.DATE_OF_BIRTH, ""), (Kind.PLACE, "")),
    ((Kind.DATE_OF_BIRTH, ".year"), (Kind.FAMILY_NAME, ".sound")),
    ((Kind.DATE_OF_BIRTH, ".month_day"), (Kind.FAMILY_NAME, ".start")),
    ((Kind.DATE_OF_BIRTH, ".year"), (Kind.GIVEN_NAME, ".start")),
    ((Kind.DATE_OF_BIRTH, ".month_day"), (Kind.GIVEN_NAME, ".start")),
    ((Kind.DATE_OF_BIRTH, ".year_month"), (Kind.GIVEN_NAME, ".initial")),
    ((Kind.DATE_OF_BIRTH, ".year_month"), (Kind.FAMILY_NAME, ".initial")),
    ((Kind.PLACE, ""), (Kind.GIVEN_NAME, ".start")),
    ((Kind.PLACE, ""), (Kind.FAMILY_NAME, ".start")),
    ((Kind.PLACE, ""), (Kind.DATE_OF_BIRTH, ".year")),
    ((Kind.POSTAL_CODE, ".area"), (Kind.GIVEN_NAME, ".start")),
    ((Kind.POSTAL_CODE, ".area"), (Kind.FAMILY_NAME, ".sound")),
    ((Kind.POSTAL_CODE, ".area"), (Kind.DATE_OF_BIRTH, ".year")),
)
"""What makes a pair worth comparing together: a misspelling of one leaves several others."""

_IN_FULL_NAME: dict[Term, Term] = {
    (Kind.GIVEN_NAME, ""): (Kind.FULL_NAME, ".first"),
    (Kind.GIVEN_NAME, ".start"): (Kind.FULL_NAME, ".first"),
    (Kind.FAMILY_NAME, ".initial"): (Kind.FULL_NAME, ".last"),
    (Kind.FAMILY_NAME, ".start"): (Kind.FULL_NAME, ".last"),
    (Kind.FAMILY_NAME, ".sound"): (Kind.FULL_NAME, ".last"),
}
"""What stands for given and family name where a record has only the full one."""


def defaults_for(entity: str, attributes: tuple[Attribute, ...]) -> dict[str, Any]:  # noqa: ARG001
    """Write every section of a rules file but `entity`, for attributes of these kinds.

    People and organisations are told apart by the kinds of their attributes so far.
    """
    return {
        "attributes": {attribute.name: _attribute(attribute) for attribute in attributes},
        "placeholders": list(DEFAULT_PLACEHOLDERS),
        "blocking": [{"name": " + ".join(on), "on": on} for on in _blocking(attributes)],
        "comparisons": comparisons(attributes),
        "training": _training(attributes),
        "thresholds": {"link": LINK_BITS, "review": REVIEW_BITS},
        "survivorship": _survivorship(attributes),
    }


def _attribute(attribute: Attribute) -> dict[str, Any]:
    """Complete an attribute; placeholders that it names come beside those of its kind."""
    usual = KIND_PLACEHOLDERS.get(attribute.kind, ())
    return {
        "standardise": list(attribute.standardise or DEFAULT_STEPS[attribute.kind]),
        "placeholders": list(dict.fromkeys([*attribute.placeholders, *usual])),
    }


def _blocking(attributes: Sequence[Attribute]) -> list[list[str]]:
    alone = [[a.name + feature] for kind, feature in _ALONE for a in attributes if a.kind is kind]
    together = [_terms(attributes, pair) for pair in _TOGETHER]
    return _distinct([*alone, *together])


def _terms(attributes: Sequence[Attribute], pair: tuple[Term, Term]) -> list[str]:
    """Name the terms of a pair; none when the attributes lack one of them."""
    kinds = {attribute.kind for attribute in attributes}
    chosen = [term if term[0] in kinds else _IN_FULL_NAME.get(term, term) for term in pair]
    if any(kind not in kinds for kind, _ in chosen) or chosen[0] == chosen[1]:
        return []
    return [_of(attributes, kind)[0] + feature for kind, feature in chosen]


def _distinct(lists: Sequence[list[str]]) -> list[list[str]]:
    return [list(each) for each in dict.fromkeys(tuple(each) for each in lists) if each]


def _of(attributes: Sequence[Attribute], *kinds: Kind) -> list[str]:
    return [a.name for kind in kinds for a in attributes if a.kind is kind]


def _training(attributes: Sequence[Attribute]) -> dict[str, Any]:
    """Choose blocks so that each comparison is outside of at least one of them."""
    given = _of(attributes, Kind.GIVEN_NAME, Kind.FULL_NAME)[:1]
    family = _of(attributes, Kind.FAMILY_NAME)[:1]
    birth = _of(attributes, Kind.DATE_OF_BIRTH)[:1]
    where = _of(attributes, Kind.POSTAL_CODE, Kind.STREET_ADDRESS, Kind.PLACE)[:1]
    once = [a.name for a in attributes if a.kind is Kind.IDENTIFIER and a.once and not a.many]
    names = given + family
    proof = [each for each in ([*names, *birth], [*names, *where]) if len(each) > len(names)]
    return {
        "blocks": _distinct([birth, names, [*given, *where], where, once[:1], given]),
        "deterministic": _distinct([once[:1], *(each for each in proof if len(each) > 1)]),
        "recall": DETERMINISTIC_RECALL,
    }


def _survivorship(attributes: Sequence[Attribute]) -> dict[str, Any]:
    address = _of(attributes, *ADDRESS_KINDS)
    return {
        "default": ["trust", "recent", "frequent", "longest"],
        "attributes": {name: ["recent", "trust", "frequent", "longest"] for name in address},
        "groups": {"address": address} if len(address) > 1 else {},
    }
