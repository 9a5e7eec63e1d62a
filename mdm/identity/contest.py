"""How values contest for a place in a golden record: scores, ties and the word for what decided.

A candidate is a record with a value.  Its score is what each strategy gives it, in the order of
the strategies; the best score wins, and equal scores fall to (trust, source, key).

    strategies: frequent, recent      Jon, 2020    Jon, 2019    John, 2024
    score                             (2, 2020)    (2, 2019)    (1, 2024)
    Jon of the first record wins by 'frequent', and beats John
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from mdm.model.records import Attributes

ONLY_VALUE = "only value"
ALL_AGREE = "all agree"
TIE = "tie"
LEADING = "leading attribute"
"""What provenance says when no strategy of the rules decided: one record has a value; all have the
same; every strategy was even, so (trust, source, key) decided; the record of a group of attributes
has the group's first attribute, and the others lack it."""

Value = str | tuple[str, ...]
"""What contests: a standardised value, or those of a group in its order, "" where one is absent."""


class Member(NamedTuple):
    """A source record of the cluster, as survivorship sees it.

    `trust`: its source's, 0 to 1; `modified_at`: the source's own time, ISO 8601 UTC text, None
    counts as oldest; `attributes` as the source wrote them, `standardised` in one form, unusable
    values absent.
    """

    source: str
    key: str
    trust: float
    modified_at: str | None
    attributes: Attributes
    standardised: Attributes


LineUp = Callable[[Iterable[Member]], list[Member]]
Rank = Callable[[Sequence[Member], Sequence[Value]], tuple[list[int], str]]
Column = Callable[[Sequence[Member], Sequence[Value]], Iterable[Any]]


def _counts(values: Sequence[Value]) -> list[int]:
    """Count for each value how many there are of it."""
    counts: dict[Value, int] = {}
    for value in values:  # for three values five times as fast as a Counter
        counts[value] = counts.get(value, 0) + 1
    return [counts[value] for value in values]


_COLUMNS: Mapping[str, Column] = {
    "trust": lambda members, _: [member.trust for member in members],
    "recent": lambda members, _: [member.modified_at or "" for member in members],
    "frequent": lambda _, values: _counts(values),
    "longest": lambda _, values: [_length(value) for value in values],
    LEADING: lambda _, values: [value[0] != "" for value in values],
}
_OF_MEMBERS: Mapping[str, Callable[[Member], Any]] = {
    "trust": lambda member: member.trust,
    "recent": lambda member: member.modified_at or "",
}


def strategies_of_members(strategies: Sequence[str]) -> tuple[str, ...]:
    """Keep the strategies that look at the record alone, whatever its value."""
    return tuple(strategy for strategy in strategies if strategy in _OF_MEMBERS)


def in_last_tie_order(members: Iterable[Member]) -> list[Member]:
    """Sort by (trust, source, key), the most trusted first: no two members are even."""
    return sorted(members, key=lambda member: (-member.trust, member.source, member.key))


def line_up(strategies: Sequence[str]) -> LineUp:
    """Make the function that sorts members best first by strategies that look at them alone.

    It takes them in the order of the last tie, and leaves those in it that are even.
    """
    scores = [_OF_MEMBERS[strategy] for strategy in strategies]

    def scored(member: Member) -> list[Any]:
        return [score(member) for score in scores]

    def sort(members: Iterable[Member]) -> list[Member]:
        return sorted(members, key=scored, reverse=True)  # stable, reversed or not

    return sort


def ranking(strategies: Sequence[str]) -> Rank:
    """Make the function that ranks values of members who stand in the line-up of the strategies.

    It takes the members and, parallel to them, a value of each (a member may come several times).
    It gives the place of the best candidate of each distinct value, best first, and the word for
    what decided between the first two: the first strategy that gave them different scores.
    """
    columns = [_COLUMNS[strategy] for strategy in strategies]

    def rank(members: Sequence[Member], values: Sequence[Value]) -> tuple[list[int], str]:
        if values.count(values[0]) == len(values):
            return [0], ONLY_VALUE if len(values) == 1 else ALL_AGREE
        scores = list(zip(*[column(members, values) for column in columns], strict=True))
        best: dict[Value, int] = {}
        for place in sorted(range(len(values)), key=scores.__getitem__, reverse=True):
            best.setdefault(values[place], place)
        ranked = list(best.values())
        return ranked, _decided(strategies, scores[ranked[0]], scores[ranked[1]])

    return rank


def _length(value: Value) -> int:
    return len(value) if isinstance(value, str) else sum(map(len, value))


def _decided(strategies: Sequence[str], won: Sequence[Any], lost: Sequence[Any]) -> str:
    for strategy, one, other in zip(strategies, won, lost, strict=True):
        if one != other:
            return strategy
    return TIE
