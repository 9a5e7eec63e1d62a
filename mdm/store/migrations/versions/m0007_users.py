"""People who log in, and their attempts to do so, which are throttled."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make both tables; nobody can log in before an operator makes a user."""
    op.create_table(
        "user",
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("password_hash", sa.Text, nullable=False),
        sa.Column("generation", sa.Integer, nullable=False),
        sa.Column("created_at", sa.Text, nullable=False),
        sa.Column("disabled_at", sa.Text),
        sa.PrimaryKeyConstraint("name", name="user_pk"),
    )
    op.create_table(
        "login_attempt",
        sa.Column("attempt_id", _NUMBER, autoincrement=True, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("address", sa.Text, nullable=False),
        sa.Column("at", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("attempt_id", name="login_attempt_pk"),
        sqlite_autoincrement=True,
    )
    op.create_index("login_attempt_name_ix", "login_attempt", ["name"])
