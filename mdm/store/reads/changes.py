"""The log of changes as those read it who follow it: what happened, and the values of now."""

from collections.abc import Mapping
from typing import Any, cast

import sqlalchemy as sa

from mdm.identity.crosswalk_diff import EventKind
from mdm.model.changes import Change, ChangeKind
from mdm.model.records import AttributeValue, RecordRef
from mdm.store.codec import attributes_from_json, from_json
from mdm.store.store import Transaction

_WHOLE = frozenset({EventKind.MINTED, EventKind.RESTORED})

# The page is chosen first: joined whole, a long log would be read to its end.
_CHANGES = sa.text("""
    WITH
    page AS (
        SELECT *
        FROM change
        WHERE change_id > :after
        ORDER BY change_id
        LIMIT :rows
    )
    SELECT page.change_id, page.kind, page.attributes AS names, p.published_at, i.golden_id,
           o.golden_id AS other, s.name AS source, r.key, g.attributes
    FROM page
    JOIN publication p ON p.publication_id = page.publication_id
    JOIN golden_id i ON i.serial = page.serial
    LEFT JOIN golden_id o ON o.serial = page.other
    LEFT JOIN record r ON r.record_id = page.record_id
    LEFT JOIN source s ON s.source_id = r.source_id
    LEFT JOIN golden_record g ON g.serial = page.serial AND page.kind IN :telling
    ORDER BY page.change_id
""").bindparams(
    sa.bindparam("telling", sorted({*_WHOLE, EventKind.CHANGED}, key=int), expanding=True)
)


def changes(tx: Transaction, *, after: int, limit: int) -> list[Change]:
    """Read at most `limit` changes with a number above `after`, in the order of their numbers."""
    found = tx.connection.execute(_CHANGES, {"after": after, "rows": limit})
    return [_change(row) for row in found]


def _change(row: sa.Row[Any]) -> Change:
    kind = EventKind(row.kind)
    return Change(
        number=row.change_id,
        at=row.published_at,
        kind=cast(ChangeKind, kind.name.lower()),
        golden_id=row.golden_id,
        other=row.other,
        ref=None if row.key is None else RecordRef(row.source, row.key),
        attributes=None if row.attributes is None else _told(kind, row.names, row.attributes),
    )


def _told(
    kind: EventKind, names: str | None, published: str
) -> Mapping[str, AttributeValue | None]:
    """Choose what is told of a golden record's present attributes: all, or the `names` (JSON)."""
    attributes = attributes_from_json(published)
    if kind in _WHOLE or names is None:
        return attributes
    return {name: attributes.get(name) for name in from_json(names)}
