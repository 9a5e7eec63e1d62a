"""The predicates of a comparison level as DuckDB conditions over a pair's columns.

A pair has `<column>_l` and `<column>_r`; `many` attributes are lists, and a predicate then holds
when it holds for any two of their values.  Every condition is symmetric in l and r, so that a
pair's weight does not depend on which record stands left.
"""

from collections.abc import Callable, Mapping

from mdm.model.rules.rules import Attribute, Comparison, Rules

Condition = Callable[[str, str, str | None], str]


def column(attribute: str, feature: str | None = None) -> str:
    """Name the column that holds an attribute, or one of its features."""
    return attribute if feature is None else f"{attribute}__{feature}"


def _same(left: str, right: str, _: str | None) -> str:
    return f"{left} = {right}"


def _similar(left: str, right: str, share: str | None) -> str:
    # the third argument lets DuckDB give up early; it is a little less than the share, since
    # DuckDB also gives up on some pairs that are exactly there
    floor = max(0.0, float(share or 0) - 0.001)
    return f"jaro_winkler_similarity({left}, {right}, {floor:.6f}) >= {share}"


def _typo(left: str, right: str, count: str | None) -> str:
    # levenshtein is 5 to 10 times faster and at most doubles the Damerau distance: it goes first
    return (
        f"abs(length({left}) - length({right})) <= {count} "
        f"and levenshtein({left}, {right}) <= 2 * {count} "
        f"and damerau_levenshtein({left}, {right}) <= {count}"
    )


def _initial(left: str, right: str, _: str | None) -> str:
    return f"least(length({left}), length({right})) = 1 and left({left}, 1) = left({right}, 1)"


def _year(left: str, right: str, _: str | None) -> str:
    return f"left({left}, 4) = left({right}, 4)"


def _swapped(left: str, right: str, _: str | None) -> str:
    return (
        f"length({left}) = 10 and {left} = "
        f"left({right}, 5) || substr({right}, 9, 2) || '-' || substr({right}, 6, 2)"
    )


def _days(left: str, right: str, count: str | None) -> str:
    return f"abs(date_diff('day', try_cast({left} as date), try_cast({right} as date))) <= {count}"


def _words(left: str, right: str, share: str | None) -> str:
    # a word that stands twice counts once, or it were not the same from right to left
    words_l, words_r = (f"list_distinct(string_split({side}, ' '))" for side in (left, right))
    return (
        f"len(list_intersect({words_l}, {words_r})) "
        f">= {share} * least(len({words_l}), len({words_r}))"
    )


_CONDITIONS: Mapping[str, Condition] = {
    "same": _same,
    "similar": _similar,
    "typo": _typo,
    "initial": _initial,
    "year": _year,
    "swapped": _swapped,
    "days": _days,
    "words": _words,
}
_FEATURES: Mapping[str, str] = {
    "sound": "sound",
    "area": "area",
    "local": "local",
    "year_month": "year_month",
    "month_day": "month_day",
    "nickname": "nicknames",
}
"""Predicates that compare a feature for equality, and the feature (`nicknames` is a list)."""


def feature_of(predicate: str) -> str | None:
    """Name the feature that a predicate needs beside the attribute itself, if any."""
    return _FEATURES.get(predicate.split()[0])


def condition(rules: Rules, attribute: Attribute, predicate: str) -> str:
    """Write the predicate on the attribute as a DuckDB condition over `_l` and `_r` columns.

    `predicate` is the vocabulary's word and its argument, e.g. `similar 0.9`; it has been
    validated against the vocabulary, so nothing of it needs quoting.
    """
    word, _, argument = predicate.partition(" ")
    if word == "crossed":
        return _crossed(attribute, rules.attribute(argument))
    if word == "differs":
        return f"not ({condition(rules, attribute, 'same')})"
    name = column(attribute.name, _FEATURES.get(word))
    if word == "nickname":
        return f"list_has_any({name}_l, {name}_r)"
    write = _CONDITIONS.get(word, _same)
    if not attribute.many:
        return write(f"{name}_l", f"{name}_r", argument or None)
    if write is _same:
        return f"list_has_any({name}_l, {name}_r)"
    return _any_two(name, write, argument)


def _crossed(first: Attribute, second: Attribute) -> str:
    """Each record's `first` is the other's `second`, and within each record the two differ."""
    sides = (("l", "r"), ("r", "l"))
    here_and_there = (_meet(first, side, second, other) for side, other in sides)
    apart = (f"not {_meet(first, side, second, side)}" for side, _ in sides)
    return " and ".join([*here_and_there, *apart])


def _meet(one: Attribute, side: str, other: Attribute, other_side: str) -> str:
    """Hold when the two attributes have a value in common, each on its own side of the pair."""
    left, right = f"{one.name}_{side}", f"{other.name}_{other_side}"
    if not (one.many or other.many):
        return f"({left} = {right})"
    lists = (
        name if attribute.many else f"[{name}]" for name, attribute in ((left, one), (right, other))
    )
    return f"list_has_any({', '.join(lists)})"


def _any_two(name: str, write: Condition, argument: str) -> str:
    """Hold when the condition holds between any value on the left and any on the right."""
    inner = write("x", "y", argument)
    return (
        f"len(list_filter({name}_l, lambda x: "
        f"len(list_filter({name}_r, lambda y: {inner})) > 0)) > 0"
    )


def level_condition(rules: Rules, when: Mapping[str, str]) -> str:
    """Write a level: every predicate holds."""
    return " and ".join(
        f"({condition(rules, rules.attribute(name), predicate)})"
        for name, predicate in when.items()
    )


def looked_at(comparison: Comparison) -> frozenset[str]:
    """Name the attributes that a comparison's conditions mention, crossed ones among them."""
    crossed = (
        predicate.partition(" ")[2]
        for level in comparison.levels
        for predicate in level.when.values()
        if predicate.startswith("crossed ")
    )
    return frozenset({*comparison.attributes, *crossed})
