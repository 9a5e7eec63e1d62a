"""Reviewing: bringing the questions to stewards to what is published, in its transaction.

In: the golden records that a publication or a judgement may have changed something about, or all.
Out: the questions about them, opened, changed or closed, as deriving all of them would have it.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from functools import reduce
from operator import or_

from mdm.identity import components
from mdm.identity.components import MICRO
from mdm.identity.judgements import Constraints, constraints
from mdm.identity.reviews import Evidence, Found, Grounds, HomedPair, Question, find
from mdm.model.models import ModelVersion
from mdm.model.reviews import ClosedWhy
from mdm.model.rules.rules import Kind, Rules
from mdm.resolution.judged_around import JudgedAround
from mdm.store import Transaction, judgements, neighbourhood, reviews, tallies
from mdm.store.reviews import KeptReview


def renew(
    tx: Transaction, rules: Rules, version: ModelVersion, serials: Collection[int], *, at: str
) -> None:
    """Bring the questions about these golden records, be they gone, to what is published.

    `version` is the active model version, `rules` its rules.
    """
    _write(tx, reviews.kept(tx, serials), derive(tx, rules, version, serials), at)


def renew_all(tx: Transaction, rules: Rules, version: ModelVersion, *, at: str) -> None:
    """Bring all questions to what is published; arguments as of `renew`."""
    _write(tx, reviews.kept(tx, None), derive_all(tx, rules, version), at)
    tallies.count_reviews(tx, at=at)


def derive(tx: Transaction, rules: Rules, version: ModelVersion, serials: Collection[int]) -> Found:
    """Derive the questions about some golden records."""
    pairs, review = reviews.pairs_touching(tx, serials), _micro(version.review_bits)
    crossing = [p for p in pairs if p.serial_l != p.serial_r and p.weight >= review]
    judged = JudgedAround(tx)
    judged.look_at({end for pair in pairs for end in pair[:2]})
    evidence = Evidence(
        crossing=crossing,
        clusters=serials,
        inside=_by_serial(pair for pair in pairs if pair.serial_l == pair.serial_r),
        sizes=reviews.sizes(tx, {*serials, *_ends(crossing)}),
        contradicting=reviews.contradicting(tx, _identifiers(rules), serials),
        asked=judged.asked,
    )
    return _with_sources(tx, find(evidence, link=_micro(version.link_bits), review=review))


def derive_all(tx: Transaction, rules: Rules, version: ModelVersion) -> Found:
    """Derive all questions."""
    link, review = _micro(version.link_bits), _micro(version.review_bits)
    crossing = reviews.crossing(tx, review=review)
    contradicting = reviews.contradicting(tx, _identifiers(rules), None)
    # where every two records link, nothing is weak
    weak = reviews.not_all_linked(tx, link=link, most=components.COMPONENT_LIMIT)
    clusters = weak | contradicting
    evidence = Evidence(
        crossing=crossing,
        clusters=clusters,
        inside=_by_serial(reviews.pairs_inside(tx, clusters)),
        sizes=reviews.sizes(tx, clusters | set(_ends(crossing))),
        contradicting=contradicting,
        asked=_asked(tx),
    )
    return _with_sources(tx, find(evidence, link=link, review=review))


def wrong(tx: Transaction, rules: Rules, version: ModelVersion) -> list[Question]:
    """List the questions that are missing, should not be asked, or are kept with other grounds."""
    kept = reviews.kept(tx, None)
    found = derive_all(tx, rules, version).reviews
    return [
        question
        for question in sorted(kept.keys() | found.keys(), key=lambda each: each.serials)
        if question not in kept or kept[question].grounds != found.get(question)
    ]


def _with_sources(tx: Transaction, found: Found) -> Found:
    """Say of each question which sources its records are of."""
    serials = {serial for question in found.reviews for serial in question.serials}
    sources = reviews.sources(tx, serials)
    told = {
        question: replace(grounds, sources=reduce(or_, map(sources.__getitem__, question.serials)))
        for question, grounds in found.reviews.items()
    }
    return Found(told, found.judged)


def _micro(bits: float) -> int:
    return round(bits * MICRO)


def _asked(tx: Transaction) -> Constraints:
    """Read all that was judged."""
    in_force = judgements.in_force(tx)
    members = {member.record_id for each in in_force for member in each.members}
    return constraints(in_force, neighbourhood.contents(tx, members))


def _identifiers(rules: Rules) -> list[str]:
    """List the attributes of which one customer has one value."""
    attributes = (each for each in rules.attributes if not each.many)
    return [each.name for each in attributes if each.kind is Kind.IDENTIFIER]


def _by_serial(pairs: Iterable[HomedPair]) -> dict[int, list[HomedPair]]:
    found: dict[int, list[HomedPair]] = defaultdict(list)
    for pair in pairs:
        found[pair.serial_l].append(pair)
    return dict(found)


def _ends(pairs: Iterable[HomedPair]) -> Iterable[int]:
    return (serial for pair in pairs for serial in (pair.serial_l, pair.serial_r))


def _write(tx: Transaction, kept: Mapping[Question, KeptReview], found: Found, at: str) -> None:
    """Write what differs."""
    gone = {question: kept[question].review_id for question in kept.keys() - found.reviews.keys()}
    closed = _why(tx, gone, found)
    reviews.close(tx, closed, at=at)
    differing: dict[Question, Grounds] = {
        question: grounds
        for question, grounds in found.reviews.items()
        if question not in kept or kept[question].grounds != grounds
    }
    reviews.open_or_change(tx, differing, at=at)
    opened = len(differing.keys() - kept.keys())
    if opened or gone:
        tallies.reviews_changed(tx, opened, len(gone), at=at)


def _why(tx: Transaction, gone: Mapping[Question, str], found: Found) -> dict[str, ClosedWhy]:
    """Tell why each question closes."""
    serials = {serial for each in gone for serial in each.serials}
    standing = neighbourhood.golden_contents(tx, serials).keys()
    told: dict[str, ClosedWhy] = {}
    for question, review_id in gone.items():
        if not standing >= {*question.serials}:
            told[review_id] = "gone"
        else:
            told[review_id] = "judged" if question in found.judged else "evidence"
    return told
