"""The tables of the figures that an overview shows, so that it need not count."""

import sqlalchemy as sa

from mdm.store.columns import NUMBER, key, metadata

# Kept: a question that was closed and opened again is only open now.

review_day = sa.Table(
    "review_day",
    metadata,
    sa.Column("day", sa.Text, primary_key=True),
    sa.Column("opened", NUMBER, nullable=False),
    sa.Column("closed", NUMBER, nullable=False),
    sa.Column("open", NUMBER, nullable=False),
)

# Derived.

tally = sa.Table(
    "tally",
    metadata,
    sa.Column("figure", sa.Text, primary_key=True),
    key("one"),
    key("other"),
    sa.Column("number", NUMBER, nullable=False),
)
