"""Candidates: the pairs that records make by their blocking keys, with each other and with others.

In: the keys that records have now, and what was seen of them before the write lock was taken; of
that, only what was settled since is read again.  Out: pairs, each once.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from itertools import combinations, groupby
from operator import itemgetter

from mdm.identity.judgements import Pair, pair_of
from mdm.resolution.changed import Changed
from mdm.resolution.ready import ReadyModel
from mdm.resolution.seen import AsOf, Seen
from mdm.store import Transaction, neighbourhood

_MOST_SINCE = 10_000
"""Records settled since a snapshot, above which all is read again."""
_NONE: Mapping[int, int] = {}

Keys = Mapping[int, Collection[int]]
"""The blocking keys of records, by record ID."""
Beside = Mapping[int, Set[int]]
"""With which other records each shares a key, by record ID."""


@dataclass(frozen=True)
class Candidates:
    """Pairs `among` the records themselves, and with which other records each is `beside`.

    `say`: what the others say, standardised and as JSON; those that it does not tell of wait, or
    are retired, and make no pair.  `weighed`: pairs beside these that were weighed already, and
    are worth review, in micro-bits.
    """

    among: Collection[Pair]
    beside: Beside
    say: Mapping[int, str]
    weighed: Mapping[Pair, int] = field(default_factory=dict)

    def pairs(self) -> list[Pair]:
        """List the pairs, smaller number first."""
        return [*self.among, *self.pairs_beside()]

    def pairs_beside(self) -> list[Pair]:
        """List those with others."""
        known = self.say.keys()
        return [
            (record, other) if record < other else (other, record)
            for record, others in self.beside.items()
            for other in others & known
        ]


def candidates_of(tx: Transaction, keys: Keys) -> Candidates:
    """Find the candidates of records by their keys; what is kept of the records plays no part."""
    beside = {record: others - keys.keys() for record, others in sharing(tx, keys).items()}
    return Candidates(among(keys), beside, neighbourhood.settled(tx, others_in(beside)))


def candidates_now(tx: Transaction, model: ReadyModel, changed: Changed) -> Candidates:
    """Find the candidates of records that changed; what was seen of late is not read again."""
    texts = {each.record_id: each.standardised_json for each in changed.residents if each.live}
    seen = model.last_seen.by(texts.values())
    since = None if seen is None else _settled_since(tx, seen, changed.numbers)
    if seen is None or since is None:
        return candidates_of(tx, changed.keys)
    unseen = {number: changed.keys[number] for number in texts if texts[number] not in seen.beside}
    beside = _sharing_among(tx, changed.keys, since) | sharing(tx, unseen)
    beside = {number: others - changed.numbers for number, others in beside.items()}
    met = among(changed.keys)
    known = {
        pair: weight
        for pair in met
        if (weight := seen.among.get((texts[pair[0]], texts[pair[1]]))) is not None
    }
    strong = {pair: weight for pair, weight in known.items() if weight >= model.review}
    return Candidates(
        among=met - known.keys(),
        beside=beside,
        say=neighbourhood.settled(tx, others_in(beside)),
        weighed=strong | _still_strong(seen, texts, since | changed.numbers),
    )


def _still_strong(seen: Seen, texts: Mapping[int, str], gone: Set[int]) -> dict[Pair, int]:
    """List the pairs with others that were seen, but for those that are not as they were."""
    return {
        pair_of(number, other): weight
        for number, text in texts.items()
        for other, weight in seen.beside.get(text, _NONE).items()
        if other not in gone
    }


def _settled_since(tx: Transaction, seen: Seen, changed: Set[int]) -> set[int] | None:
    """Find what was not seen as it is now; None where that is not known, or too much.

    It is not when it was seen later than this transaction sees, when a resolve came since, and as
    long as records wait whose values are not those that were settled.
    """
    then, now = seen.at, AsOf.of(tx)
    if now.publication < then.publication or now.resolution != then.resolution:
        return None
    if neighbourhood.any_waits(tx, beside=changed):
        return None
    since = neighbourhood.settled_since(tx, then.publication, most=_MOST_SINCE + 1)
    return since | (seen.left_out - changed) if len(since) <= _MOST_SINCE else None


def _sharing_among(tx: Transaction, keys: Keys, others: Collection[int]) -> dict[int, set[int]]:
    """Find which of these others are kept with a key of each."""
    wanted = having(keys)
    return beside_by(wanted, (row for row in neighbourhood.keys_of(tx, others) if row[0] in wanted))


def among(keys: Keys) -> set[Pair]:
    """List the pairs of the records themselves that share a key."""
    shared = (own for own in having(keys).values() if len(own) > 1)
    return {pair for own in shared for pair in combinations(sorted(own), 2)}


def sharing(tx: Transaction, keys: Keys) -> dict[int, set[int]]:
    """Find which records are kept with a key of each; a record may be beside itself."""
    wanted = having(keys)
    return beside_by(wanted, neighbourhood.with_keys(tx, wanted))


def having(keys: Keys) -> Mapping[int, Sequence[int]]:
    """Turn keys round: the records that have each."""
    wanted = defaultdict[int, list[int]](list)
    for record, own in keys.items():
        for key in own:
            wanted[key].append(record)
    return wanted


def beside_by(
    wanted: Mapping[int, Sequence[int]], kept: Iterable[tuple[int, int]]
) -> dict[int, set[int]]:
    """Tell beside which records each is, by who has a key and by who (key, record) is kept so."""
    beside = defaultdict[int, set[int]](set)
    for key, found in groupby(kept, key=itemgetter(0)):
        others = {other for _, other in found}
        for record in wanted[key]:
            beside[record] |= others
    return beside


def others_in(beside: Beside) -> set[int]:
    """List all records that some are beside."""
    return set().union(*beside.values())
