"""What a line of text may be: which attributes somebody who looks for a customer typed.

In: the rules and a text such as `Doe, Jane 29/02/1980`.  Out: readings of it, the likeliest first.
E-mail addresses and dates are told by their form; numbers may be one of several attributes, and so
may words, so each possibility is a reading of its own.  Pure.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice

from mdm.model.finding import Reading
from mdm.model.rules.rules import Kind, Rules
from mdm.standardise import Standardiser

MOST_READINGS = 8
"""Each is matched on its own, in some ten milliseconds."""
_EMAIL = re.compile(r"[^\s@,;]+@[^\s@,;]+")
_DATE = re.compile(r"(?<![\w/.-])\d{1,4}[/.-]\d{1,2}[/.-]\d{1,4}(?![\w/.-])")
_SPACES = re.compile(r"\s+")
_FULL_DATE = 10
_GROUP = 2
"""Letters of a group of a code that is written in groups, at most: QQ 12 34 56 C."""


@dataclass(frozen=True)
class TextReader:
    """Reads lines of text by a set of rules."""

    rules: Rules
    standardiser: Standardiser

    def readings(self, text: str) -> list[Reading]:
        """List what a text may be, at most MOST_READINGS; attributes that the rules lack aside."""
        sure, rest = self._sure(text)
        rest = _SPACES.sub(" ", rest).strip(" ,;")
        found = [{**sure, **self._named(kinds)} for kinds in _readings(rest)]
        return list(islice(_distinct(found if rest else [sure]), MOST_READINGS))

    def _sure(self, text: str) -> tuple[Reading, str]:
        """Take what is told by its form out of a text: the first e-mail address, the first date."""
        sure: dict[str, str] = {}
        for kind, pattern in ((Kind.EMAIL, _EMAIL), (Kind.DATE_OF_BIRTH, _DATE)):
            name, found = self._name(kind), pattern.search(text)
            if name and found and self._is_whole(kind, name, found[0]):
                sure[name] = found[0]
                text = f"{text[: found.start()]} {text[found.end() :]}"
        return sure, text

    def _is_whole(self, kind: Kind, name: str, value: str) -> bool:
        (form,) = self.standardiser.column(name, [value])
        return form is not None and (kind != Kind.DATE_OF_BIRTH or len(form) == _FULL_DATE)

    def _named(self, kinds: Mapping[Kind, str]) -> Reading:
        named = {self._name(kind): value for kind, value in kinds.items()}
        return {name: value for name, value in named.items() if name and value}

    def _name(self, kind: Kind) -> str | None:
        of_kind = (each.name for each in self.rules.attributes if each.kind == kind)
        return next(of_kind, None)


def _readings(rest: str) -> Iterator[Mapping[Kind, str]]:
    """Give what the rest of a text may be, by its words and numbers."""
    words = rest.split(" ")
    numbered = [any(map(str.isdigit, word)) for word in words]
    if not any(numbered):
        yield from _names(rest, words)
    elif all(numbered) or max(map(len, words)) <= _GROUP:
        for kind in (Kind.PHONE, Kind.IDENTIFIER, Kind.POSTAL_CODE):
            yield {kind: rest}
    elif numbered[0]:
        yield {Kind.STREET_ADDRESS: rest}
    else:
        yield from _with_numbers(words, numbered.index(True))
    yield {Kind.FULL_NAME: rest}
    yield {Kind.TEXT: rest}


def _names(rest: str, words: list[str]) -> Iterator[Mapping[Kind, str]]:
    """Read words as a name, either way round where a comma tells, or as a place."""
    family, comma, given = (part.strip() for part in rest.partition(","))
    if comma:
        yield {Kind.GIVEN_NAME: given, Kind.FAMILY_NAME: family}
    elif len(words) > 1:
        yield {Kind.GIVEN_NAME: " ".join(words[:-1]), Kind.FAMILY_NAME: words[-1]}
    yield {Kind.FAMILY_NAME: rest}
    yield {Kind.GIVEN_NAME: rest}
    yield {Kind.PLACE: rest}


def _with_numbers(words: list[str], at: int) -> Iterator[Mapping[Kind, str]]:
    """Read words with a number behind them: a name, then a code, a phone number or an address."""
    (name, *_), rest = _names(" ".join(words[:at]), words[:at]), " ".join(words[at:])
    for kind in (Kind.PHONE, Kind.IDENTIFIER, Kind.POSTAL_CODE, Kind.STREET_ADDRESS):
        yield {**name, kind: rest}


def _distinct(readings: Iterable[Reading]) -> Iterator[Reading]:
    """Give each reading once, those that say nothing aside."""
    seen = list[Reading]()
    for reading in readings:
        if reading and reading not in seen:
            seen.append(reading)
            yield reading
