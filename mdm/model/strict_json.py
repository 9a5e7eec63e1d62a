"""JSON to the letter, so that nothing in it is lost or guessed."""

import json
from collections import Counter
from typing import NoReturn

from mdm.model.errors import Malformed

LONGEST_NAME = 100
"""Characters of a name that are repeated in an error."""


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
    except UnicodeDecodeError as error:
        raise Malformed(f"is not UTF-8 at byte {error.start}") from error
    except UnicodeEncodeError as error:
        raise Malformed("holds half a character, an unpaired surrogate") from error
    except RecursionError as error:
        raise Malformed("is nested too deeply") from error
    except ValueError as error:
        raise Malformed("holds a number that is too long") from error
    return found


def _distinct(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) < len(pairs):
        counts = Counter(name for name, _ in pairs)
        ((twice, _),) = counts.most_common(1)
        raise Malformed(f"names {twice[:LONGEST_NAME]!r} twice in one object")
    return found


def _no_number(word: str) -> NoReturn:
    raise Malformed(f"is no JSON: it holds {word}")
