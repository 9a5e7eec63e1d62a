"""The records of a large body, one a line, in bounded memory.

In: a file of JSON Lines, or of one JSON array.  Out: its records, as lines.  What is longer than
`LONGEST_LINE` is told, and skipped.
"""

import json
from codecs import getincrementaldecoder
from collections.abc import Iterator
from tempfile import TemporaryFile
from typing import IO

from mdm.model.errors import Malformed

LONGEST_LINE = 1_048_576
"""Bytes; a record takes a few hundred."""
_BLOCK = 65_536


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
        self._scan = json.JSONDecoder().raw_decode

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
            try:
                _, end = self._scan(self._text, 0)
            except json.JSONDecodeError as error:
                if not self._read():
                    raise Malformed("is no JSON: it breaks off, or a record is no JSON") from error
                continue
            except RecursionError as error:
                raise Malformed("is nested too deeply") from error
            except ValueError as error:
                raise Malformed("holds a number that is too long") from error
            # a number may go on in what was not read yet
            if end < len(self._text) or not self._read():
                member = self._text[:end]
                self._drop(end)
                return member

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
