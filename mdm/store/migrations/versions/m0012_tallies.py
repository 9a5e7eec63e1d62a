"""The figures of the overview, and the backlog of questions day by day.

The next resolve counts what there is; until then nothing is submitted (`keyed`), or only the
difference that a submission makes would be counted.
"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the tables, empty."""
    op.create_table(
        "tally",
        sa.Column("figure", sa.Text, nullable=False),
        sa.Column("one", _NUMBER, nullable=False),
        sa.Column("other", _NUMBER, nullable=False),
        sa.Column("number", _NUMBER, nullable=False),
        sa.PrimaryKeyConstraint("figure", "one", "other", name="tally_pk"),
    )
    op.create_table(
        "review_day",
        sa.Column("day", sa.Text, nullable=False),
        sa.Column("opened", _NUMBER, nullable=False),
        sa.Column("closed", _NUMBER, nullable=False),
        sa.Column("open", _NUMBER, nullable=False),
        sa.PrimaryKeyConstraint("day", name="review_day_pk"),
    )
    op.execute("UPDATE resolution SET keyed = NULL")
