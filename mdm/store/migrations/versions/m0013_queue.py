"""The queue of questions by what its filters look at: sources, kind, weight, age.

The next resolve says of each question which sources its records are of; until then nothing is
submitted (`keyed`), or only those that a submission touches would say it.
"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add the column, and the indexes of the queue and of the backlog."""
    sources = sa.Column("sources", _NUMBER, nullable=False, server_default=sa.text("0"))
    op.add_column("review", sources)
    op.drop_index("review_worth_review_id_ix", "review")
    columns = ["worth", "review_id", "kind", "weight", "opened_at", "sources"]
    op.create_index("review_queue_ix", "review", columns)
    op.create_index("review_opened_at_kind_ix", "review", ["opened_at", "kind"])
    op.execute("UPDATE resolution SET keyed = NULL")
