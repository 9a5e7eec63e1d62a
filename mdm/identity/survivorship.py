"""Survivorship: which source's value each attribute of a golden record takes, and why.

In: a plan, made once from the rules, and the source records of one cluster.  Out: the golden
attributes and their provenance, as plain JSON values.  The order of the members does not matter;
no rule sees arrival order or internal numbers; every golden value is one that a member has.

Only values with a standardised form compete, so a placeholder never survives: where there is
nothing else, the attribute is absent.  Values are equal when their standardised forms are; what
survives is the original value of the winning record (`contest.py` says which one wins).
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from mdm.identity.contest import (
    LEADING,
    LineUp,
    Member,
    Rank,
    in_last_tie_order,
    line_up,
    ranking,
    strategies_of_members,
)
from mdm.model.records import AttributeValue
from mdm.model.rules.rules import Attribute, Rules

EVERY_VALUE = "every value"
"""What provenance says of the values of an attribute that keeps all of them."""

Standardise = Callable[[str, Sequence[str]], Sequence[str | None]]
"""Attribute name, values -> the standardised form of each, None for an unusable one."""


@dataclass(frozen=True)
class Golden:
    """A golden record's content, ready for JSON, attributes in the order of the rules.

    `attributes`: name -> value, or a list of values, best first.  `provenance`: name -> the entry
    `{"source", "key", "rule", "beat"}` of the value, or a list of entries parallel to the list of
    values.  `source` and `key` name the record that the value came from; `rule` is the strategy
    that decided, or a phrase when none had to (`contest.py`, EVERY_VALUE); `beat` lists the other
    distinct values, best first, each `{"value", "source", "key"}` with the best record that has it.
    """

    attributes: dict[str, Any]
    provenance: dict[str, Any]


@dataclass(frozen=True)
class Contest:
    """What survives together, a single attribute or a group, and the strategies that decide."""

    attributes: tuple[Attribute, ...]
    strategies: tuple[str, ...]

    @property
    def every_value(self) -> bool:
        """Tell whether all distinct values survive: of an attribute with many, in no group."""
        return len(self.attributes) == 1 and self.attributes[0].many


def contests(rules: Rules) -> list[Contest]:
    """List the contests of the rules' survivorship.

    One follows the strategies of its first attribute, or the default ones.
    """
    survivorship = rules.survivorship
    group_of = {name: names for names in survivorship.groups.values() for name in names}
    found = []
    for attribute in rules.attributes:
        names = group_of.get(attribute.name, (attribute.name,))
        if names[0] == attribute.name:
            strategies = survivorship.attributes.get(attribute.name, survivorship.default)
            found.append(Contest(tuple(map(rules.attribute, names)), strategies))
    return found


Group = tuple[str, ...]
"""The standardised values of a group of attributes, in its order; "" where one is absent."""

Step = Callable[[Sequence[Member], Golden], None]
"""Puts one attribute, or one group, of members in its line-up into the golden record."""


@dataclass(frozen=True)
class Plan:
    """The rules' survivorship, ready to run: line-ups of members, and steps with theirs."""

    line_ups: tuple[LineUp, ...]
    steps: tuple[tuple[int, Step], ...]


def plan(rules: Rules, standardise: Standardise) -> Plan:
    """Prepare the survivorship of the rules, to be used for any number of clusters.

    An attribute follows its own strategies, or the default ones.  A group of attributes is taken
    whole from one record, so that no address is made of two.  It follows the strategies of its
    first attribute (`frequent` counts equal groups, `longest` adds up), and records that lack that
    attribute come last.  A group that is a part of another's (equal wherever it has anything) is
    counted as that other: a recent street without its town speaks for the older street with it.
    An attribute with many values keeps all distinct ones, best first; `standardise` brings single
    values of such an attribute to one form.
    """
    prepared = [
        (strategies_of_members(contest.strategies), _step(contest, standardise))
        for contest in contests(rules)
    ]
    orders = list(dict.fromkeys(order for order, _ in prepared))
    return Plan(
        line_ups=tuple(line_up(order) for order in orders),
        steps=tuple((orders.index(order), step) for order, step in prepared),
    )


def survive(plan: Plan, members: Sequence[Member]) -> Golden:
    """Make the golden record of a cluster, of at least one record."""
    golden = Golden({}, {})
    in_order = in_last_tie_order(members)
    lined_up = [line_up(in_order) for line_up in plan.line_ups]
    for order, step in plan.steps:
        step(lined_up[order], golden)
    return golden


