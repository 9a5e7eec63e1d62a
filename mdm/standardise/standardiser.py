"""The standardiser: the steps and placeholders of a set of rules, applied to values."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import lru_cache

from mdm.model.records import Attributes, AttributeValue
from mdm.model.rules.defaults_data import DEFAULT_STEPS
from mdm.model.rules.rules import Attribute, Rules
from mdm.standardise.placeholders import Placeholders
from mdm.standardise.steps import apply_steps

_REMEMBERED = 2**15
"""Values of one attribute that are remembered, about 10 MB; the least recently used go."""


class Standardiser:
    """Brings values to one form by the rules; pure, and remembers values it has seen of late.

    An attribute that names no steps gets those of its kind.
    """

    def __init__(self, rules: Rules) -> None:
        self._usable: dict[str, Callable[[str], str | None]] = {}
        self._missing: dict[str, Callable[[str], bool]] = {}
        for attribute in rules.attributes:
            stepped = _with_steps(attribute)
            placeholders = Placeholders(stepped, rules.placeholders)
            self._usable[attribute.name] = _usable(stepped, placeholders)
            self._missing[attribute.name] = _missing(stepped, placeholders)

    def attributes(self, values: Attributes) -> dict[str, AttributeValue]:
        """Standardise one record's attributes; those with nothing usable are absent.

        Of an attribute with several values the distinct ones remain, in order.  KeyError for an
        attribute that the rules do not have.
        """
        standardised: dict[str, AttributeValue] = {}
        for name, value in values.items():
            result = self._value(name, value)
            if result:
                standardised[name] = result
        return standardised

    def column(self, name: str, values: Iterable[str]) -> list[str | None]:
        """Standardise many values of one attribute; None where one is missing or unusable."""
        return list(map(self._usable[name], values))

    def missing(self, name: str, value: str) -> bool:
        """Tell whether a value of an attribute says nothing: empty, or a placeholder ('n/a')."""
        return self._missing[name](value)

    def _value(self, name: str, value: AttributeValue) -> AttributeValue | None:
        if isinstance(value, str):
            return self._usable[name](value)
        distinct = dict.fromkeys(self.column(name, value))
        return tuple(form for form in distinct if form is not None)


def _with_steps(attribute: Attribute) -> Attribute:
    if attribute.standardise:
        return attribute
    return replace(attribute, standardise=DEFAULT_STEPS[attribute.kind])


def _usable(attribute: Attribute, placeholders: Placeholders) -> Callable[[str], str | None]:
    @lru_cache(maxsize=_REMEMBERED)
    def usable(text: str) -> str | None:
        form = apply_steps(text, attribute)
        return None if placeholders.covers(text, form) else form

    return usable


def _missing(attribute: Attribute, placeholders: Placeholders) -> Callable[[str], bool]:
    def missing(text: str) -> bool:
        return placeholders.covers(text, apply_steps(text, attribute))

    return missing
