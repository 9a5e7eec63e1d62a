"""JSON Lines in, rows out, with their line.

Line by line through Python's `json`, because it can be told to refuse what is no JSON or loses
data: NaN, a key that stands twice.  (orjson takes the last of two keys and turns an integer beyond
64 bits, such as a long key, into a float; DuckDB loses the good line behind a broken one.)
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO, NoReturn

from mdm.model.records import Rejected
from mdm.sources.config import JsonLinesFile
from mdm.sources.rows import (
    LONGEST_LINE,
    NumberedRow,
    Opened,
    Row,
    batched,
    broken_line,
    reading,
)


@contextmanager
def open_json_lines(source: str, location: JsonLinesFile) -> Iterator[Opened]:
    """Open a file of one JSON object a line; blank lines are passed over."""
    what = location.path.name
    with reading(source, what):
        file = location.path.open("rb")
    with file:
        yield Opened(None, batched(_rows(source, what, file)))


def parse_object(text: str) -> Row:
    """Read one JSON object, strictly; ValueError says what is wrong with it."""
    try:
        value = _DECODER.decode(text)
    except RecursionError:
        raise ValueError("nested too deeply") from None
    if not isinstance(value, dict):
        raise ValueError(f"a JSON object is wanted, not {_JSON_TYPES[type(value)]}")
    return value


_JSON_TYPES = {
    list: "an array",
    str: "a string",
    int: "a number",
    float: "a number",
    bool: "true or false",
    type(None): "null",
}


def _rows(source: str, what: str, file: BinaryIO) -> Iterator[NumberedRow | Rejected]:
    number = 0
    with reading(source, what):
        while line := file.readline(LONGEST_LINE):
            number += 1
            whole = line.endswith(b"\n") or len(line) < LONGEST_LINE
            if not whole:
                _skip_rest(file)
                shown = line.decode("utf-8", "backslashreplace")
                yield broken_line(number, shown, f"broken line: longer than {LONGEST_LINE} bytes")
            elif line.strip():
                yield _row(number, line)


def _row(number: int, line: bytes) -> NumberedRow | Rejected:
    try:
        text = line.decode("utf-8-sig" if number == 1 else "utf-8")
        return number, parse_object(text.rstrip("\r\n"))
    except UnicodeDecodeError as error:
        reason = f"broken line: byte {error.start + 1} is not UTF-8"
    except ValueError as error:
        reason = f"broken line: {error}"
    return broken_line(number, line.decode("utf-8", "backslashreplace").rstrip("\r\n"), reason)


def _skip_rest(file: BinaryIO) -> None:
    """Read past the end of a line that is too long to keep."""
    while (rest := file.readline(LONGEST_LINE)) and not rest.endswith(b"\n"):
        pass


def _object(pairs: list[tuple[str, object]]) -> Row:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("a key stands twice in one object")
    return members


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


_DECODER = json.JSONDecoder(object_pairs_hook=_object, parse_constant=_refuse_constant)
