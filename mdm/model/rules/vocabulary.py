"""The words that a rules file may use: features, predicates, standardising steps, strategies.

What each means is said here once; `matching_rules/README.md` repeats it for readers, and a test
compares the two.  What they do is in `mdm/standardise` (steps, features), `mdm/matching`
(predicates) and `mdm/identity` (strategies).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from mdm.model.rules.rules import Kind

ALL_KINDS = frozenset(Kind)
NAMES = frozenset({Kind.GIVEN_NAME, Kind.FAMILY_NAME, Kind.FULL_NAME})
DATES = frozenset({Kind.DATE_OF_BIRTH, Kind.DATE})
WORDY = NAMES | {Kind.STREET_ADDRESS, Kind.PLACE, Kind.TEXT, Kind.CATEGORY}

MANY_BY_KIND = frozenset({Kind.EMAIL, Kind.PHONE})
"""Kinds of which a record may have several values unless the file says otherwise."""


@dataclass(frozen=True)
class Word:
    """One word of the vocabulary: the kinds of attribute it fits, and what it means."""

    kinds: frozenset[Kind]
    meaning: str
    argument: Literal["share", "count", "attribute"] | None = None


FEATURES: Mapping[str, Word] = {
    "initial": Word(NAMES, "the first letter"),
    "start": Word(WORDY | {Kind.EMAIL, Kind.IDENTIFIER}, "the first four letters"),
    "first": Word(NAMES, "the first word"),
    "last": Word(NAMES, "the last word"),
    "sound": Word(NAMES | {Kind.PLACE}, "how it sounds: the Metaphone code"),
    "sorted": Word(WORDY, "its words in alphabetical order"),
    "year": Word(DATES, "the year"),
    "year_month": Word(DATES, "the year and month"),
    "month_day": Word(DATES, "the month and day, without the year"),
    "local": Word(frozenset({Kind.EMAIL}), "what stands before the @"),
    "tail": Word(frozenset({Kind.PHONE}), "the last seven digits"),
    "area": Word(frozenset({Kind.POSTAL_CODE}), "the part of the code that names the wider area"),
    "number": Word(frozenset({Kind.STREET_ADDRESS}), "the house number"),
}

PREDICATES: Mapping[str, Word] = {
    "same": Word(ALL_KINDS, "the two values are the same; of several values, any two are"),
    "differs": Word(ALL_KINDS, "both records have a value, and the two are not the same"),
    "similar": Word(
        ALL_KINDS - DATES,
        "Jaro-Winkler similarity of at least the share given (0 to 1)",
        "share",
    ),
    "typo": Word(ALL_KINDS, "at most so many letters changed, lost, added or swapped", "count"),
    "nickname": Word(frozenset({Kind.GIVEN_NAME}), "one is a usual short or pet form of the other"),
    "initial": Word(NAMES, "one is just the first letter of the other"),
    "crossed": Word(
        NAMES, "each record has it where the other has the attribute given", "attribute"
    ),
    "sound": Word(NAMES | {Kind.PLACE}, "the two sound alike (Metaphone)"),
    "year_month": Word(DATES, "the same year and month"),
    "month_day": Word(DATES, "the same month and day, whatever the year"),
    "year": Word(DATES, "the same year"),
    "swapped": Word(DATES, "the same date with day and month the other way round"),
    "days": Word(DATES, "at most so many days apart", "count"),
    "words": Word(
        WORDY,
        "at least the share given of the words of the shorter one stand in the other",
        "share",
    ),
    "area": Word(frozenset({Kind.POSTAL_CODE}), "the same wider postal area"),
    "local": Word(frozenset({Kind.EMAIL}), "the same before the @"),
}

STEPS: Mapping[str, Word] = {
    "latin": Word(ALL_KINDS, "other scripts and accents in plain Latin letters, lower case"),
    "words": Word(ALL_KINDS, "letters, digits and single spaces only"),
    "name": Word(NAMES, "a name without titles, in plain words"),
    "date": Word(DATES, "a date as year-month-day"),
    "gender": Word(frozenset({Kind.GENDER}), "f, m or x"),
    "email": Word(frozenset({Kind.EMAIL}), "an e-mail address as its provider reads it"),
    "phone": Word(frozenset({Kind.PHONE}), "a phone number in international form"),
    "address": Word(frozenset({Kind.STREET_ADDRESS}), "street words in their usual short forms"),
    "postal_code": Word(frozenset({Kind.POSTAL_CODE}), "letters and digits, upper case"),
    "identifier": Word(frozenset({Kind.IDENTIFIER}), "letters and digits, upper case"),
}

STRATEGIES: Mapping[str, str] = {
    "trust": "the value of the source with the most trust",
    "recent": "the value of the record that its source changed last; no time counts as oldest",
    "frequent": "the value that most records have",
    "longest": "the longest value",
}
