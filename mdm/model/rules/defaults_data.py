"""What a rules file need not say about values: the standardising steps and placeholders of a kind.

Plain data.  `DEFAULT_PLACEHOLDERS` become `Rules.placeholders` and `KIND_PLACEHOLDERS` an
attribute's own, when the rules file says nothing else.

A placeholder list is only as good as the people it does not wipe out, so a word stands here for a
kind only if next to nobody bears it.  Null, None, Test, Nil and Na are surnames or given names of
real people, therefore the general list has none of them: they count for other kinds alone, and
rules for data that is full of them add them ('TEST') to the attribute.
"""

from collections.abc import Mapping

from mdm.model.rules.rules import Kind

DEFAULT_STEPS: Mapping[Kind, tuple[str, ...]] = {
    Kind.GIVEN_NAME: ("name",),
    Kind.FAMILY_NAME: ("name",),
    Kind.FULL_NAME: ("name",),
    Kind.DATE_OF_BIRTH: ("date",),
    Kind.DATE: ("date",),
    Kind.GENDER: ("gender",),
    Kind.EMAIL: ("email",),
    Kind.PHONE: ("phone",),
    Kind.STREET_ADDRESS: ("address",),
    Kind.POSTAL_CODE: ("postal_code",),
    Kind.PLACE: ("latin", "words"),
    Kind.CATEGORY: ("latin", "words"),
    Kind.IDENTIFIER: ("identifier",),
    Kind.TEXT: ("latin", "words"),
}

DEFAULT_PLACEHOLDERS: tuple[str, ...] = (
    "unknown",
    "not known",
    "n/a",
    "not available",
    "not applicable",
    "not provided",
    "not given",
    "not specified",
    "unspecified",
    "undefined",
    "undisclosed",
    "withheld",
    "anonymous",
    "tbc",
    "tbd",
    "to be confirmed",
    "to follow",
    "unbekannt",
    "keine angabe",
    "inconnu",
    "inconnue",
    "non renseigné",
    "desconocido",
    "desconocida",
    "sconosciuto",
    "desconhecido",
    "onbekend",
    "nieznany",
    "neznámý",
    "неизвестно",
    "неизвестный",
)
"""Values of any kind that nobody has; letter case, accents and outer punctuation aside."""

_NOT_FOR_NAMES = (
    "na",
    "n.a.",
    "nil",
    "nan",
    "none",
    "null",
    "no",
    "blank",
    "empty",
    "missing",
    "test",
    "testing",
    "dummy",
    "default",
    "k.a.",
    "s/n",
)
_NAMES = (
    "no name",
    "noname",
    "name",
    "surname",
    "last name",
    "lastname",
    "family name",
    "first name",
    "firstname",
    "given name",
    "full name",
    "fnu",
    "lnu",
    "customer",
    "new customer",
    "account holder",
    "occupier",
    "the occupier",
    "the resident",
    "test customer",
    "test user",
    "test account",
)
_DATES = (
    *_NOT_FOR_NAMES,
    "1900-01-01",
    "1900-01-00",
    "1899-12-30",
    "1899-12-31",
    "1901-01-01",
    "1970-01-01",
    "1753-01-01",
    "0001-01-01",
    "1111-11-11",
    "9999-12-31",
    "9999-09-09",
    "2999-12-31",
    "2099-12-31",
)
_EMAILS = (*_NOT_FOR_NAMES, "no email", "noemail", "declined", "refused", "a@a.com", "x@x.com")
_PHONES = (*_NOT_FOR_NAMES, "no phone", "ex directory", "declined", "refused")
_ADDRESSES = (
    *_NOT_FOR_NAMES,
    "no address",
    "no fixed abode",
    "no fixed address",
    "homeless",
    "address unknown",
    "gone away",
    "return to sender",
)
_POSTAL_CODES = (*_NOT_FOR_NAMES, "ZZ99 3VZ", "ZZ99 3WZ", "ZZ99 9ZZ", "ZZ99 3CZ", "12345")

KIND_PLACEHOLDERS: Mapping[Kind, tuple[str, ...]] = {
    Kind.GIVEN_NAME: (*_NAMES, "baby boy", "baby girl", "male", "female"),
    Kind.FAMILY_NAME: _NAMES,
    Kind.FULL_NAME: (*_NAMES, "test test", "john q public"),
    Kind.DATE_OF_BIRTH: _DATES,
    Kind.DATE: _NOT_FOR_NAMES,
    Kind.GENDER: _NOT_FOR_NAMES,
    Kind.EMAIL: _EMAILS,
    Kind.PHONE: _PHONES,
    Kind.STREET_ADDRESS: _ADDRESSES,
    Kind.POSTAL_CODE: _POSTAL_CODES,
    Kind.PLACE: ("none", "null", "blank", "empty", "missing", "test", "dummy", "elsewhere"),
    Kind.CATEGORY: ("null", "nan", "blank", "empty", "missing"),
    Kind.IDENTIFIER: _NOT_FOR_NAMES,
    Kind.TEXT: ("null", "nan", "n.a.", "blank", "empty", "missing"),
}
"""Kind -> values that count as missing in attributes of that kind.

12345 is General Electric's own ZIP code, and what a form is fed with everywhere else.  ZZ99 is
the National Health Service's code for no fixed abode or an unknown address.
"""
