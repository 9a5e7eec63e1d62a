"""Where EM starts: a trained model's parameters, read from Splink's settings.

Splink's m and u are shares of all levels of a comparison.  Here those of a group are shares of the
group: whether two records live together is the household's to say, and not once more that of every
comparison which looks at it.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from mdm.identity.components import BoolArray
from mdm.matching.joint import (
    DOCUMENTED_BESIDE,
    DOCUMENTED_OTHERS,
    Estimate,
    FloatArray,
    Levels,
    shares,
)
from mdm.matching.model import ScoringModel, agreeing_levels
from mdm.matching.training import documented_shares
from mdm.model.rules.rules import Comparison, Kind, Rules

PRIOR = "probability_two_random_records_match"


def start_of(model: ScoringModel) -> Estimate:
    """Read what was trained."""
    pairs = zip(model.settings["comparisons"], model.rules.comparisons, strict=True)
    return Estimate(
        float(model.settings[PRIOR]),
        tuple(
            levels_of(
                written["comparison_levels"],
                comparison,
                for_life=_is_for_life(model.rules, comparison),
            )
            for written, comparison in pairs
        ),
    )


def levels_of(
    written: Sequence[dict[str, Any]], comparison: Comparison, *, for_life: bool = False
) -> Levels:
    """Read the levels of a comparison in Splink's settings, the null level first.

    `for_life`: people keep its values, so that the documented m of 'all else' is the most that EM
    may find.  Otherwise it explains two of one name by records of one person that contradict, and
    then finds more such persons.
    """
    count = len(written) - 1
    size = len(comparison.levels) + 1
    group = np.arange(count) // size
    m = _numbered([level["m_probability"] for level in written[1:]])
    u = _numbered([level["u_probability"] for level in written[1:]])
    most_m = np.ones(count)
    if for_life and comparison.else_m is not None:
        most_m[::size] = comparison.else_m
    return Levels(
        m=shares(m, group, m),
        u=shares(u, group, u),
        documented_m=_numbered(documented_shares(comparison, "m")),
        documented_u=_numbered(documented_shares(comparison, "u")),
        documented_others=np.where(group > 0, DOCUMENTED_BESIDE, DOCUMENTED_OTHERS),
        most_m=most_m,
        group=group,
        agreeing=_agreeing(comparison, count),
        matches=np.zeros(count),
        others=np.zeros(count),
    )


def _numbered(values: Sequence[float]) -> FloatArray:
    """Put values by Splink's number of their level: it counts from the last."""
    return np.array(values, dtype=np.float64)[::-1].copy()


def _agreeing(comparison: Comparison, count: int) -> BoolArray:
    """Mark for each level with a term frequency those where its attribute is the same."""
    last = len(comparison.levels)
    agreeing = np.zeros((count, count), dtype=np.bool_)
    for place, others in agreeing_levels(comparison).items():
        agreeing[last - place, [last - other for other in others]] = True
    return agreeing


def _is_for_life(rules: Rules, comparison: Comparison) -> bool:
    """Tell whether a person has one of each of its attributes for life."""
    attributes = [rules.attribute(name) for name in comparison.attributes]
    return all(each.once or each.kind is Kind.DATE_OF_BIRTH for each in attributes)
