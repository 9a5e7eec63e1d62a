"""Questions that stewards answer in bulk, and indexes for many answers that were taken back."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

_INDEXES = (
    ("judgement_in_force_ix", "judgement_id", "superseded_by IS NULL AND withdrawn_at IS NULL"),
    ("judgement_superseded_by_ix", "superseded_by", "superseded_by IS NOT NULL"),
)


def upgrade() -> None:
    """Make the tables, empty, and the indexes."""
    op.create_table(
        "acceptance",
        sa.Column("acceptance_id", _NUMBER, nullable=False, autoincrement=True),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("least", _NUMBER, nullable=False),
        sa.Column("found", _NUMBER, nullable=False),
        sa.Column("surveyed_by", sa.Text, nullable=False),
        sa.Column("surveyed_at", sa.Text, nullable=False),
        sa.Column("accepted_by", sa.Text),
        sa.Column("accepted_at", sa.Text),
        sa.Column("reason", sa.Text),
        sa.Column("undone_by", sa.Text),
        sa.Column("undone_at", sa.Text),
        sa.Column("undone_reason", sa.Text),
        sa.PrimaryKeyConstraint("acceptance_id", name="acceptance_pk"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "acceptance_question",
        sa.Column("acceptance_id", _NUMBER, nullable=False),
        sa.Column("place", _NUMBER, nullable=False, autoincrement=False),
        sa.Column("review_id", sa.Text, nullable=False),
        sa.Column("weight", _NUMBER, nullable=False),
        sa.Column("shown", sa.Text, nullable=False),
        sa.Column("records", _NUMBER, nullable=False),
        sa.Column("sampled", sa.Boolean, nullable=False),
        sa.Column("judgement_id", _NUMBER),
        sa.Column("left_out", sa.Text),
        sa.Column("withdrawn", sa.Boolean, nullable=False, server_default=sa.false()),
        sa.Column("kept", sa.Text),
        sa.PrimaryKeyConstraint("acceptance_id", "place", name="acceptance_question_pk"),
        sa.ForeignKeyConstraint(
            ["acceptance_id"],
            ["acceptance.acceptance_id"],
            name="acceptance_question_acceptance_id_fk",
        ),
        sa.ForeignKeyConstraint(
            ["judgement_id"],
            ["judgement.judgement_id"],
            name="acceptance_question_judgement_id_fk",
        ),
    )
    for name, column, where in _INDEXES:
        chosen = sa.text(where)
        op.create_index(name, "judgement", [column], sqlite_where=chosen, postgresql_where=chosen)
