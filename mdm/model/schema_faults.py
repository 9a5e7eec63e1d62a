"""What marshmallow found wrong, one fault at a time, in words that say what would be right.

In: the nested messages of a ValidationError and the schema that raised it.  Out: (path, message).
"""

from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from typing import Any

from marshmallow import Schema, fields
from marshmallow.exceptions import SCHEMA

KeyPath = tuple[str | int, ...]
"""Where a value stands: keys and positions (from 0) from the top, `("blocking", 0, "on", 1)`."""


LONGEST_WORD = 80
"""Letters of a wrong word that are looked at for the nearest right one."""


def faults_in(messages: object, schema: Schema) -> Iterator[tuple[KeyPath, str]]:
    """Name every fault in the messages of a ValidationError that this schema raised."""
    return _faults(messages, (), schema)


def right_words(said: object, words: Iterable[object]) -> str:
    """Say which words would be right, the nearest first: `did you mean 'a'? (known: a, b)`."""
    known = [str(word) for word in words]
    near = get_close_matches(str(said)[:LONGEST_WORD], known, n=1)
    listed = f"known: {', '.join(known) or 'none'}"
    return f"did you mean {near[0]!r}? ({listed})" if near else listed


_BETTER_WORDS: Mapping[str, str] = {
    "Missing data for required field.": "is missing: it must be given",
    "Field may not be null.": "is empty: write a value (in quotes if it is meant), or leave it out",
    "Unknown field.": "no such key here",
    "Not a valid string.": "must be text",
    "Not a valid list.": "must be a list: [one, two]",
    "Not a valid mapping type.": "must be keys with values",
    "Invalid input type.": "must be keys with values",
    "Not a valid number.": "must be a number",
    "Special numeric values (nan or infinity) are not permitted.": "must be a number",
    "Not a valid integer.": "must be a whole number",
    "Not a valid boolean.": "must be true or false",
}

_Holder = Schema | fields.Field[Any] | None


def _faults(messages: object, path: KeyPath, holder: _Holder) -> Iterator[tuple[KeyPath, str]]:
    """Walk marshmallow's nested messages; `holder` is the schema or field that they are about."""
    if isinstance(messages, list):
        for message in messages:
            yield from _faults(message, path, holder)
        return
    if not isinstance(messages, Mapping):
        yield path, _BETTER_WORDS.get(str(messages), str(messages))
        return
    for key, inside in messages.items():
        if key == SCHEMA:
            yield from _faults(inside, path, holder)
        elif _is_unknown(inside, key, holder):
            yield (*path, key), f"no such key here; {right_words(key, _keys(holder))}"
        else:
            yield from _entry_faults(inside, (*path, key), holder)


def _entry_faults(
    messages: object, path: KeyPath, holder: _Holder
) -> Iterator[tuple[KeyPath, str]]:
    """Walk the messages about one entry; those of a Dict field lie under `key` and `value`."""
    if isinstance(holder, fields.Dict) and isinstance(messages, Mapping):
        yield from _faults(messages.get("key", []), path, None)
        yield from _faults(messages.get("value", []), path, holder.value_field)
    else:
        yield from _faults(messages, path, _inner(holder, path[-1]))


def _inner(holder: _Holder, key: str | int) -> _Holder:
    if isinstance(holder, fields.List):
        return holder.inner
    return _keys(holder).get(key) if isinstance(key, str) else None


def _keys(holder: _Holder) -> dict[str, fields.Field[Any]]:
    """Name the keys that may stand in a schema, or in the schema that a field nests."""
    if isinstance(holder, fields.Nested):
        holder = holder.schema
    if not isinstance(holder, Schema):
        return {}
    return {field.data_key or name: field for name, field in holder.fields.items()}


def _is_unknown(messages: object, key: str | int, holder: _Holder) -> bool:
    known = _keys(holder)
    is_word = isinstance(key, str) and not isinstance(messages, Mapping)
    return is_word and bool(known) and key not in known
