"""Cursors: where a page ended, as a text that clients hand back and need not understand."""

import base64
import binascii

import orjson

from mdm.model.views import Position

LARGEST = 2**63 - 1


def encode(position: Position) -> str:
    """Write a position as URL-safe text."""
    return base64.urlsafe_b64encode(orjson.dumps(position)).rstrip(b"=").decode()


def decode(cursor: str, *, length: int) -> Position:
    """Read a position of `length` numbers back; ValueError when the text is no such cursor."""
    try:
        padded = cursor.encode("ascii") + b"=" * (-len(cursor) % 4)
        numbers = orjson.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
    except (UnicodeEncodeError, binascii.Error, orjson.JSONDecodeError) as error:
        raise ValueError("not a cursor") from error
    if not _is_position(numbers, length):
        raise ValueError("not a cursor of this listing")
    return tuple(numbers)


def _is_position(numbers: object, length: int) -> bool:
    """Tell whether it is; a database refuses a number of more than 64 bits, so this does too."""
    return (
        isinstance(numbers, list)
        and len(numbers) == length
        and all(type(number) is int and abs(number) <= LARGEST for number in numbers)
    )
