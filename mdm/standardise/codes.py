"""Codes and categories: the steps `postal_code`, `identifier` and `gender`."""

import re

from mdm.standardise.text import latin, transliterate, words

_NOT_ALNUM = re.compile(r"[^A-Z0-9]+")
_ZIP_PLUS_FOUR = re.compile(r"(\d{5})-\d{4}")
_COUNTRY_PREFIX = re.compile(r"[A-Z]{1,2}-(\d{4,6})")
_GENDER_WORDS = {
    "f": "f female w woman women girl lady weiblich frau femme feminin feminine fille mujer"
    " femenino femenina hembra femmina donna feminino mulher vrouw vrouwelijk v kobieta k"
    " kvinna kvinde kvinne nainen kadin zhenskiy zhen zh gynaika ntha nu nuxing yeo yeoja"
    " mrs ms miss mme 2",
    "m": "m male man men boy gentleman mannlich herr homme masculin masculine garcon hombre"
    " masculino varon maschio uomo homem mannelijk mezczyzna mand mann mies erkek"
    " muzhskoy muzh andras dhkr nanxing nam namja mr monsieur h 1",
    "x": "x divers diverse d nonbinary nb other indeterminate intersex third andere autre otro"
    " altro outro",
}
_GENDERS = {word: letter for letter, listed in _GENDER_WORDS.items() for word in listed.split()}


def postal_code(text: str) -> str | None:
    """Write a postal code in upper-case letters and digits; None if nothing is left.

    The four digits after a ZIP code's hyphen go, and a country's letters with a hyphen before
    digits (`D-80331`).
    """
    plain = transliterate(text).upper().strip()
    bare = _ZIP_PLUS_FOUR.fullmatch(plain) or _COUNTRY_PREFIX.fullmatch(plain)
    return _NOT_ALNUM.sub("", bare[1] if bare else plain) or None


def identifier(text: str) -> str | None:
    """Write an identifier in upper-case letters and digits, leading zeros kept; None if empty."""
    return _NOT_ALNUM.sub("", transliterate(text).upper()) or None


def gender(text: str) -> str | None:
    """Tell f, m or x from a word of many languages or an ISO 5218 number; None for all else.

    The Chinese character for a man reads 'nan' in Latin letters, which is what spreadsheets write
    for nothing, so it is not understood without its second one (男性).
    """
    plain = words(latin(text) or "")
    return _GENDERS.get(plain.replace(" ", "")) if plain else None
