"""What re-clustering a few records needs: why a pair is kept, and pairs and judgements by record.

The next resolve tells of every pair why it is kept; until then nothing is submitted (`keyed`).
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Add the column and the indexes."""
    op.add_column(
        "pair", sa.Column("inside_only", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    op.create_index("pair_record_r_ix", "pair", ["record_r"], unique=False)
    op.create_index(
        "judgement_member_record_id_ix", "judgement_member", ["record_id"], unique=False
    )
    op.execute("UPDATE resolution SET keyed = NULL")
