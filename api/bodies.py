"""Bodies of requests: JSON to the letter, so that nothing in them is lost or guessed."""

import json
from collections import Counter
from typing import Any, NoReturn

from flask import Request
from flask_smorest import Blueprint
from marshmallow import Schema
from webargs.flaskparser import FlaskParser
from werkzeug.exceptions import UnsupportedMediaType

from api.errors import MalformedError


def read_json(data: bytes) -> object:
    """Read JSON as RFC 8259 has it; MalformedError says where it is none.

    Python would also take NaN and infinite numbers, of two equal names the last, and half
    characters, which no database keeps.
    """
    if not data.strip():
        raise MalformedError("the body is missing: send a JSON object")
    try:
        text = data.decode()
        found = json.loads(text, object_pairs_hook=_distinct, parse_constant=_no_number)
        json.dumps(found, ensure_ascii=False).encode()
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise MalformedError(f"the body is no JSON: {error.msg}, {place}") from error
    except UnicodeDecodeError as error:
        raise MalformedError(f"the body is not UTF-8 at byte {error.start}") from error
    except UnicodeEncodeError as error:
        raise MalformedError("the body holds half a character, an unpaired surrogate") from error
    except RecursionError as error:
        raise MalformedError("the body is nested too deeply") from error
    except ValueError as error:
        raise MalformedError("the body holds a number that is too long") from error
    return found


def _distinct(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) < len(pairs):
        counts = Counter(name for name, _ in pairs)
        ((twice, _),) = counts.most_common(1)
        raise MalformedError(f"the body names {twice[:100]!r} twice in one object")
    return found


def _no_number(word: str) -> NoReturn:
    raise MalformedError(f"the body is no JSON: it holds {word}")


class _StrictParser(FlaskParser):
    def load_json(self, req: Request, schema: Schema) -> Any:  # noqa: ANN401, ARG002
        """Read the body, whatever else the request is about."""
        data = req.get_data()
        if data and not req.is_json:
            raise UnsupportedMediaType("send JSON, as Content-Type: application/json")
        return read_json(data)


class JsonBlueprint(Blueprint):  # type: ignore[misc]
    """Takes bodies of strict JSON."""

    ARGUMENTS_PARSER = _StrictParser()
