"""Blocking keys, by which the candidates of one record are found; the next resolve fills them."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the table, empty, and room to note that a resolution filled it."""
    op.add_column("resolution", sa.Column("keyed", sa.Boolean(), nullable=True))
    op.create_table(
        "blocking_key",
        sa.Column("key_hash", _NUMBER, autoincrement=False, nullable=False),
        sa.Column("record_id", _NUMBER, autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("key_hash", "record_id", name="blocking_key_pk"),
        sqlite_with_rowid=False,
    )
    op.create_index("blocking_key_record_id_ix", "blocking_key", ["record_id"], unique=False)
