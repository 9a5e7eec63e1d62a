"""What somebody hands in attribute by attribute: checked against the rules before it is used."""

from collections.abc import Iterator, Mapping

from mdm.model.errors import Fault, RecordInvalid
from mdm.model.records import Attributes, AttributeValue
from mdm.model.rules.rules import Attribute, Rules
from mdm.model.rules.vocabulary import DATES
from mdm.sources.values import BadValue, text_of, texts_of
from mdm.standardise import Standardiser

MOST_VALUES = 50
"""Values of one attribute: each takes a look-up for every rule, and two such rules multiply."""


def submitted_attributes(
    given: Mapping[str, object], rules: Rules, standardiser: Standardiser
) -> Attributes:
    """Bring attributes that came as JSON to texts; those without a value are absent.

    `standardiser` is that of `rules`.  RecordInvalid names every fault: an attribute that there is
    none of, a value of the wrong type, too long or unreadable, more than MOST_VALUES values, a date
    that is none.
    """
    known = {attribute.name: attribute for attribute in rules.attributes}
    unknown = f"is no attribute; the rules have: {', '.join(known)}"
    faults = [Fault(f"attributes.{name}", unknown) for name in given if name not in known]
    attributes: dict[str, AttributeValue] = {}
    for attribute in rules.attributes:
        try:
            value = _value(attribute, given.get(attribute.name))
        except BadValue as bad:
            faults.append(Fault(f"attributes.{attribute.name}", bad.reason))
            continue
        faults += _no_dates(attribute, value, standardiser)
        if value:
            attributes[attribute.name] = value
    if faults:
        raise RecordInvalid(faults)
    return attributes


def _value(attribute: Attribute, given: object) -> AttributeValue:
    if attribute.many:
        if isinstance(given, list) and len(given) > MOST_VALUES:
            raise BadValue(attribute.name, None, f"has more than {MOST_VALUES} values")
        return tuple(texts_of(attribute.name, given))
    return text_of(attribute.name, given) or ""


def _no_dates(
    attribute: Attribute, value: AttributeValue, standardiser: Standardiser
) -> Iterator[Fault]:
    """Find what stands for a date, is none, and is no placeholder either."""
    if attribute.kind not in DATES:
        return
    for text in (value,) if isinstance(value, str) else value:
        unreadable = text and standardiser.column(attribute.name, [text]) == [None]
        if unreadable and not standardiser.missing(attribute.name, text):
            wrong = "is no date; write it as year-month-day: 1980-02-29"
            yield Fault(f"attributes.{attribute.name}", wrong)
