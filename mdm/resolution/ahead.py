"""Weighing ahead: what a writer will ask the model is asked before it takes the write lock.

In: many records that are about to be taken, and a snapshot.  Out: what was seen there.  What others
change until then is weighed under the lock.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from mdm.model.records import IncomingRecord
from mdm.resolution.candidates import Candidates, candidates_of
from mdm.resolution.ready import ReadyModel
from mdm.resolution.seen import AsOf, Seen
from mdm.resolution.weighing import Weighing
from mdm.store import Transaction, records
from mdm.store.codec import to_json
from mdm.store.records import Standing

_NEW = 2**62
"""The first number of records that have none yet: a number above all that they will meet."""
_AT_ONCE = 100_000
"""Pairs that are weighed at once."""


@dataclass(frozen=True)
class Meetings:
    """Whom records are to meet, as of a snapshot; what each says that is not kept so, by number."""

    at: AsOf
    new: Mapping[int, str]
    candidates: Candidates


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
    new = {number: to_json(row.standardised) for number, row in changed.items()}
    keys = {number: model.keys(text) for number, text in new.items()}
    return Meetings(AsOf.of(tx), new, candidates_of(tx, keys))


def _stands(kept: Standing, row: IncomingRecord) -> bool:
    same = kept.content_hash == row.content_hash
    return same and kept.retired_at is None and not kept.pending


def weigh_ahead(model: ReadyModel, found: Meetings) -> Seen:
    """Weigh them, so many at a time that memory stays bounded."""
    new, pairs = found.new, found.candidates.pairs_beside()
    beside: dict[str, dict[int, int]] = {text: {} for text in new.values()}
    say = {**found.candidates.say, **new}
    with model.scorer() as scorer:
        among = Weighing(scorer, say).weights(found.candidates.among)
        for start in range(0, len(pairs), _AT_ONCE):
            weighing = Weighing(scorer, say)
            strong = weighing.strong(pairs[start : start + _AT_ONCE], model.review)
            for (one, other), weight in strong.items():
                record, met = (one, other) if one in new else (other, one)
                beside[new[record]][met] = weight
    return Seen(
        at=found.at,
        left_out={number for number in new if number < _NEW},
        beside=beside,
        among={(new[one], new[other]): weight for (one, other), weight in among.items()},
    )
