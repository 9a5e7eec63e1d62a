"""Splink's SQL, written shorter for a few pairs: it says the same, in fewer expressions.

DuckDB makes a state for each expression whenever a statement runs, however few its rows: with one
pair that takes longer than the comparing.  A batch reads Splink's SQL as it is, in which CASE asks
for little that it does not need.
"""

import re
from dataclasses import dataclass

from mdm.matching.predicates import condition
from mdm.model.rules.rules import Rules


@dataclass(frozen=True)
class JoinedColumn:
    """A column `alias` of pairs: the column `name` of the left or the right record."""

    name: str
    left: bool
    alias: str


def shortened(rules: Rules, prediction: str) -> tuple[str, list[JoinedColumn]]:
    """Write the SQL of `prediction_sql` so that it reads one table `joined`, and asks little twice.

    Result: the SQL, and the columns that it reads beside `match_key`.
    """
    listed, _, rest = prediction.partition(f"{_VECTORS} as (")
    compared, mark, weighed = rest.partition(_PARTS)
    names = _JOINED_COLUMN.findall(listed.partition(f"{_JOINED} as (")[2])
    columns = [JoinedColumn(name, side == "l", alias) for side, name, alias in names]
    compared = _asking_once(rules, compared)
    weighed = _without_nothings(_WEIGHTS.sub(_looked_up, weighed))
    joined = f"with {_JOINED} as (select * from joined), {_VECTORS} as ("
    return f"{joined}{compared}{mark}{weighed}", columns


_JOINED = "blocked_with_cols"
_VECTORS = "__splink__df_comparison_vectors"
_PARTS = "__splink__df_match_weight_parts as ("
_JOINED_COLUMN = re.compile(r'"([lr])"\."(\w+)" AS "(\w+)"')


def _asking_once(rules: Rules, compared: str) -> str:
    """Make a column of each condition that stands there more than once, the longest first."""
    conditions = sorted(_conditions(rules), key=lambda each: (-len(each), each))
    columns: dict[str, str] = {}
    for each in conditions:
        if compared.count(each) > 1:
            columns[each] = f"condition_{len(columns)}"
            compared = compared.replace(each, columns[each])
    asked = "".join(f", {each} as {name}" for each, name in columns.items())
    return compared.replace(f"from {_JOINED}", f"from (select *{asked} from {_JOINED})")


def _conditions(rules: Rules) -> set[str]:
    """List what the levels ask, each in the brackets that it stands in."""
    return {
        f"({condition(rules, rules.attribute(name), predicate)})"
        for comparison in rules.comparisons
        for when in comparison.conditions
        for name, predicate in when.items()
    }


_WEIGHT = re.compile(r"WHEN (gamma_\w+) = (-?\d+) THEN\s+cast\(([-+.\de]+) as float8\)\s+")
_WEIGHTS = re.compile(rf"CASE\s+((?:{_WEIGHT.pattern})+)END(?= as mw_)")


def _looked_up(found: re.Match[str]) -> str:
    """Look the weight of a level up in a list, from level -1 on, where Splink tries one by one."""
    read = _WEIGHT.findall(found[1])
    weights = {int(level): weight for _, level, weight in read}
    if sorted(weights) != list(range(-1, len(read) - 1)):
        return found[0]
    listed = ", ".join(f"cast({weights[level]} as float8)" for level in sorted(weights))
    return f"([{listed}])[{read[0][0]} + 2]"


_NOTHING = re.compile(r"\s*WHEN gamma_\w+ = -?\d+ THEN cast\(0 as float8\)")
_END = re.compile(r"(CASE)?\s+END as (mw_tf_adj_\w+)")


def _without_nothings(weighed: str) -> str:
    """Leave out the levels that rarity adds nothing to: one word says so of all of them."""

    def end(found: re.Match[str]) -> str:
        case, name = found.groups()
        return f"cast(0 as float8) as {name}" if case else f" ELSE cast(0 as float8) END as {name}"

    return _END.sub(end, _NOTHING.sub("", weighed))
