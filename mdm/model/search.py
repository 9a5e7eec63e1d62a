"""What golden records can be searched by: exact standardised values, one key a record and value."""

from dataclasses import dataclass
from typing import Literal

ValueKind = Literal["email", "phone", "identifier"]
SearchKind = Literal["email", "phone", "identifier", "name_date"]

SEPARATOR = "|"
"""Between the parts of a `name_date`; no standardised name holds it."""


@dataclass(frozen=True)
class SearchKey:
    """A kind of value and one standardised value of it, as the store keeps it for searching.

    `email`, `phone` and `identifier` cover every attribute of that kind; `name_date` is
    `family_name|given_name|date_of_birth`, e.g. `doe|jane|1980-02-29`.
    """

    kind: SearchKind
    value: str


@dataclass(frozen=True)
class ByValue:
    """Ask for the golden records that have a value, as anybody may write it."""

    kind: ValueKind
    value: str


@dataclass(frozen=True)
class ByName:
    """Ask for the golden records of a name with a date of birth, as anybody may write them."""

    given_name: str
    family_name: str
    date_of_birth: str


Search = ByValue | ByName


def name_date(given_name: str, family_name: str, date_of_birth: str) -> SearchKey:
    """Make the key of a name with a date of birth from their standardised values."""
    return SearchKey("name_date", SEPARATOR.join((family_name, given_name, date_of_birth)))
