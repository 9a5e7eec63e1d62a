"""Predicates as a rules file writes them: a word and, for some, one argument after it."""

from mdm.model.rules.vocabulary import PREDICATES

LARGEST_COUNT = 100_000
"""Days or letters that a predicate may count up to."""

_EXAMPLES = {
    "share": "a share such as 0.9",
    "count": "a whole number such as 1",
    "attribute": "the name of another attribute",
}


def canonical(predicate: str) -> str:
    """Write a predicate in its one form: `similar  .90` becomes `similar 0.9`.

    ValueError: the argument is missing, out of range, or one too many.
    """
    word = predicate.split()[0]
    return f"{word} {checked_argument(predicate)}".rstrip()


def checked_argument(predicate: str) -> str:
    """Take a predicate's argument in its one form, `""` where it needs none.

    ValueError says what would be right; whether an attribute exists is not looked at here.
    """
    word, *given = predicate.split()
    wanted = PREDICATES[word].argument
    if wanted is None:
        if given:
            raise ValueError(f"{word!r} takes nothing after it: write {word!r} alone")
        return ""
    if len(given) != 1:
        raise ValueError(f"{word!r} needs one thing after it, {_EXAMPLES[wanted]}")
    if wanted == "share":
        return _share(given[0])
    return _count(given[0]) if wanted == "count" else given[0]


def _share(said: str) -> str:
    try:
        share = float(said)
    except ValueError:
        share = 0.0
    if not 0 < share <= 1:
        raise ValueError(f"{said!r} must be a share: more than 0 and at most 1")
    return repr(share)


def _count(said: str) -> str:
    is_number = said.isascii() and said.isdigit() and len(said) < 10
    if not (is_number and 0 < int(said) <= LARGEST_COUNT):
        raise ValueError(f"{said!r} must be a whole number from 1 to {LARGEST_COUNT:,}")
    return str(int(said))
