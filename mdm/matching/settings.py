"""The rules' comparisons as Splink settings.

Every comparison becomes: a null level (nothing of it can be compared), the rules' levels in order,
and 'all else'; where the comparison has something beside it, a group of these stands before, for
the pairs that agree on that.  A level that may be adjusted for term frequency takes as its base the
level of the same comparison where that attribute alone is the same, as Splink does.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from mdm.matching.predicates import level_condition
from mdm.model.rules.rules import Beside, Comparison, Level, Rules

UNIQUE_ID = "n"
MISSING = "missing"
"""The words for the null level: nothing of the comparison stands in both records."""
ALL_ELSE = "different"
"""The words for the last level: no other holds."""


def splink_settings(rules: Rules) -> dict[str, Any]:
    """Write the settings that Splink 5 takes, without any trained parameter."""
    return {
        "link_type": "dedupe_only",
        "unique_id_column_name": UNIQUE_ID,
        "blocking_rules_to_generate_predictions": [],
        "comparisons": [_comparison(rules, comparison) for comparison in rules.comparisons],
        "retain_matching_columns": False,
        "retain_intermediate_calculation_columns": False,
        "em_convergence": 0.0001,
        "max_iterations": 50,
    }


def _comparison(rules: Rules, comparison: Comparison) -> dict[str, Any]:
    return {
        "output_column_name": comparison.name,
        "comparison_levels": [
            _null_level(comparison),
            *_levels_beside(rules, comparison),
            *(_level(rules, level) for level in comparison.levels),
            {"sql_condition": "ELSE", "label_for_charts": ALL_ELSE},
        ],
    }


def _null_level(comparison: Comparison) -> dict[str, Any]:
    missing = [f"({name}_l is null or {name}_r is null)" for name in comparison.attributes]
    return {
        "sql_condition": " and ".join(missing),
        "label_for_charts": MISSING,
        "is_null_level": True,
    }


def beside_condition(rules: Rules, beside: Beside) -> str:
    """Write that a pair agrees on something of `beside`, in brackets."""
    return f"({' or '.join(f'({level_condition(rules, when)})' for when in beside.any_of)})"


def _levels_beside(rules: Rules, comparison: Comparison) -> Iterator[dict[str, Any]]:
    """Write all levels once more, for the pairs that agree on something beside them.

    Rarity does not count there: what those have in common they do not have by chance.
    """
    if comparison.beside is None:
        return
    beside = beside_condition(rules, comparison.beside)
    for level in comparison.levels:
        condition = f"{beside} and {level_condition(rules, level.when)}"
        words = f"{level_words(level)}, {comparison.beside.name}"
        yield {"sql_condition": condition, "label_for_charts": words}
    yield {
        "sql_condition": beside,
        "label_for_charts": f"{ALL_ELSE}, {comparison.beside.name}",
    }


def _level(rules: Rules, level: Level) -> dict[str, Any]:
    written: dict[str, Any] = {
        "sql_condition": level_condition(rules, level.when),
        "label_for_charts": level_words(level),
    }
    if level.term_frequency is not None:
        written["tf_adjustment_column"] = level.term_frequency
        written["tf_adjustment_weight"] = 1.0
    return written


_WORDS: Mapping[str, str] = {
    "same": "{name} the same",
    "differs": "{name} not the same",
    "similar": "{name} similar (at least {argument})",
    "typo": "{name} the same but for typing errors (at most {argument})",
    "nickname": "{name} a short or pet form",
    "initial": "{name} the same first letter, one is an initial",
    "crossed": "{name} and {argument} the other way round",
    "sound": "{name} sounds alike",
    "year_month": "{name} in the same month",
    "month_day": "{name} on the same day of the year",
    "year": "{name} in the same year",
    "swapped": "{name} with day and month the other way round",
    "days": "{name} at most {argument} days apart",
    "words": "{name} with words in common (at least {argument} of them)",
    "area": "{name} in the same area",
    "local": "{name} the same before the @",
}
"""What a predicate says of an attribute, for those who look at pairs."""


def level_words(level: Level) -> str:
    """Say a level in words: `family name the same, street address similar (at least 0.9)`."""
    return ", ".join(_said(name, predicate) for name, predicate in level.when.items())


def _said(name: str, predicate: str) -> str:
    word, _, argument = predicate.partition(" ")
    return _WORDS[word].format(name=_plain(name), argument=_plain(argument))


def _plain(name: str) -> str:
    return name.replace("_", " ")
