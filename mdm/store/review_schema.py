"""The tables of the questions to stewards, and of what stewards note beside them."""

from typing import Any

import sqlalchemy as sa

from mdm.store.columns import NUMBER, counted, metadata, text


def _question() -> list[sa.Column[Any]]:
    """Make a question's name, what it is about, and since when it is asked."""
    return [
        sa.Column("review_id", sa.Text, primary_key=True),
        text("kind"),
        sa.Column("serial", NUMBER, nullable=False),
        sa.Column("other", NUMBER),
        text("opened_at"),
    ]


# Kept.

closed_review = sa.Table(
    "closed_review",
    metadata,
    *_question(),
    text("closed_at"),
    text("why"),
)

review_note = sa.Table(
    "review_note",
    metadata,
    sa.Column("review_id", sa.Text, primary_key=True),
    text("assignee", nullable=True),
    text("lease_until", nullable=True),
    text("deferred_until", nullable=True),
    text("deferred_by", nullable=True),
)

review_comment = sa.Table(
    "review_comment",
    metadata,
    counted("comment_id"),
    text("review_id"),
    text("actor"),
    text("made_at"),
    text("comment"),
    sqlite_autoincrement=True,
)
sa.Index(None, review_comment.c.review_id)

# Derived, but for `opened_at`.

review = sa.Table(
    "review",
    metadata,
    *_question(),
    sa.Column("weight", NUMBER, nullable=False),
    sa.Column("records", NUMBER, nullable=False),
    sa.Column("reasons", sa.SmallInteger, nullable=False),
    sa.Column("sources", NUMBER, nullable=False, server_default=sa.text("0")),
    sa.Column("worth", NUMBER, nullable=False),
)
sa.Index(None, review.c.opened_at, review.c.kind)
# What the queue is ordered by, and all that most filters look at.
sa.Index(
    "review_queue_ix",
    *(review.c[name] for name in ("worth", "review_id", "kind", "weight", "opened_at", "sources")),
)
sa.Index(None, review.c.serial)
sa.Index(None, review.c.other)
