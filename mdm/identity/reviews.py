"""Reviews: what stewards are asked, derived from pairs, clusters and judgements.

In: pairs and clusters around some golden records, and what was judged.  Out: the questions that
nobody has answered, each with what makes it one.  A pure function, independent of any order.

Two golden records are a question when a pair between them is at or above the review threshold,
whether it is below the link threshold or the linkage holds them apart.  One golden record is a
question when it holds together weakly: see `Reason`.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from enum import IntFlag
from typing import NamedTuple

from mdm.identity import components
from mdm.identity.components import MICRO
from mdm.identity.judgements import Constraints
from mdm.model.reviews import ReviewKind
from mdm.model.views import match_probability

HEAVIEST, LIGHTEST = 15 * MICRO, -20 * MICRO
"""Where a weight is cut before it is averaged, as inside a linkage (DESIGN.md, 'Clusters')."""
UNKEPT = -8 * MICRO
"""What a pair counts that is not worth a review, as one that was never scored there."""


class Reason(IntFlag):
    """Why a cluster is a question.

    WEAK         the mean weight of the pairs inside is below the link threshold
    BRIDGE       one single linking pair holds two parts together
    IDENTIFIERS  its records have different values for an identifier
    LARGE        it has more records than are clustered by all their pairs
    """

    WEAK = 1
    BRIDGE = 2
    IDENTIFIERS = 4
    LARGE = 8


NO_REASON = Reason(0)


class HomedPair(NamedTuple):
    """A pair (record_l < record_r, weight in micro-bits) and the golden records of its ends."""

    record_l: int
    record_r: int
    weight: int
    serial_l: int
    serial_r: int


class Question(NamedTuple):
    """What is asked: of a golden record, or of two, the one with the smaller serial first."""

    kind: ReviewKind
    serial: int
    other: int | None

    @property
    def serials(self) -> tuple[int, ...]:
        """What it is about."""
        return (self.serial,) if self.other is None else (self.serial, self.other)


@dataclass(frozen=True)
class Grounds:
    """What makes a question one.

    `weight` in micro-bits: the mean of all pairs between two golden records; of a cluster, the
    least of its bridges' and of the mean inside.  `records`: how many are behind it; `sources`:
    of which sources, as `source_bit` has them.
    """

    weight: int
    records: int
    reasons: Reason = NO_REASON
    sources: int = 0

    @property
    def worth(self) -> int:
        """What an answer is worth, in thousandths of a record: closeness to even odds x records.

        2 records, even odds (0 bits): 2000     20 records, odds 1 to 31 (-5 bits): 1250
        """
        probability = match_probability(self.weight / MICRO)
        return round(2000.0 * min(probability, 1.0 - probability) * self.records)


@dataclass(frozen=True, eq=False)
class Evidence:
    """What questions are derived from.

    `crossing`: the pairs between golden records at or above the review threshold.  `clusters`: the
    golden records that may be a question themselves, `inside` the pairs of those that have any.
    `sizes`: records of all golden records named here; one that is no more is absent.
    `contradicting`: those whose records have different values for an identifier.  `asked`: what was
    judged.
    """

    crossing: Iterable[HomedPair]
    clusters: Collection[int]
    inside: Mapping[int, Sequence[HomedPair]]
    sizes: Mapping[int, int]
    contradicting: Set[int]
    asked: Constraints


@dataclass(frozen=True, eq=False)
class Found:
    """The open questions, and those that judgements have answered."""

    reviews: Mapping[Question, Grounds]
    judged: Set[Question]


def find(evidence: Evidence, *, link: int, review: int) -> Found:
    """Find the questions; `link` and `review` are the thresholds in micro-bits."""
    first = {record: group[0] for group in evidence.asked.same for record in group}
    reviews, judged = _between(evidence, first, min(UNKEPT, review))
    for serial in evidence.clusters:
        question = Question("cluster", serial, None)
        grounds = _cluster(evidence, serial, first, link)
        if grounds is None:
            continue
        if _confirmed(evidence, serial, first):
            judged.add(question)
        else:
            reviews[question] = grounds
    return Found(reviews, judged)


def _between(
    evidence: Evidence, first: Mapping[int, int], unkept: int
) -> tuple[dict[Question, Grounds], set[Question]]:
    """Gather the pairs between golden records, all of two as one; one that nobody judged asks.

    The strongest of many pairs says too much: of the hundred questions of most worth by it none
    was a match, by the mean of all pairs 79 were (docs/adr/0017).
    """
    weights: dict[Question, list[int]] = defaultdict(list)
    asked = set[Question]()
    for pair in evidence.crossing:
        low, high = sorted((pair.serial_l, pair.serial_r))
        question = Question("match", low, high)
        weights[question].append(_cut(pair.weight))
        if not _is_judged(pair, evidence.asked, first):
            asked.add(question)
    reviews = {}
    for question in asked:
        one, other = (evidence.sizes[serial] for serial in question.serials)
        kept = weights[question]
        mean = (sum(kept) + unkept * (one * other - len(kept))) // (one * other)
        reviews[question] = Grounds(mean, one + other)
    return reviews, weights.keys() - asked


def _cut(weight: int) -> int:
    return min(max(weight, LIGHTEST), HEAVIEST)


def _is_judged(pair: HomedPair, asked: Constraints, first: Mapping[int, int]) -> bool:
    """Tell whether judgements say that two records are different, or that nobody can tell."""
    one, other = pair.record_l, pair.record_r
    if (one, other) in asked.unsure:
        return True
    if not asked.different:
        return False
    low, high = sorted((first.get(one, one), first.get(other, other)))
    return (low, high) in asked.different


def _cluster(
    evidence: Evidence, serial: int, first: Mapping[int, int], link: int
) -> Grounds | None:
    """Tell whether, and how, a cluster holds together weakly."""
    pairs, size = evidence.inside.get(serial, ()), evidence.sizes.get(serial, 0)
    cut = [_cut(pair.weight) for pair in pairs]
    mean = sum(cut) // len(cut) if cut else link
    reasons, weight = NO_REASON, mean
    if mean < link:
        reasons |= Reason.WEAK
    if serial in evidence.contradicting:
        reasons |= Reason.IDENTIFIERS
    if size > components.COMPONENT_LIMIT:
        reasons |= Reason.LARGE
    else:
        single = bridging([pair for pair in pairs if pair.weight >= link], first, size)
        if single:
            reasons |= Reason.BRIDGE
            weight = min(weight, *(pair.weight for pair in single))
    return Grounds(weight, size, reasons) if reasons else None


def _confirmed(evidence: Evidence, serial: int, first: Mapping[int, int]) -> bool:
    """Tell whether a steward has said that a cluster is one customer, or that nobody can tell."""
    pairs = evidence.inside.get(serial, ())
    records = {end for pair in pairs for end in pair[:2]}
    if any(pair[:2] in evidence.asked.unsure for pair in pairs):
        return True
    groups = {first.get(record) for record in records}
    return len(groups) == 1 and None not in groups and len(records) == evidence.sizes[serial]


def bridging(pairs: Sequence[HomedPair], first: Mapping[int, int], size: int) -> list[HomedPair]:
    """List the linking pairs without which a cluster falls apart: its bridges.

    `pairs` are those that link, `first` names a record for all that are judged the same, who hold
    together anyway; two records are no cluster that could fall apart.  Where every record has links
    to half of the others there is no bridge (Chartrand 1966, 'A graph-theoretic approach to a
    communications problem': the edge connectivity is the least degree then); else they are found by
    depth-first search (Tarjan 1974, 'A note on finding the bridges of a graph').
    """
    links: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for number, pair in enumerate(pairs):
        one, other = (first.get(end, end) for end in pair[:2])
        if one != other:
            links[one].append((other, number))
            links[other].append((one, number))
    if size < 3 or all(_neighbours(ends) >= max(len(links) // 2, 2) for ends in links.values()):
        return []
    return [pairs[number] for number in _tarjan(links)]


def _neighbours(ends: Sequence[tuple[int, int]]) -> int:
    return len({other for other, _ in ends})


def _tarjan(links: Mapping[int, Sequence[tuple[int, int]]]) -> list[int]:
    """Find the numbers of the edges that lie on no cycle."""
    depth: dict[int, int] = {}
    reaches: dict[int, int] = {}
    found = []
    for root in links:
        if root in depth:
            continue
        depth[root] = reaches[root] = 0
        path = [(root, -1, iter(links[root]))]
        while path:
            record, came_by, ahead = path[-1]
            for other, number in ahead:
                if other not in depth:
                    depth[other] = reaches[other] = len(path)
                    path.append((other, number, iter(links[other])))
                    break
                if number != came_by:
                    reaches[record] = min(reaches[record], depth[other])
            else:
                path.pop()
                if path:
                    above = path[-1][0]
                    reaches[above] = min(reaches[above], reaches[record])
                    if reaches[record] > depth[above]:
                        found.append(came_by)
    return found
