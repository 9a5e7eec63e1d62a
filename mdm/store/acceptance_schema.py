"""The tables of questions that stewards answer in bulk; kept, so that an act can be undone."""

import sqlalchemy as sa

from mdm.store.columns import NUMBER, counted, metadata, refers, text

acceptance = sa.Table(
    "acceptance",
    metadata,
    counted("acceptance_id"),
    text("kind"),
    sa.Column("least", NUMBER, nullable=False),
    sa.Column("found", NUMBER, nullable=False),
    text("surveyed_by"),
    text("surveyed_at"),
    text("accepted_by", nullable=True),
    text("accepted_at", nullable=True),
    text("reason", nullable=True),
    text("undone_by", nullable=True),
    text("undone_at", nullable=True),
    text("undone_reason", nullable=True),
    sqlite_autoincrement=True,
)

acceptance_question = sa.Table(
    "acceptance_question",
    metadata,
    sa.Column("acceptance_id", NUMBER, sa.ForeignKey("acceptance.acceptance_id"), primary_key=True),
    sa.Column("place", NUMBER, primary_key=True, autoincrement=False),
    text("review_id"),
    sa.Column("weight", NUMBER, nullable=False),
    text("shown"),
    sa.Column("records", NUMBER, nullable=False),
    sa.Column("sampled", sa.Boolean, nullable=False),
    refers("judgement_id", "judgement.judgement_id", nullable=True),
    text("left_out", nullable=True),
    sa.Column("withdrawn", sa.Boolean, nullable=False, server_default=sa.false()),
    text("kept", nullable=True),
)
