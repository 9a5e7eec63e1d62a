"""How to reach somebody: the steps `email` and `phone`."""

import re

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberFormat, ValidationResult

from mdm.standardise.text import clean, transliterate

_WRAPPED = re.compile(r"[^<]*<([^<>]*)>")
_ADDRESS = re.compile(r"(?P<local>[^@\s<>,;]+)@(?P<domain>[^@\s<>,;.]+(?:\.[^@\s<>,;.]+)+)")
_GMAIL = frozenset({"gmail.com", "googlemail.com"})
_EXTENSION = re.compile(r"(?<=\d)[ ,.]*(?:;?ext(?:ension|n)?|x|#)[ .:=]*\d{0,6}$", re.I)
_NOT_DIALLED = re.compile(r"[^0-9+]+")
_FEWEST_DIGITS = 7
_MOST_DIGITS = 15


def email(text: str) -> str | None:
    """Write an e-mail address as its provider reads it; None if it does not look like one.

    Lower case; a name around it (`Ann <ann@x.org>`) and `mailto:` go; so does a tag behind a
    plus sign; googlemail.com is gmail.com, and there dots before the @ mean nothing.  No network
    is asked.
    """
    plain = clean(text).lower()
    wrapped = _WRAPPED.fullmatch(plain)
    bare = (wrapped[1] if wrapped else plain).strip().removeprefix("mailto:").strip(" .,;'\"")
    found = _ADDRESS.fullmatch(bare)
    if found is None:
        return None
    local, domain = found["local"], found["domain"]
    local = local.partition("+")[0] or local
    if domain in _GMAIL:
        local, domain = local.replace(".", "") or local, "gmail.com"
    return f"{local}@{domain}"


def phone(text: str, region: str | None = None) -> str | None:
    """Write a phone number in E.164 (`+442079460958`); None if it has too few or many digits.

    `region` (ISO 3166, two letters) says whose habits a number without a country code follows.
    Without it, or if the number has a length that the country does not know, its digits stay,
    if there are 7 to 15, with a plus sign if one was written.  Whether the number is in use, or
    in an area that exists, is not asked: the check would nearly double the time (19 µs on top of
    23), and a mistyped number still resembles the right one.  An extension is dropped.
    """
    dialled = _dialled(text)
    return _e164(dialled, region) or _plausible(dialled)


def _dialled(text: str) -> str:
    """Keep the digits and a plus before them; a leading 00 is a plus.

    libphonenumber would read letters by the keypad and stop at a mark that it does not know.
    """
    dialled = _NOT_DIALLED.sub("", _EXTENSION.sub("", transliterate(text)))
    digits = dialled.replace("+", "")
    if dialled.startswith("+"):
        return f"+{digits}"
    return f"+{digits[2:]}" if digits.startswith("00") else digits


def _e164(dialled: str, region: str | None) -> str | None:
    try:
        number = phonenumbers.parse(dialled, region)
    except NumberParseException:
        return None
    if phonenumbers.is_possible_number_with_reason(number) != ValidationResult.IS_POSSIBLE:
        return None
    return phonenumbers.format_number(number, PhoneNumberFormat.E164)


def _plausible(dialled: str) -> str | None:
    return dialled if _FEWEST_DIGITS <= len(dialled.removeprefix("+")) <= _MOST_DIGITS else None
