"""The log of publications and of what each changed, for those who follow.

What was published before is told by the next resolve; until then nothing is submitted (`keyed`),
or the log would begin with that.
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the tables, empty."""
    op.create_table(
        "publication",
        sa.Column("publication_id", _NUMBER, autoincrement=False, nullable=False),
        sa.Column("published_at", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("publication_id", name="publication_pk"),
    )
    op.create_table(
        "change",
        sa.Column("change_id", _NUMBER, autoincrement=False, nullable=False),
        sa.Column("publication_id", _NUMBER, nullable=False),
        sa.Column("kind", sa.SmallInteger(), nullable=False),
        sa.Column("serial", _NUMBER, nullable=False),
        sa.Column("other", _NUMBER, nullable=True),
        sa.Column("record_id", _NUMBER, nullable=True),
        sa.Column("attributes", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("change_id", name="change_pk"),
    )
    op.execute("UPDATE resolution SET keyed = NULL")
