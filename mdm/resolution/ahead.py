"""Weighing ahead: what a writer will ask the model is asked before it takes the write lock.

In: many records that are about to be taken, and a snapshot.  Out: nothing but what the model
remembers of it.  What others change until then is weighed under the lock, as ever.
"""

from collections.abc import Sequence

from mdm.model.records import IncomingRecord
from mdm.resolution.candidates import candidates_of
from mdm.resolution.ready import ReadyModel
from mdm.resolution.weighing import MOST_REMEMBERED, Weighing
from mdm.store import Transaction, neighbourhood, records
from mdm.store.codec import to_json

_NEW = 2**62
"""The first number of records that have none yet: a number above all that they will meet."""


def weigh_ahead(
    tx: Transaction, model: ReadyModel, source: str, rows: Sequence[IncomingRecord]
) -> None:
    """Weigh a source's records, read by the model's rules, with all that they are to meet."""
    kept = records.standing(tx, source, [row.key for row in rows])
    numbers = [
        kept[row.key].record_id if row.key in kept else _NEW + at for at, row in enumerate(rows)
    ]
    keys = {number: model.keys(row.standardised) for number, row in zip(numbers, rows, strict=True)}
    found = candidates_of(tx, keys, but=keys.keys())
    with model.scorer() as scorer:
        weighing = Weighing(scorer, model.remembered)
        weighing.say |= {
            number: to_json(row.standardised) for number, row in zip(numbers, rows, strict=True)
        }
        weighing.say |= neighbourhood.settled(tx, found.others)
        weighing.weights(found.pairs_with(weighing.say.keys())[:MOST_REMEMBERED])
