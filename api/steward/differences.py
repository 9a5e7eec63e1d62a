"""How values that stand side by side differ, down to the characters."""

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

Agreement = Literal["same", "differs", "only one", "missing"]

_LONGEST = 400
"""Characters that are compared; comparing takes quadratic time."""
_ALIKE = 0.6
"""Values that have less than this share of their characters in common differ as a whole."""


@dataclass(frozen=True)
class Piece:
    """Some characters of a value, and whether the other value has them too."""

    text: str
    differs: bool


def agreement(values: Sequence[str]) -> Agreement:
    """Tell how the values of an attribute agree; an empty text is a missing value."""
    said = [value for value in values if value]
    if not said:
        return "missing"
    if len(said) == 1 and len(values) > 1:
        return "only one"
    return "same" if len({value.casefold() for value in said}) == 1 else "differs"


def pieces(value: str, other: str) -> list[Piece]:
    """Cut a value where it differs from another one; case does not count.

    For example `Smith` beside `Smyth` is `Sm`, `i` (differs), `th`.
    """
    if not other or value.casefold() == other.casefold():
        return [Piece(value, differs=False)]
    head, rest = value[:_LONGEST], value[_LONGEST:]
    matcher = SequenceMatcher(None, _folded(head), _folded(other[:_LONGEST]), autojunk=False)
    if matcher.ratio() < _ALIKE:
        return [Piece(value, differs=True)]
    found: list[Piece] = []
    at = 0
    for start, _, size in matcher.get_matching_blocks():
        if start > at:
            found.append(Piece(head[at:start], differs=True))
        if size:
            found.append(Piece(head[start : start + size], differs=False))
        at = start + size
    return [*found, Piece(rest, differs=True)] if rest else found


def _folded(text: str) -> list[str]:
    """Fold each character by itself, so that places stay what they are."""
    return [character.casefold() for character in text]
