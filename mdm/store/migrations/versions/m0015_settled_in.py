"""Which publication settled each record last; unknown of all that were settled until now."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_KNOWN = sa.text("settled_in IS NOT NULL")


def upgrade() -> None:
    """Add the column, and an index that holds those that are known."""
    op.add_column("record", sa.Column("settled_in", _NUMBER))
    op.create_index(
        "record_settled_in_ix",
        "record",
        ["settled_in"],
        sqlite_where=_KNOWN,
        postgresql_where=_KNOWN,
    )
