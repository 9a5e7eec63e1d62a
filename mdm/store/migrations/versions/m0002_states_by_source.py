"""Indexes that count each source's pending and retired records without reading the others."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

_PENDING = sa.text("pending")
_RETIRED = sa.text("retired_at IS NOT NULL")


def upgrade() -> None:
    """Put the source before the record in the index of pending records; index retired ones."""
    op.drop_index("record_pending_ix", "record")
    op.create_index(
        "record_pending_ix",
        "record",
        ["source_id", "record_id"],
        unique=False,
        sqlite_where=_PENDING,
        postgresql_where=_PENDING,
    )
    op.create_index(
        "record_retired_ix",
        "record",
        ["source_id"],
        unique=False,
        sqlite_where=_RETIRED,
        postgresql_where=_RETIRED,
    )
