"""Features: a part or an aspect of a standardised value that blocking and comparing may use."""

import re
from collections.abc import Callable, Mapping

import jellyfish

from mdm.model.rules.rules import Kind
from mdm.model.rules.vocabulary import FEATURES

_START = 4
_TAIL = 7
_FULL_DATE = 10
_UK = re.compile(r"([A-Z]{1,2}\d[A-Z\d]?)(?:\d[A-Z]{2})?")
_AREA = 3
_NOT_A_HOUSE = frozenset({"flat", "fl", "box", "ste", "rte", "hwy"})


def feature(kind: Kind, name: str, value: str) -> str | None:
    """Take a feature (a word of `vocabulary.FEATURES`) from a standardised value.

    None when the value does not have it: a year alone has no month and day, 'the cottage' no
    house number.  KeyError when there is no such feature for the kind.
    """
    return taking(kind, name)(value) or None


def taking(kind: Kind, name: str) -> Callable[[str], str | None]:
    """Give what takes a feature, as `feature` does; what it gives may be empty."""
    if kind not in FEATURES[name].kinds:
        raise KeyError(f"{name} of {kind}")
    return _TAKE[name]


def _year_month(value: str) -> str | None:
    return value[:7] if len(value) >= 7 else None


def _month_day(value: str) -> str | None:
    return value[5:] if len(value) == _FULL_DATE else None


def _tail(value: str) -> str | None:
    digits = value.removeprefix("+")
    return digits[-_TAIL:] if len(digits) >= _TAIL else None


def _area(value: str) -> str | None:
    """UK outward code (`SW1A`), else the first three: ZIP3, Canadian and Irish area, PIN district.

    A code of three characters or fewer names no wider area unless it is an outward code itself.
    """
    found = _UK.fullmatch(value)
    if found is not None:
        return found[1]
    return value[:_AREA] if len(value) > _AREA else None


def _number(value: str) -> str | None:
    tokens = value.split()
    for before, token in zip(["", *tokens], tokens, strict=False):
        if token[0].isdigit() and before not in _NOT_A_HOUSE:
            return token
    return None


_TAKE: Mapping[str, Callable[[str], str | None]] = {
    "initial": lambda value: value[:1],
    "start": lambda value: value[:_START],
    "first": lambda value: value.partition(" ")[0],
    "last": lambda value: value.rpartition(" ")[2],
    "sound": jellyfish.metaphone,
    "sorted": lambda value: " ".join(sorted(value.split())),
    "year": lambda value: value[:4],
    "year_month": _year_month,
    "month_day": _month_day,
    "local": lambda value: value.partition("@")[0],
    "tail": _tail,
    "area": _area,
    "number": _number,
}
