"""Values that stewards pinned to golden records, and which pin an act is about.

And a way from a record to the golden IDs that follow it, whose pins are the record's.
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the table, empty; what is published stays as it is."""
    op.create_table(
        "pin",
        sa.Column("pin_id", _NUMBER, autoincrement=True, nullable=False),
        sa.Column("serial", _NUMBER, nullable=False),
        sa.Column("pinned", sa.Text, nullable=False),
        sa.Column("record_id", _NUMBER),
        sa.Column("actor", sa.Text, nullable=False),
        sa.Column("made_at", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("removed_at", sa.Text),
        sa.Column("removed_by", sa.Text),
        sa.Column("removed_because", sa.Text),
        sa.PrimaryKeyConstraint("pin_id", name="pin_pk"),
        sa.ForeignKeyConstraint(["serial"], ["golden_id.serial"], name="pin_serial_fk"),
        sa.ForeignKeyConstraint(["record_id"], ["record.record_id"], name="pin_record_id_fk"),
        sqlite_autoincrement=True,
    )
    standing = sa.text("removed_at IS NULL")
    op.create_index(
        "pin_standing_ix", "pin", ["serial"], sqlite_where=standing, postgresql_where=standing
    )
    op.add_column("act", sa.Column("pin_id", _NUMBER, nullable=True))
    following = sa.text("follows IS NOT NULL")
    op.create_index(
        "golden_id_follows_ix",
        "golden_id",
        ["follows"],
        sqlite_where=following,
        postgresql_where=following,
    )
