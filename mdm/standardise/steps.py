"""The standardising steps by the names that a rules file uses."""

from collections.abc import Callable, Mapping

from mdm.model.rules.rules import Attribute
from mdm.standardise.addresses import address
from mdm.standardise.codes import gender, identifier, postal_code
from mdm.standardise.contacts import email, phone
from mdm.standardise.dates import date
from mdm.standardise.names import name
from mdm.standardise.text import latin, words

Step = Callable[[str, Attribute], str | None]
"""A text and the attribute it belongs to -> its form after the step, or None if unusable."""

STEPS: Mapping[str, Step] = {
    "latin": lambda text, _: latin(text),
    "words": lambda text, _: words(text),
    "name": lambda text, attribute: name(text, attribute.kind),
    "date": lambda text, attribute: date(text, attribute.date_format),
    "gender": lambda text, _: gender(text),
    "email": lambda text, _: email(text),
    "phone": lambda text, attribute: phone(text, attribute.region),
    "address": lambda text, _: address(text),
    "postal_code": lambda text, _: postal_code(text),
    "identifier": lambda text, _: identifier(text),
}


def apply_steps(text: str, attribute: Attribute) -> str | None:
    """Bring a text to one form by the attribute's steps in order; None once one cannot."""
    form: str | None = text
    for step in attribute.standardise:
        form = form and STEPS[step](form, attribute)
    return form or None
