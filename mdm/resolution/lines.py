"""The records of a large body, one a line, in bounded memory.

In: a file of JSON Lines, or of one JSON array.  Out: its records, as lines.  What is longer than
`LONGEST_LINE` is told, and skipped.
"""

import json
import re
from codecs import getincrementaldecoder
from collections.abc import Iterator
from tempfile import TemporaryFile
from typing import IO

from mdm.model.errors import Malformed

LONGEST_LINE = 1_048_576
"""Bytes; a record takes a few hundred."""
_BLOCK = 65_536
_STRING_OR_BRACKET = re.compile(r'"[^"\\]*+(?:\\.[^"\\]*+)*+"|["\[\]{}]', re.DOTALL)
_CLOSING = {"[": "]", "{": "}"}


def lines_of(file: IO[bytes]) -> Iterator[bytes | Malformed]:
    """Give the lines of a file of JSON Lines."""
    while line := file.readline(LONGEST_LINE + 1):
        if len(line) <= LONGEST_LINE or line.endswith(b"\n"):
            yield line
            continue
        while line and not line.endswith(b"\n"):
            line = file.readline(LONGEST_LINE + 1)
        yield Malformed(f"is longer than {LONGEST_LINE} bytes")


def array_to_lines(file: IO[bytes]) -> IO[bytes]:
    """Write the members of a JSON array as lines, on disk; Malformed when it is none to its end.

    How each member is written stays as it is, so that what is wrong inside of one is told of it.
    """
    lines = TemporaryFile(prefix="mdm-")  # noqa: SIM115 - whoever reads it to its end drops it
    for member in _Members(file):
        lines.write(member.replace("\n", " ").replace("\r", " ").encode())
        lines.write(b"\n")
    lines.seek(0)
    return lines


class _Members:
    """Walks through an array; only the member at hand is in memory."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._decode = getincrementaldecoder("utf-8")().decode
        self._text = ""
        self._ended = False
        # numbers stay text: one that is too long is told of its record
        self._scan = json.JSONDecoder(parse_int=str).raw_decode

    def __iter__(self) -> Iterator[str]:
        if self._next() != "[":
            raise Malformed("is no array: send `[` records `]`, or JSON Lines")
        self._drop(1)
        if self._next() == "]":
            self._drop(1)
        else:
            yield from self._members()
        if self._next():
            raise Malformed("goes on behind the end of the array")

    def _members(self) -> Iterator[str]:
        while True:
            self._next()
            yield self._member()
            between = self._next()
            if between not in (",", "]"):
                raise Malformed("is no JSON: a `,` or the `]` of the array is missing")
            self._drop(1)
            if between == "]":
                return

    def _member(self) -> str:
        """Take the member that the text begins with; more is read until it is whole."""
        while True:
            end = self._end()
            if end is None:
                if not self._read():
                    raise Malformed("is no JSON: it breaks off, or a record is no JSON")
            # a number may go on in what was not read yet
            elif end < len(self._text) or not self._read():
                member = self._text[:end]
                self._drop(end)
                return member

    def _end(self) -> int | None:
        """Tell where the member that the text begins with ends; None: not in what was read."""
        try:
            return self._scan(self._text, 0)[1]
        except json.JSONDecodeError:
            return None
        except RecursionError:
            return _end_of_nested(self._text)

    def _next(self) -> str:
        """Skip white space; the result is the character that comes then, "" at the end."""
        while True:
            self._text = self._text.lstrip(" \t\r\n")
            if self._text or not self._read():
                return self._text[:1]

    def _drop(self, count: int) -> None:
        self._text = self._text[count:]

    def _read(self) -> bool:
        """Read on, twice as much each time that a member is not whole yet."""
        if self._ended:
            return False
        if len(self._text) > LONGEST_LINE:
            raise Malformed(f"holds a record that is longer than {LONGEST_LINE} characters")
        block = self._file.read(max(_BLOCK, len(self._text)))
        self._ended = not block
        try:
            self._text += self._decode(block, final=self._ended)
        except UnicodeDecodeError as error:
            raise Malformed("is not UTF-8") from error
        return not self._ended


def _end_of_nested(text: str) -> int | None:
    """Tell where the array or object that a text begins with ends, however deep it is.

    Only strings and brackets are looked at: the rest is told of the record.
    """
    awaited: list[str] = []
    for found in _STRING_OR_BRACKET.finditer(text):
        what = found[0]
        if what in _CLOSING:
            awaited.append(_CLOSING[what])
        elif what in ("]", "}"):
            if what != awaited.pop():
                return None
            if not awaited:
                return found.end()
        elif what == '"':
            return None
    return None
