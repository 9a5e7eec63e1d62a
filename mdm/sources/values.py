"""A value as a file or a driver gives it in, text out, or the reason why it cannot be taken."""

import math
import re
from base64 import b64encode
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from functools import partial
from typing import Final
from uuid import UUID

import orjson

from mdm.model.clock import as_text
from mdm.sources.rows import Row, printable
from mdm.standardise import parse_date

LONGEST_VALUE: Final = 10_000
"""Characters in a value that becomes part of an attribute or of a key."""

DEEPEST: Final = 50
"""Levels of nesting of a refused row that are shown."""


NOT_TEXT: Final = "holds bytes or half characters that are no text"
NO_TYPE_OF_JSON: Final = ", which cannot be written as text"
"""Ends of reasons: the row that the quarantine shows is then not the row any more."""

_ISO_DATE = "%Y-%m-%d"
_ISO_TIME = re.compile(r"[0-9W-]{7,10}(?:[Tt ].+)?")
"""A date alone, or a time behind a T or a space: Python takes anything between the two."""
_TIMES = (
    "2026-01-31, 2026-01-31T12:00:00Z or 2026-01-31 12:00:00.5+01:00 (hours 00 to 23, seconds 00 "
    "to 59; UTC where no zone is told)"
)
_CANONICAL = orjson.OPT_SORT_KEYS | orjson.OPT_NON_STR_KEYS


class BadValue(Exception):
    """A value of a column breaks a rule; `reason` says which."""

    def __init__(self, column: str, value: object, reason: str) -> None:
        super().__init__(reason)
        self.column = column
        self.value = value
        self.reason = reason


def text_of(column: str, value: object) -> str | None:
    """Write one scalar as text without surrounding spaces; None when there is nothing.

    The same value gives the same text from every format: 12345, 12345.0 (an integer column that
    had gaps reaches Parquet as floats) and "12345" are `12345`; true is `true`; dates and times are
    ISO 8601.  Raises BadValue for a list, an object, bytes, an infinite number, a text that is too
    long or holds what no database keeps (NUL, half characters).
    """
    text = value if type(value) is str else _scalar(column, value)
    if not text:
        return None
    text = text.strip()
    if len(text) > LONGEST_VALUE:
        raise BadValue(column, text, f"longer than {LONGEST_VALUE} characters")
    if not text.isascii() or "\0" in text:
        check_characters(column, text)
    return text or None


def texts_of(column: str, value: object) -> list[str]:
    """Write a scalar or the members of a list as texts, those that are there."""
    members = value if isinstance(value, list) else [value]
    texts = [text_of(column, member) for member in members]
    return [text for text in texts if text is not None]


def check_characters(column: str, text: str) -> None:
    """Raise BadValue when a text holds NUL or half a character (undecodable bytes)."""
    if "\0" in text:
        raise BadValue(column, text, "holds a NUL character")
    try:
        text.encode()
    except UnicodeEncodeError:
        raise BadValue(column, text, NOT_TEXT) from None


def _scalar(column: str, value: object) -> str | None:
    match value:
        case None:
            return None
        case bool():
            return "true" if value else "false"
        case int() | UUID() | timedelta():
            return str(value)
        case float():
            return _number(column, value)
        case Decimal() if value.is_finite():
            return format(value, "f")
        case date() | time():  # a datetime is a date
            return value.isoformat()
        case _:
            raise BadValue(column, value, f"wrong type: {_type_name(value)}")


def _number(column: str, value: float) -> str | None:
    if math.isnan(value):
        return None
    if math.isinf(value):
        raise BadValue(column, value, f"wrong type: an infinite number{NO_TYPE_OF_JSON}")
    # Beyond 2**53 a float no longer tells neighbouring integers apart.
    return str(int(value)) if value.is_integer() and abs(value) <= 2**53 else repr(value)


def _type_name(value: object) -> str:
    match value:
        case list():
            return "a list, one value is wanted"
        case dict():
            return "an object, one value is wanted"
        case _:
            return f"{type(value).__name__}{NO_TYPE_OF_JSON}"


