"""How values are written into text columns, and read back."""

from typing import Any

import orjson

from mdm.model.records import Attributes


def to_json(value: object) -> str:
    """Write a value as JSON with its keys in order, so that equal values are equal text."""
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode()


def from_json(text: str) -> Any:  # noqa: ANN401 - JSON may hold anything
    """Read what `to_json` wrote; tuples come back as lists."""
    return orjson.loads(text)


def attributes_from_json(text: str) -> Attributes:
    """Read attributes that `to_json` wrote, the values of a `many` attribute as a tuple."""
    return {
        name: tuple(value) if isinstance(value, list) else value
        for name, value in orjson.loads(text).items()
    }