def _step(contest: Contest, standardise: Standardise) -> Step:
    name = contest.attributes[0].name
    if contest.every_value:
        return partial(_survive_many, name, standardise, ranking(contest.strategies))
    if len(contest.attributes) == 1:
        return partial(_survive_one, name, ranking(contest.strategies))
    names = tuple(attribute.name for attribute in contest.attributes)
    return partial(_survive_group, names, ranking((LEADING, *contest.strategies)))


def _survive_one(name: str, rank: Rank, members: Sequence[Member], golden: Golden) -> None:
    """Let one value survive."""
    having = [member for member in members if name in member.standardised]
    if not having:
        return
    values = [member.standardised[name] for member in having]
    ranked, rule = rank(having, values)
    best = having[ranked[0]]
    beaten = [_beaten(having[place], name) for place in ranked[1:]]
    golden.attributes[name] = best.attributes[name]
    golden.provenance[name] = _entry(best, rule, beaten)


def _survive_many(
    name: str, standardise: Standardise, rank: Rank, members: Sequence[Member], golden: Golden
) -> None:
    """Let every distinct value survive, best first."""
    found = [
        (member, form, original)
        for member in members
        if name in member.standardised
        for form, original in _forms(name, standardise, member)
    ]
    if not found:
        return
    having, forms, originals = zip(*found, strict=True)
    ranked, rule = rank(having, forms)
    rule = rule if len(ranked) == 1 else EVERY_VALUE
    golden.attributes[name] = [originals[place] for place in ranked]
    golden.provenance[name] = [_entry(having[place], rule, []) for place in ranked]


def _forms(name: str, standardise: Standardise, member: Member) -> Iterable[tuple[str, str]]:
    """Pair each usable standardised value of a record with its first original.

    Standardising drops the unusable and the equal and keeps the order, so where nothing was
    dropped the two lists are parallel; only otherwise the values are standardised again.
    """
    written, forms = member.attributes[name], member.standardised[name]
    if len(written) == len(forms):
        return zip(forms, written, strict=True)
    originals: dict[str, str] = {}
    for form, original in zip(standardise(name, written), written, strict=True):
        if form is not None:
            originals.setdefault(form, original)
    return originals.items()


def _survive_group(
    names: tuple[str, ...], rank: Rank, members: Sequence[Member], golden: Golden
) -> None:
    """Let the group of one record survive, whole."""
    filled = [each for each in members if not each.standardised.keys().isdisjoint(names)]
    if not filled:
        return
    groups = [_group(names, member) for member in filled]
    holders: dict[Group, Member] = {}
    for group, member in zip(groups, filled, strict=True):
        holders.setdefault(group, member)
    wholes = groups if len(holders) == 1 else [_whole(group, holders) for group in groups]
    ranked, rule = rank(filled, wholes)
    best_first = [wholes[place] for place in ranked]
    winner = holders[best_first[0]]
    for place, name in enumerate(names):
        if best_first[0][place]:
            others = _others(place, best_first, holders) if len(ranked) > 1 else []
            beaten = [_beaten(member, name) for member in others]
            golden.attributes[name] = _plain(winner.attributes[name])
            golden.provenance[name] = _entry(winner, rule, beaten)


def _group(names: Iterable[str], member: Member) -> Group:
    return tuple([_text(member.standardised.get(name, "")) for name in names])


def _whole(group: Group, groups: Iterable[Group]) -> Group:
    """Find the fullest of the groups that this one is a part of; of equals, the first."""
    around = [other for other in groups if all(map(_is_part, group, other))]
    return max(around, key=lambda other: len(other) - other.count(""))


def _is_part(value: str, of: str) -> bool:
    return value in ("", of)


def _others(
    place: int, best_first: Sequence[Group], holders: Mapping[Group, Member]
) -> list[Member]:
    """List the best record with each value that the winning group does not have in that place."""
    best: dict[str, Member] = {}
    for group in best_first:
        best.setdefault(group[place], holders[group])
    return [member for value, member in best.items() if value not in ("", best_first[0][place])]


def _text(value: AttributeValue) -> str:
    return value if isinstance(value, str) else "\n".join(value)


def _plain(value: AttributeValue) -> str | list[str]:
    return value if isinstance(value, str) else list(value)


def _entry(member: Member, rule: str, beat: list[dict[str, Any]]) -> dict[str, Any]:
    return {"source": member.source, "key": member.key, "rule": rule, "beat": beat}


def _beaten(member: Member, name: str) -> dict[str, Any]:
    value = _plain(member.attributes[name])
    return {"value": value, "source": member.source, "key": member.key}
