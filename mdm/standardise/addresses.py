"""Street addresses: the step `address`."""

import re

from mdm.standardise.text import latin, words

_SHORT_FORMS = {
    "alley": "aly", "apartment": "flat", "apartments": "flat", "appartement": "flat",
    "apt": "flat", "avenida": "av", "avda": "av", "ave": "av", "avenue": "av",
    "boulevard": "blvd", "bld": "bldg", "bd": "blvd", "boul": "blvd", "building": "bldg",
    "calle": "c", "circle": "cir", "close": "cl", "corner": "cnr", "court": "ct",
    "crescent": "cres", "cr": "cres", "drive": "dr", "east": "e", "esplanade": "esp",
    "floor": "fl", "garden": "gdns", "gardens": "gdns", "gdn": "gdns", "grove": "gr",
    "grv": "gr", "heights": "hts", "highway": "hwy", "hse": "house", "lane": "ln",
    "mount": "mt", "north": "n", "parade": "pde", "park": "pk", "parkway": "pkwy", "place": "pl",
    "piazza": "pza", "plaza": "pza", "road": "rd", "route": "rte", "rue": "r", "saint": "st",
    "south": "s", "square": "sq", "station": "stn", "strat": "str",
    "strasse": "str", "street": "st", "suite": "ste", "terrace": "tce", "ter": "tce",
    "terr": "tce", "ulica": "ul", "ulitsa": "ul", "unit": "flat", "view": "vw", "wohnung": "flat",
    "west": "w", "whg": "flat",
}  # fmt: skip
_STREET_ENDING = re.compile(r"(?<=[a-z]{3})(?:strasse|strat)$")
_UNIT_SLASH_HOUSE = re.compile(r"^(\d+[a-z]?)\s*/\s*(?=\d)")
_NUMBER_MARK = re.compile(r"\b(?:(?:no|nr|num|number|numero) ?)+(?=\d)")
_FLAT_MARK = re.compile(r"#\s*(?=\w)")
_LETTER_AT_END = re.compile(r"(\d) ([a-z])$")


def address(text: str) -> str | None:
    """Write a street address in plain lower-case words in their usual short forms; None if empty.

    'Street' is 'st'; 'apartment 3', 'apt 3', 'unit 3', '#3' and the '3/' of '3/12 High St' are
    'flat 3'; 'Hauptstraße' and 'Haupt Str.' are 'hauptstr'; 'no.' before a number goes; the
    number's letter stands close to it at the end ('5 a' is '5a').
    """
    plain = _FLAT_MARK.sub(" flat ", latin(text.replace("°", "o")) or "").strip()
    spelled = words(_UNIT_SLASH_HOUSE.sub(r"flat \1 ", plain))
    if spelled is None:
        return None
    shortened = " ".join(_shortened(_NUMBER_MARK.sub("", spelled).split()))
    # Joining may put an 'oe' together ('Goe Str.'), so it is folded once more.
    return latin(_LETTER_AT_END.sub(r"\1\2", shortened))


def _shortened(tokens: list[str]) -> list[str]:
    result: list[str] = []
    for token in tokens:
        short = _SHORT_FORMS.get(token) or _STREET_ENDING.sub("str", token)
        if short == "str" and result and result[-1].isalpha():
            result[-1] += short
        else:
            result.append(short)
    return result
