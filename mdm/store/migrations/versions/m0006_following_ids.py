"""A golden ID whose last record was given another ID by a steward follows that record."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Let golden IDs follow a record; none does yet."""
    op.add_column("golden_id", sa.Column("follows", _NUMBER, nullable=True))
