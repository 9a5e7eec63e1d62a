"""The log of publications: what each changed, in one order without gaps.

It is kept, not derived: golden IDs that were minted and merged again leave no other trace.
"""

import pyarrow as pa
import sqlalchemy as sa

from mdm.identity.crosswalk_diff import NONE, EventKind, Events
from mdm.store.bulk import merge
from mdm.store.statements import scalar
from mdm.store.store import Transaction

_ID: pa.DataType = pa.int64()

_LAST = sa.text("SELECT coalesce(max(publication_id), 0) FROM publication")

_PUBLICATION = sa.text("""
    INSERT INTO publication (publication_id, published_at)
    SELECT coalesce(max(publication_id), 0) + 1, :at
    FROM publication
    RETURNING publication_id
""")

_CHANGES = sa.text("""
    INSERT INTO change (change_id, publication_id, kind, serial, other, record_id, attributes)
    SELECT last.change_id + place, :number, kind, serial, other, record_id, attributes
    FROM staged_change
    CROSS JOIN (SELECT coalesce(max(change_id), 0) AS change_id FROM change) last
    ORDER BY place
""")


def last(tx: Transaction) -> int:
    """Tell the number of the last publication; 0 before the first."""
    return int(scalar(tx, _LAST))


def note(tx: Transaction, events: Events, rewritten: pa.Table, *, at: str) -> None:
    """Note a publication under the write lock, and what it changed; numbers count up by one.

    `rewritten` (serial, attributes: JSON list of names): the golden records that were there before
    and are still, and the attributes of each that have another value now; they come last.
    """
    number = scalar(tx, _PUBLICATION, at=at)
    changes = _table(events, rewritten)
    places = pa.array(range(1, changes.num_rows + 1), _ID)
    merge(tx, "staged_change", changes.append_column("place", places), _CHANGES, number=number)


def _table(events: Events, rewritten: pa.Table) -> pa.Table:
    """Put the events and what was rewritten below one another."""
    told = pa.table(
        {
            "kind": pa.array(events.kind, _ID),
            "serial": pa.array(events.serial, _ID),
            "other": pa.array(events.other, _ID, mask=events.other == NONE),
            "record_id": pa.array(events.record_id, _ID, mask=events.record_id == NONE),
        }
    )
    kinds = pa.array([int(EventKind.CHANGED)] * rewritten.num_rows, _ID)
    changed = pa.table(
        {
            "kind": kinds,
            "serial": rewritten["serial"].cast(_ID),
            "attributes": rewritten["attributes"].cast(pa.string()),
        }
    )
    return pa.concat_tables([told, changed], promote_options="default").select(
        ["kind", "serial", "other", "record_id", "attributes"]
    )
