"""The table of the values that stewards pinned to golden records; kept, and never deleted from."""

import sqlalchemy as sa

from mdm.store.columns import counted, metadata, refers, text

pin = sa.Table(
    "pin",
    metadata,
    counted("pin_id"),
    refers("serial", "golden_id.serial"),
    text("pinned"),
    refers("record_id", "record.record_id", nullable=True),
    text("actor"),
    text("made_at"),
    text("reason"),
    text("removed_at", nullable=True),
    text("removed_by", nullable=True),
    text("removed_because", nullable=True),
    sqlite_autoincrement=True,
)
sa.Index(
    "pin_standing_ix",
    pin.c.serial,
    sqlite_where=sa.text("removed_at IS NULL"),
    postgresql_where=sa.text("removed_at IS NULL"),
)
