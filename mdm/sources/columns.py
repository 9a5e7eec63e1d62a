"""One declared mapping in, one function of a row out: made once for a source, called per row."""

import re
from collections.abc import Callable
from datetime import datetime
from functools import lru_cache, partial

from mdm.model.records import AttributeValue
from mdm.model.rules.rules import Attribute, Rules
from mdm.model.rules.vocabulary import DATES
from mdm.sources.config import Columns, Constant, DateColumn, Joined, Mapped, Split
from mdm.sources.paths import getter
from mdm.sources.rows import Row
from mdm.sources.values import BadValue, date_of, text_of, texts_of

Filler = Callable[[Row, dict[str, AttributeValue]], None]
"""Puts into the attributes what a row gives for them; raises BadValue."""

Missing = Callable[[str, str], bool]
"""Attribute name, value -> whether it says nothing: a placeholder is not refused, not even where
its column is strict."""

Shape = Callable[[str], AttributeValue]
"""Writes one value the way its attribute has it."""

MEMORY = 65_536
"""Distinct dates that are remembered: more than the days of a century, which is 36,525."""


def filler(name: str, how: Mapped, rules: Rules, missing: Missing) -> Filler:
    """Make the function that fills the attribute `name` (for Split: those of the pattern)."""
    match how:
        case Columns(columns):
            return _columns(rules.attribute(name), columns)
        case Joined():
            return _joined(name, how, _shape(rules.attribute(name)))
        case DateColumn():
            shape = _shape(rules.attribute(name))
            return _date(name, how, shape, partial(missing, name))
        case Split():
            return _split(how, rules, missing)
        case Constant(value):
            return _constant(name, _shape(rules.attribute(name))(value))


def _shape(attribute: Attribute) -> Shape:
    """Tell how one value of an attribute is written: as a tuple if it may have many."""
    return (lambda text: (text,)) if attribute.many else str


def _columns(attribute: Attribute, columns: tuple[str, ...]) -> Filler:
    if attribute.many:
        return _many(attribute.name, columns)
    make = _date_as_written if attribute.kind in DATES else _one
    return make(attribute.name, columns[0])


def _one(name: str, column: str) -> Filler:
    get = getter(column)

    def fill(row: Row, attributes: dict[str, AttributeValue]) -> None:
        text = text_of(column, get(row))
        if text is not None:
            attributes[name] = text

    return fill


def _many(name: str, columns: tuple[str, ...]) -> Filler:
    getters = [(column, getter(column)) for column in columns]

    def fill(row: Row, attributes: dict[str, AttributeValue]) -> None:
        texts: list[str] = []
        for column, get in getters:
            value = get(row)
            if value is not None and value != "":
                texts += texts_of(column, value)
        if texts:
            attributes[name] = tuple(dict.fromkeys(texts))

    return fill


def _joined(name: str, how: Joined, shape: Shape) -> Filler:
    getters = [(column, getter(column)) for column in how.columns]

    def fill(row: Row, attributes: dict[str, AttributeValue]) -> None:
        parts = [text_of(column, get(row)) for column, get in getters]
        joined = how.between.join(part for part in parts if part is not None)
        if joined:
            attributes[name] = shape(joined)

    return fill


def _date_as_written(name: str, column: str) -> Filler:
    """Fill a date without a declared form: text stays, a database's moment loses its hours."""
    get = getter(column)

    def fill(row: Row, attributes: dict[str, AttributeValue]) -> None:
        value = get(row)
        day = value.date() if isinstance(value, datetime) else value
        text = text_of(column, day)
        if text is not None:
            attributes[name] = text

    return fill


def _date(name: str, how: DateColumn, shape: Shape, missing: Callable[[str], bool]) -> Filler:
    column, get = how.column, getter(how.column)

    @lru_cache(MEMORY)
    def remembered(text: str) -> str | None:
        return date_of(column, text, how.format)

    def fill(row: Row, attributes: dict[str, AttributeValue]) -> None:
        value = get(row)
        try:
            day = remembered(value) if type(value) is str else date_of(column, value, how.format)
        except BadValue as bad:
            if not isinstance(bad.value, str) or (how.strict and not missing(bad.value)):
                raise
            return
        if day is not None:
            attributes[name] = shape(day)

    return fill


def _split(how: Split, rules: Rules, missing: Missing) -> Filler:
    column, get = how.column, getter(how.column)
    pattern = re.compile(how.pattern)
    match_whole = pattern.fullmatch
    shapes = {name: _shape(rules.attribute(name)) for name in pattern.groupindex}

    def fill(row: Row, attributes: dict[str, AttributeValue]) -> None:
        text = text_of(column, get(row))
        found = match_whole(text) if text is not None else None
        if found is not None:
            named = found.groupdict("")
            parts = ((name, part.strip()) for name, part in named.items())
            attributes.update((name, shapes[name](part)) for name, part in parts if part)
        elif text is not None and how.strict and not any(missing(name, text) for name in shapes):
            raise BadValue(column, text, "does not match the pattern of its split")

    return fill


def _constant(name: str, value: AttributeValue) -> Filler:
    def fill(_row: Row, attributes: dict[str, AttributeValue]) -> None:
        attributes[name] = value

    return fill
