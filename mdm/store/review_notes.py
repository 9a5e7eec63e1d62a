"""What stewards note beside reviews: who has one, until when it is put off, comments.

It is kept under the review's ID, whether the review is open, closed, or opens again.
"""

from dataclasses import asdict, dataclass

import sqlalchemy as sa

from mdm.store.review_schema import review_comment, review_note
from mdm.store.store import Transaction


@dataclass(frozen=True)
class ReviewNote:
    """Who has a review until when, and until when it is put off by whom; times as text."""

    assignee: str | None = None
    lease_until: str | None = None
    deferred_until: str | None = None
    deferred_by: str | None = None

    def holder(self, now: str) -> str | None:
        """Tell who has it now."""
        return self.assignee if self.lease_until is not None and self.lease_until > now else None


def get(tx: Transaction, review_id: str) -> ReviewNote:
    """Read what is noted; an empty note where nothing is."""
    columns = [review_note.c[name] for name in ReviewNote.__dataclass_fields__]
    query = sa.select(*columns).where(review_note.c.review_id == review_id)
    row = tx.connection.execute(query).one_or_none()
    return ReviewNote() if row is None else ReviewNote(*row)


def put(tx: Transaction, review_id: str, note: ReviewNote) -> None:
    """Note this in the place of what was noted."""
    values = asdict(note)
    update = sa.update(review_note).where(review_note.c.review_id == review_id).values(**values)
    if not tx.connection.execute(update).rowcount:
        tx.connection.execute(sa.insert(review_note).values(review_id=review_id, **values))


def comment(tx: Transaction, review_id: str, actor: str, text: str, *, at: str) -> None:
    """Add a comment."""
    values = {"review_id": review_id, "actor": actor, "made_at": at, "comment": text}
    tx.connection.execute(sa.insert(review_comment).values(**values))
