"""What a golden record or a source record is called on a page, by the kinds of its attributes."""

from collections.abc import Mapping

from mdm.model.records import AttributeValue
from mdm.model.rules.rules import Kind, Rules

_NAMES = (Kind.FULL_NAME, Kind.GIVEN_NAME, Kind.FAMILY_NAME)
_ELSE = 2


def called(attributes: Mapping[str, AttributeValue], rules: Rules) -> str:
    """Name a record: by its names, else by its first values; `(no name)` when it says nothing."""
    names = [
        text(attributes[each.name])
        for kind in _NAMES
        for each in rules.attributes
        if each.kind == kind and attributes.get(each.name)
    ]
    if names:
        return " ".join(names)
    others = [text(value) for value in attributes.values() if value][:_ELSE]
    return ", ".join(others) or "(no name)"


def born(attributes: Mapping[str, AttributeValue], rules: Rules) -> str | None:
    """Tell the birth date, None where there is none."""
    for each in rules.attributes:
        if each.kind == Kind.DATE_OF_BIRTH and attributes.get(each.name):
            return text(attributes[each.name])
    return None


def text(value: AttributeValue) -> str:
    """Write a value; several ones with a comma between."""
    return value if isinstance(value, str) else ", ".join(value)


def title(attribute: str) -> str:
    """Write an attribute's name as words: `date_of_birth` is `date of birth`."""
    return attribute.replace("_", " ")
