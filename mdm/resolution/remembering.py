"""Remembering: every act on golden records, with the evidence of its time, in its transaction.

In: what somebody did, what there was before, what was published then.  Out: an act in the history
of each golden record that it was about or changed.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from heapq import nsmallest

from mdm.model.history import MOST_WEIGHED, Act
from mdm.model.judgements import Judgement
from mdm.resolution.republish import Republished
from mdm.store import Transaction, acts, reviews
from mdm.store.acts import Evidence, ScoredPair


@dataclass(frozen=True)
class Seen:
    """What there was before an act: the golden records (serials) it is about, and its evidence."""

    serials: Collection[int]
    evidence: Evidence = field(default_factory=Evidence)


def seen(tx: Transaction, given: Sequence[Judgement]) -> Seen:
    """Look at what judgements are about, before anything is published.

    The evidence is of the first of them: the pairs between its parts and between the golden
    records that it is about; where it has one part and one golden record, all pairs.
    """
    members = {member.record_id for each in given for member in each.members}
    homes = acts.homes(tx, members)
    pairs = _decisive(tx, given[0], homes)
    strongest = nsmallest(MOST_WEIGHED, pairs, key=lambda pair: (-pair.weight, pair))
    return Seen({*homes.values()}, Evidence(strongest, len(pairs)))


def remember(tx: Transaction, act: Act, before: Seen, done: Republished) -> None:
    """Keep an act that was published; nothing is committed here."""
    serials = {*before.serials, *done.changed}
    after = reviews.sizes(tx, serials)
    had = Counter(done.before.values())
    involved = had.keys() | {*done.after.values()}
    sizes = {
        serial: (had[serial] if serial in involved else after.get(serial, 0), after.get(serial, 0))
        for serial in serials
    }
    acts.add(tx, act, sizes, before.evidence)


def _decisive(
    tx: Transaction, judgement: Judgement, homes: Mapping[int, int]
) -> Sequence[ScoredPair]:
    """Read the pairs that speak for or against a judgement."""
    side = {each.record_id: (each.part, homes.get(each.record_id)) for each in judgement.members}
    pairs = acts.pairs_among(tx, side)
    if len({*side.values()}) == 1:
        return pairs
    return [pair for pair in pairs if side[pair.record_l] != side[pair.record_r]]
