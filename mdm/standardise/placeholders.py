"""Which values only fill a field: declared placeholders, and what needs no declaring."""

import re
from collections.abc import Callable, Iterable, Mapping

from mdm.model.rules.rules import Attribute, Kind
from mdm.model.rules.vocabulary import NAMES, WORDY
from mdm.standardise.codes import identifier
from mdm.standardise.steps import apply_steps
from mdm.standardise.text import latin, transliterate

_OUTER_MARKS = ' .,;:!?*"-_/\\'
_NOTHING = re.compile(r"\\n|[<(\[{#\\]+\s*(?:null|none|nan|na|n/a|nil|nat|blank|empty)\W*")
_KEYBOARD = re.compile(r"(?:asdf|sdfg|hjkl|qwer|azerty|zxcv|yxcv).*")

_ONE_LETTER = re.compile(r"(.)\1{2,}")
_NUMERALS = "01234567890123456789"
_RUNS = (_NUMERALS, _NUMERALS[::-1])
_FEWEST_DIGITS = 7
_ONE_DIGIT = re.compile(r"(?:\+\d{0,3})?(\d)\1{4,}")
_CODE_FILLER = re.compile(r"0{3,}|9{4,}|X{3,}")
_ONE_CHARACTER = re.compile(r"(.)\1{4,}")
_ZEROS = re.compile(r"0{4,}")
_LOCAL_WORDS = """
    unknown none null noemail no-email no_email nomail noreply no-reply donotreply nobody noone
    anonymous test xxx asdf
"""
_LOCALS = frozenset(_LOCAL_WORDS.split())


class Placeholders:
    """The values of one attribute that count as missing."""

    def __init__(self, attribute: Attribute, general: Iterable[str]) -> None:
        listed = [*general, *attribute.placeholders]
        self._kind = attribute.kind
        self._written = frozenset(_as_written(value) for value in listed)
        self._forms = frozenset(
            form for value in listed if (form := apply_steps(value, attribute)) is not None
        )

    def covers(self, text: str, form: str | None) -> bool:
        """Tell whether a value counts as missing, from the text and its standardised form.

        It does if it equals a placeholder as written (case, accents and outer marks aside) or,
        unless it is a name, as standardised ('01.01.1900' for '1900-01-01'; the initials N. A.
        are not 'n/a'); if each word of a name is one ('unknown unknown'); or if nobody has such
        a value: 'xxx', '(null)', 'asdf' (but people are called Abcde), a phone number of one
        digit throughout.  Surnames like Test and Null are none unless the rules list them.
        """
        plain = latin(text) or ""
        written = plain.strip(_OUTER_MARKS)
        if not written or written in self._written or _NOTHING.fullmatch(plain):
            return True
        if self._kind in NAMES:
            return self._each_word_is_one(written) or _is_word_filler(text)
        return form in self._forms or self._is_filler(text, form)

    def _each_word_is_one(self, written: str) -> bool:
        return all(word in self._written for word in written.split())

    def _is_filler(self, text: str, form: str | None) -> bool:
        if self._kind in WORDY:
            return _is_word_filler(text)
        recognise = _FILLERS.get(self._kind)
        return recognise is not None and recognise(form or identifier(text) or "")


def _as_written(text: str) -> str:
    return (latin(text) or "").strip(_OUTER_MARKS)


def _is_word_filler(text: str) -> bool:
    """One letter three times or more ('xxx'), or a run of the keyboard."""
    letters = transliterate(text).lower().replace(" ", "")
    return bool(_ONE_LETTER.fullmatch(letters) or _KEYBOARD.fullmatch(letters))


def _is_phone_filler(number: str) -> bool:
    """One digit throughout or counting up or down, the country code (1 to 3 digits) aside."""
    if _ONE_DIGIT.fullmatch(number):
        return True
    digits = number.removeprefix("+")
    return _is_count(digits) or (
        number.startswith("+") and any(_is_count(digits[code:]) for code in (1, 2, 3))
    )


def _is_count(digits: str) -> bool:
    return len(digits) >= _FEWEST_DIGITS and any(digits in run for run in _RUNS)


def _is_identifier_filler(form: str) -> bool:
    return bool(_ONE_CHARACTER.fullmatch(form)) or _is_count(form)


def _is_postal_code_filler(form: str) -> bool:
    """Only 0, 9 or X throughout: 44444 is Newton Falls, Ohio, and 1111 is in Budapest."""
    return _CODE_FILLER.fullmatch(form) is not None


def _is_email_filler(form: str) -> bool:
    """One that says so before the @, or up to three letters repeated behind it (`a@a.com`)."""
    local, _, domain = form.lower().partition("@")
    return local in _LOCALS or (len(local) <= 3 and domain.startswith(f"{local}."))


def _is_date_filler(form: str) -> bool:
    """Nothing but zeros, the zero date of several databases (`0000-00-00 00:00:00`)."""
    return _ZEROS.fullmatch(form) is not None


_FILLERS: Mapping[Kind, Callable[[str], bool]] = {
    Kind.DATE_OF_BIRTH: _is_date_filler,
    Kind.DATE: _is_date_filler,
    Kind.PHONE: _is_phone_filler,
    Kind.IDENTIFIER: _is_identifier_filler,
    Kind.POSTAL_CODE: _is_postal_code_filler,
    Kind.EMAIL: _is_email_filler,
}
