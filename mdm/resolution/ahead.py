"""Weighing ahead: what a writer will ask the model is asked before it takes the write lock.

In: many records that are about to be taken, and a snapshot.  Out: nothing but what the model
remembers of it.  What others change until then is weighed under the lock, as ever.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from mdm.identity.judgements import Pair
from mdm.model.records import IncomingRecord
from mdm.resolution.candidates import Candidates, among, others_in, sharing
from mdm.resolution.ready import ReadyModel
from mdm.resolution.seen import Moment, Seen
from mdm.resolution.weighing import MOST_REMEMBERED, Weighing
from mdm.store import Transaction, neighbourhood, records
from mdm.store.codec import to_json
from mdm.store.records import Standing

_NEW = 2**62
"""The first number of records that have none yet: a number above all that they will meet."""


@dataclass(frozen=True)
class Meetings:
    """Pairs of records to be weighed, by number, and what each record says, as of `Weighing`.

    `seen`: all that the snapshot tells of their candidates.
    """

    pairs: Sequence[Pair]
    say: Mapping[int, str]
    seen: Seen


def meetings(
    tx: Transaction, model: ReadyModel, source: str, rows: Sequence[IncomingRecord]
) -> Meetings:
    """Find all that a source's records, read by the model's rules, are to be weighed with.

    Of a record that stands there as it is handed in nothing: it is not resolved.
    """
    kept = records.standing(tx, source, [row.key for row in rows])
    changed = {
        kept[row.key].record_id if row.key in kept else _NEW + at: row
        for at, row in enumerate(rows)
        if row.key not in kept or not _stands(kept[row.key], row)
    }
    texts = {number: to_json(row.standardised) for number, row in changed.items()}
    keys = {number: model.keys(text) for number, text in texts.items()}
    beside = sharing(tx, keys)
    settled = neighbourhood.settled(tx, others_in(beside))
    said = {text: beside[number] & settled.keys() for number, text in texts.items()}
    others = {number: found - changed.keys() for number, found in beside.items()}
    pairs = Candidates(among(keys), others, settled).pairs()
    seen = Seen(Moment.of(tx), said, settled)
    return Meetings(pairs[:MOST_REMEMBERED], settled | texts, seen)


def _stands(kept: Standing, row: IncomingRecord) -> bool:
    same = kept.content_hash == row.content_hash
    return same and kept.retired_at is None and not kept.pending


def weigh_ahead(model: ReadyModel, found: Meetings) -> None:
    """Weigh them, so that the model remembers."""
    with model.scorer() as scorer:
        weighing = Weighing(scorer, model.remembered)
        weighing.say |= found.say
        weighing.weights(found.pairs)
