"""Questions to stewards: open, closed, and what stewards noted beside them.

The open ones are derived by the next resolve; until then nothing is submitted (`keyed`), or only
the golden records that a submission touches would be asked about.
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the tables, empty."""
    op.create_table(
        "review",
        *_question(),
        sa.Column("weight", _NUMBER, nullable=False),
        sa.Column("records", _NUMBER, nullable=False),
        sa.Column("reasons", sa.SmallInteger, nullable=False),
        sa.Column("worth", _NUMBER, nullable=False),
        sa.PrimaryKeyConstraint("review_id", name="review_pk"),
    )
    op.create_index("review_worth_review_id_ix", "review", ["worth", "review_id"])
    op.create_index("review_serial_ix", "review", ["serial"])
    op.create_index("review_other_ix", "review", ["other"])
    op.create_table(
        "closed_review",
        *_question(),
        sa.Column("closed_at", sa.Text, nullable=False),
        sa.Column("why", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("review_id", name="closed_review_pk"),
    )
    _make_notes()
    op.execute("UPDATE resolution SET keyed = NULL")


def _question() -> list[sa.Column[object]]:
    return [
        sa.Column("review_id", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("serial", _NUMBER, nullable=False),
        sa.Column("other", _NUMBER),
        sa.Column("opened_at", sa.Text, nullable=False),
    ]


def _make_notes() -> None:
    op.create_table(
        "review_note",
        sa.Column("review_id", sa.Text, nullable=False),
        sa.Column("assignee", sa.Text),
        sa.Column("lease_until", sa.Text),
        sa.Column("deferred_until", sa.Text),
        sa.Column("deferred_by", sa.Text),
        sa.PrimaryKeyConstraint("review_id", name="review_note_pk"),
    )
    op.create_table(
        "review_comment",
        sa.Column("comment_id", _NUMBER, autoincrement=True, nullable=False),
        sa.Column("review_id", sa.Text, nullable=False),
        sa.Column("actor", sa.Text, nullable=False),
        sa.Column("made_at", sa.Text, nullable=False),
        sa.Column("comment", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("comment_id", name="review_comment_pk"),
        sqlite_autoincrement=True,
    )
    op.create_index("review_comment_review_id_ix", "review_comment", ["review_id"])