def date_of(column: str, value: object, form: str | None) -> str | None:
    """Read a date and write it as ISO 8601; None when there is nothing.

    Text is read by `form` (strptime) and, as that cannot be mistaken, as ISO 8601; a date or time
    from a database is taken as it is.  Raises BadValue when it is no such date.
    """
    if isinstance(value, date):
        return (value.date() if isinstance(value, datetime) else value).isoformat()
    text = text_of(column, value)
    if text is None:
        return None
    day = parse_date(text, form or _ISO_DATE) or parse_date(text, _ISO_DATE)
    if day is None:
        raise BadValue(column, text, f"not a date of the form {form or 'YYYY-MM-DD'}")
    return day


def time_of(column: str, value: object, form: str | None) -> str | None:
    """Read a moment and write it in UTC (mdm.model.clock); without a zone it is UTC already.

    Text is read by `form` (strptime) and as ISO 8601.  Raises BadValue when it is no such moment.
    """
    if isinstance(value, datetime):
        moment = value
    elif isinstance(value, date):
        moment = datetime(value.year, value.month, value.day, tzinfo=UTC)
    else:
        text = text_of(column, value)
        if text is None:
            return None
        moment = _moment(column, text, form)
    try:
        return as_text(moment)
    except (OverflowError, ValueError):
        raise BadValue(column, value, "a moment before year 1 or after 9999") from None


def _moment(column: str, text: str, form: str | None) -> datetime:
    """Read by the declared form, and by ISO 8601, which is twenty times faster than strptime.

    ISO comes first only where it reads what the form would: `2026-02-01` by `%Y-%d-%m` is January.
    """
    readers = [_iso_time]
    if form is not None:
        declared = partial(_strptime, form=form)
        readers.insert(1 if form.startswith(_ISO_DATE) else 0, declared)
    for read in readers:
        try:
            return read(text)
        except ValueError:
            continue
    raise BadValue(column, text, f"not a time of the form {form or _TIMES}")


def _iso_time(text: str) -> datetime:
    """Read what Python has of ISO 8601: no day of the year, no leap second, no hour 24."""
    if not _ISO_TIME.fullmatch(text):
        raise ValueError(text)
    return datetime.fromisoformat(text)


def _strptime(text: str, form: str) -> datetime:
    return datetime.strptime(text, form)


def payload_of(row: Row) -> str:
    """Write a row as canonical JSON: keys sorted, types that JSON lacks as text, bytes in base64.

    Raises TypeError when it holds half characters, which JSON cannot carry.
    """
    try:
        return orjson.dumps(row, default=_plain, option=_CANONICAL).decode()
    except TypeError:
        return orjson.dumps(_small(row), default=_plain, option=_CANONICAL).decode()


def _plain(value: object) -> object:
    match value:
        case bytes():
            return b64encode(value).decode()
        case Decimal():
            return format(value, "f")
        case _:
            return str(value)


def shown_row(row: Row) -> str:
    r"""Write a refused row as JSON that every database keeps: half characters as \udc80."""
    try:
        return payload_of(row)
    except TypeError:
        return orjson.dumps(_cleaned(row, 0), default=_plain, option=_CANONICAL).decode()


def _cleaned(value: object, depth: int) -> object:
    """Write half characters out, and cut off what is nested too deeply."""
    match value:
        case str():
            return printable(value)
        case dict() | list() if depth == DEEPEST:
            return "…"
        case dict():
            return {printable(str(n)): _cleaned(member, depth + 1) for n, member in value.items()}
        case list():
            return [_cleaned(member, depth + 1) for member in value]
        case _:
            return _small(value)


def check_row(row: Row) -> None:
    """Raise BadValue for the first column, mapped or not, that cannot be kept as JSON text."""
    for column, value in row.items():
        try:
            payload_of({column: value})
        except TypeError:
            raise BadValue(column, None, NOT_TEXT) from None


def _small(value: object) -> object:
    """Write the integers that orjson cannot write, those beyond 64 bits, as text."""
    match value:
        case dict():
            return {str(name): _small(member) for name, member in value.items()}
        case list():
            return [_small(member) for member in value]
        case int() if not -(2**63) <= value < 2**64:
            return str(value)
        case _:
            return value
