"""Blocking keys that outgrew their limit since the model was trained: found, and skipped on demand.

They are used until then: to skip one at once would take back pairs by the thousand in the midst of
a submission, and order would matter.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from mdm.matching import blocking
from mdm.matching.connecting import connect
from mdm.matching.model import ScoringModel
from mdm.model.progress import Progress
from mdm.resolution.rebuild import active_version
from mdm.resolution.resolve import Resolution, resolve
from mdm.resolution.snapshot import read_records
from mdm.store import Store, models


@dataclass(frozen=True)
class OutgrownKey:
    """A key of a blocking rule, and how many distinct standardised records share it."""

    rule: str
    key: str
    records: int


def outgrown(store: Store, progress: Progress) -> list[OutgrownKey]:
    """List the keys that the active model uses beyond their limit, the largest of each rule first.

    NothingToDo before the first resolve.
    """
    with store.read() as tx:
        model = ScoringModel.of(active := active_version(tx))
    with connect() as connection:
        read_records(store, connection, model.rules, progress)
        with progress.step("block", None):
            blocking.make_keys(connection, model.rules)
            found = blocking.outgrown(connection, model.rules, active.skipped_keys)
            return [OutgrownKey(*each) for each in found]


def skip(store: Store, keys: Sequence[OutgrownKey], progress: Progress) -> Resolution:
    """Resolve everything without these keys, by a model version that is otherwise the active one.

    The version is kept, as any is, so that the act is too.  NothingToDo before the first resolve.
    """
    with store.write() as tx:
        active = active_version(tx)
        skipped = {rule: [*listed] for rule, listed in active.skipped_keys.items()}
        for each in keys:
            skipped[each.rule] = sorted({*skipped.get(each.rule, ()), each.key})
        figures = {**active.figures, "skips_keys_beside_version": active.number}
        version = models.add_candidate(
            tx, replace(active, skipped_keys=skipped, figures=figures, created_at=None)
        )
        tx.commit()
    return resolve(store, version=version, progress=progress)
