"""Stewards' work: the questions to review, who has which, what was said of them.

What answers a question is a judgement (`mdm.resolution.judge`); nothing here changes what is
published.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from mdm.explained import explained
from mdm.model.clock import as_text, now
from mdm.model.errors import Fault, NotFound, RecordInvalid, ReviewClosed, ReviewHeld
from mdm.model.explanation import Explainer
from mdm.model.reviews import (
    MOST_PAIRS,
    MOST_RECORDS,
    Backlog,
    ClosedReview,
    Review,
    ReviewFilter,
    ReviewSummary,
)
from mdm.model.rules.rules import Rules
from mdm.model.views import Page, Position, SourceRecord
from mdm.store import Store, Transaction, models, review_notes
from mdm.store.reads import evidence, golden, records
from mdm.store.reads import reviews as reads
from mdm.store.reads.members import members
from mdm.store.reads.reviews import Serials
from mdm.store.reads.snapshot import snapshot
from mdm.store.review_notes import ReviewNote

LEASE = timedelta(minutes=30)
"""How long a steward has a review who took it."""
ASSIGNED = timedelta(days=1)
"""How long one has it whom another steward gave it to."""
MOST_DEFERRED = timedelta(days=366)


class Reviews:
    """The reviews of a store; threads may share it.

    Every method raises StoreNotReady or StoreTooNew when the database cannot be read.
    """

    def __init__(self, store: Store, rules: Rules, explainer: Explainer) -> None:
        self._store = store
        self._rules = rules
        self._explainer = explainer

    def listing(
        self, chosen: ReviewFilter, *, after: Position | None, limit: int
    ) -> Page[ReviewSummary]:
        """Read at most `limit` open reviews behind a position, those of most worth first.

        RecordInvalid for an attribute that the rules do not have.
        """
        self._check(chosen)
        with snapshot(self._store) as tx:
            found = reads.open_reviews(tx, chosen, now=now(), after=after, limit=limit + 1)
        rest = reads.position(found[limit - 1]) if len(found) > limit else None
        return Page(found[:limit], rest)

    def backlog(self) -> Backlog:
        """Count what there is to review."""
        moment = datetime.now(UTC)
        day, week, month = (as_text(moment - timedelta(days=days)) for days in (1, 7, 30))
        with snapshot(self._store) as tx:
            return reads.backlog(tx, now=as_text(moment), day=day, week=week, month=month)

    def review(self, review_id: str) -> Review:
        """Read a review, open or closed; NotFound for one that never was."""
        with snapshot(self._store) as tx:
            is_open = reads.open_review(tx, review_id, now=now())
            found = is_open or reads.closed_review(tx, review_id)
            if found is None:
                raise NotFound("review", review_id)
            return self._shown(tx, *found)

    def upcoming(self, actor: str, chosen: ReviewFilter) -> ReviewSummary | None:
        """Tell which review `take_next` would take; None when there is none."""
        self._check(chosen)
        with snapshot(self._store) as tx:
            return _next(tx, actor, chosen, after=None)

    def take_next(
        self, actor: str, chosen: ReviewFilter, *, skipping: str | None = None
    ) -> ReviewSummary | None:
        """Take the review of most worth that nobody else has; None when there is none.

        `skipping`: release this one, if the actor has it, and look behind it.  No two stewards get
        the same one: it is taken under the write lock.
        """
        self._check(chosen)
        with self._store.write() as tx:
            after = None if skipping is None else _skip(tx, skipping, actor)
            found = _next(tx, actor, chosen, after=after)
            if found is not None:
                note = review_notes.get(tx, found.review_id)
                review_notes.put(tx, found.review_id, _given(note, actor, LEASE))
                found = _open(tx, found.review_id)
            tx.commit()
        return found

    def claim(self, review_id: str, actor: str, assignee: str | None = None) -> ReviewSummary:
        """Take a review, or give it to somebody else, for as long as the lease lasts.

        NotFound, ReviewClosed; ReviewHeld while another steward has it.
        """
        lease = LEASE if assignee in (None, actor) else ASSIGNED
        return self._note(review_id, actor, lambda note: _given(note, assignee or actor, lease))

    def release(self, review_id: str, actor: str) -> ReviewSummary:
        """Give a review back; errors as of `claim`."""
        return self._note(review_id, actor, _released)

    def defer(self, review_id: str, actor: str, until: str) -> ReviewSummary:
        """Put a review off until a time (ISO 8601 UTC text), and give it back.

        RecordInvalid for a time that is past, or more than a year away; others as of `claim`.
        """
        latest = as_text(datetime.now(UTC) + MOST_DEFERRED)
        if not now() < until <= latest:
            raise RecordInvalid([Fault("until", "must be a time to come, within a year")])
        note = ReviewNote(deferred_until=until, deferred_by=actor)
        return self._note(review_id, actor, lambda _: note)

    def comment(self, review_id: str, actor: str, text: str) -> ReviewSummary:
        """Note something beside a review, whoever has it; NotFound, ReviewClosed."""
        with self._store.write() as tx:
            summary = _open(tx, review_id)
            review_notes.comment(tx, review_id, actor, text, at=now())
            tx.commit()
        return replace(summary, comments=summary.comments + 1)

    def _note(
        self, review_id: str, actor: str, change: Callable[[ReviewNote], ReviewNote]
    ) -> ReviewSummary:
        """Change what is noted of an open review that nobody else has."""
        with self._store.write() as tx:
            _open(tx, review_id)
            note = review_notes.get(tx, review_id)
            holder = note.holder(now())
            if holder not in (None, actor):
                raise ReviewHeld(str(holder), str(note.lease_until))
            review_notes.put(tx, review_id, change(note))
            summary = _open(tx, review_id)
            tx.commit()
        return summary

    def _shown(
        self, tx: Transaction, summary: ReviewSummary | ClosedReview, serials: Serials
    ) -> Review:
        """Gather what there is to see of the golden records of a question."""
        one, other = serials
        both = (one, one if other is None else other)
        named = sorted({*both})
        model = models.active(tx)
        if other is None:
            pairs = evidence.pairs_within(tx, one, after=evidence.STRONGEST, limit=MOST_PAIRS)
        else:
            pairs = evidence.pairs_between(tx, one, other, limit=MOST_PAIRS)
        return Review(
            summary=summary,
            golden_records=golden.golden_records(tx, named),
            members={each.ref: each for serial in named for each in members(tx, serial).values()},
            records=_records(tx, one) if other is None else [],
            pairs=explained(tx, self._explainer, model, pairs),
            pair_count=evidence.pair_count(tx, *both),
            judgements=evidence.opinions_within(tx, named),
            comments=reads.comments(tx, summary.review_id),
            model_version=model.version if model else None,
            link_bits=model.link_bits if model else None,
            review_bits=model.review_bits if model else None,
        )

    def _check(self, chosen: ReviewFilter) -> None:
        names = [attribute.name for attribute in self._rules.attributes]
        if chosen.attribute is not None and chosen.attribute not in names:
            told = f"is no attribute; the rules have: {', '.join(names)}"
            raise RecordInvalid([Fault("attribute", told)])


def _records(tx: Transaction, serial: int) -> list[SourceRecord]:
    return [each for _, each in records.records_of(tx, serial, after=0, limit=MOST_RECORDS)]


def _next(
    tx: Transaction, actor: str, chosen: ReviewFilter, *, after: Position | None
) -> ReviewSummary | None:
    found = reads.open_reviews(tx, chosen, now=now(), after=after, limit=1, free_for=actor)
    return found[0] if found else None


def _skip(tx: Transaction, review_id: str, actor: str) -> Position | None:
    """Give a review back; the result is its place, None when it has none any more."""
    found = reads.open_review(tx, review_id, now=now())
    if found is None:
        return None
    note = review_notes.get(tx, review_id)
    if note.holder(now()) == actor:
        review_notes.put(tx, review_id, _released(note))
    return reads.position(found[0])


def _released(note: ReviewNote) -> ReviewNote:
    return replace(note, assignee=None, lease_until=None)


def _given(note: ReviewNote, to: str, lease: timedelta) -> ReviewNote:
    until = as_text(datetime.now(UTC) + lease)
    return replace(note, assignee=to, lease_until=until, deferred_until=None, deferred_by=None)


def _open(tx: Transaction, review_id: str) -> ReviewSummary:
    """Read an open review; ReviewClosed for a closed one, NotFound for one that never was."""
    found = reads.open_review(tx, review_id, now=now())
    if found is None:
        if reads.closed_review(tx, review_id) is None:
            raise NotFound("review", review_id)
        raise ReviewClosed(review_id)
    return found[0]
