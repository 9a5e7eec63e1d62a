"""JSON to the letter, so that nothing in it is lost or guessed."""

import json
from collections import Counter
from collections.abc import Callable, Iterator
from typing import NoReturn

from mdm.model.errors import Malformed

LONGEST_NAME = 100
"""Characters of a name, or of a place, that are repeated in an error."""


def read_json(data: bytes) -> object:
    """Read JSON as RFC 8259 has it; Malformed says where it is none.

    Python would also take NaN and infinite numbers, of two equal names the last, and half
    characters, which no database keeps.
    """
    if not data.strip():
        raise Malformed("is missing: send a JSON object")
    try:
        found = json.loads(data.decode(), object_pairs_hook=_distinct, parse_constant=_no_number)
        json.dumps(found, ensure_ascii=False).encode()
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise Malformed(f"is no JSON: {error.msg}, {place}") from error
    except _NoNumberError as error:
        place = _place(data, lambda value: isinstance(value, _Constant))
        told = f"is no JSON: it holds {error}{place}; send a number, a text or null"
        raise Malformed(told) from error
    except UnicodeDecodeError as error:
        raise Malformed(f"is not UTF-8 at byte {error.start}") from error
    except UnicodeEncodeError as error:
        place = _place(data, _is_half)
        told = f"holds half a character, an unpaired surrogate{place}; send whole ones"
        raise Malformed(told) from error
    except RecursionError as error:
        raise Malformed("is nested too deeply") from error
    except ValueError as error:
        place = _place(data, lambda value: isinstance(value, _LongNumber))
        raise Malformed(f"holds a number that is too long{place}; send it as a text") from error
    return found


def text_named(data: bytes, name: str) -> str | None:
    """Give the text of a name in an object that may break rules; None where there is not one."""
    found = _loosely(data)
    values = [value for each, value in found if each == name] if type(found) is _Members else []
    if len(values) == 1 and type(values[0]) is str and not _is_half(values[0]):
        return values[0]
    return None


class _NoNumberError(ValueError):
    """JSON has no such number."""


class _Constant(str):
    """A number that JSON does not have."""


class _LongNumber(str):
    """A number that Python does not read."""


class _Members(list[tuple[str, object]]):
    """Names and values of an object, equal names too."""


def _distinct(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) < len(pairs):
        counts = Counter(name for name, _ in pairs)
        ((twice, _),) = counts.most_common(1)
        raise Malformed(f"names {twice[:LONGEST_NAME]!r} twice in one object")
    return found


def _no_number(word: str) -> NoReturn:
    raise _NoNumberError(word)


def _integer(digits: str) -> object:
    try:
        return int(digits)
    except ValueError:
        return _LongNumber(digits)


def _is_half(value: object) -> bool:
    """Tell whether a text holds half a character."""
    try:
        return isinstance(value, str) and not value.isascii() and not value.encode()
    except UnicodeEncodeError:
        return True


def _loosely(data: bytes) -> object:
    """Read JSON with what breaks our rules in it; None where it cannot be read."""
    try:
        return json.loads(
            data.decode(),
            object_pairs_hook=_Members,
            parse_constant=_Constant,
            parse_int=_integer,
        )
    except (ValueError, RecursionError):
        return None


_Path = tuple["_Path", str | int] | tuple[()]
"""Where a value stands, its last name or position last; paths share what they begin with."""


def _place(data: bytes, is_wrong: Callable[[object], bool]) -> str:
    """Tell where the first wrong name or value stands: ` in attributes.given_name`.

    Walked only once something is wrong, to spare all that is right the care for places.
    """
    waiting: list[tuple[_Path, object]] = [((), _loosely(data))]
    while waiting:
        path, value = waiting.pop()
        if is_wrong(value) or (path and is_wrong(path[1])):
            return _told(path)
        if isinstance(value, list):
            pairs = value if isinstance(value, _Members) else [*enumerate(value)]
            waiting += [((path, name), member) for name, member in reversed(pairs)]
    return ""


def _told(path: _Path) -> str:
    names = [*_backwards(path)][::-1]
    place = ".".join(names)[:LONGEST_NAME].encode(errors="backslashreplace").decode()
    return f" in {place}" if place else ""


def _backwards(path: _Path) -> Iterator[str]:
    while path:
        path, name = path
        yield str(name)[:LONGEST_NAME]
