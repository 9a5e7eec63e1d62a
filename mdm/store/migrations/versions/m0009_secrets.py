"""Secrets that the service makes for itself: the key that signs the sessions of stewards."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Make the table; a secret is made when it is first needed."""
    op.create_table(
        "secret",
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("secret", sa.Text, nullable=False),
        sa.Column("made_at", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("name", name="secret_pk"),
    )
