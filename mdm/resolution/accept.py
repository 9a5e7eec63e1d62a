"""Accept: a steward's yes to all open questions of one kind from a weight on, as one act.

In: a survey of the questions, of which the steward has seen a sample.  Out: a judgement for each,
which one undo takes back.  It goes on in steps, each a transaction that keeps with its judgements
how far it came: whoever asks next goes on there, also after the service was stopped in the midst.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic

from mdm.identity.components import MICRO
from mdm.model.acceptances import MOST_QUESTIONS, SAMPLE, Acceptance, Excepted, Surveyed
from mdm.model.clock import now
from mdm.model.errors import (
    AcceptanceBegun,
    Contradiction,
    NotFound,
    NotInForce,
    PreconditionFailed,
    RecordInvalid,
    StoreBusy,
)
from mdm.model.judgements import Proposal
from mdm.model.reviews import ReviewKind
from mdm.resolution import proposals
from mdm.resolution.judge import judged, withdrawn
from mdm.resolution.ready import ReadyModel, ReadyModels
from mdm.store import Store, Transaction, acceptances
from mdm.store.reads import reviews
from mdm.store.reads.snapshot import snapshot

AT_ONCE = 10
"""Questions of one transaction: other writers wait for so many."""
MOST_LISTED = 20

_Step = Callable[[Transaction, ReadyModel, Acceptance], None]


@dataclass(frozen=True)
class Accepting:
    """Takes stewards' acceptances; threads may share it."""

    store: Store
    models: ReadyModels

    def survey(self, kind: ReviewKind, min_weight: float, actor: str) -> Acceptance:
        """Find what would be accepted, and draw a sample; it takes the place of their last survey.

        Those are the open questions of a kind from a weight (bits) on which are not put off, and
        which no other steward has; at most MOST_QUESTIONS, those of greatest weight.
        """
        least, at = round(min_weight * MICRO), now()
        with snapshot(self.store) as tx:
            found = acceptances.count(tx, kind, least, actor=actor, now=at)
            questions = acceptances.survey(
                tx, kind, least, actor=actor, now=at, most=MOST_QUESTIONS
            )
        places = range(len(questions))
        sampled = random.sample(places, min(SAMPLE, len(places)))
        row = {
            "kind": kind,
            "least": least,
            "found": found,
            "surveyed_by": actor,
            "surveyed_at": at,
        }
        with self.store.write() as tx:
            number = acceptances.add(tx, row, questions, sampled)
            made = acceptances.get(tx, number)
            tx.commit()
        return made

    def acceptance(self, number: int) -> Acceptance:
        """Tell how far an acceptance has come; NotFound."""
        with snapshot(self.store) as tx:
            return acceptances.get(tx, number)

    def latest(self) -> list[Acceptance]:
        """List the newest that were more than surveyed."""
        with snapshot(self.store) as tx:
            return acceptances.latest(tx, most=MOST_LISTED)

    def sample(self, number: int) -> list[Surveyed]:
        """List the questions to look at, those of greatest weight first."""
        with snapshot(self.store) as tx:
            return acceptances.sample(tx, number)

    def left_out(self, number: int, *, most: int) -> list[Excepted]:
        """List the questions that were left out, and why; at most so many."""
        with snapshot(self.store) as tx:
            return acceptances.left_out(tx, number, most=most)

    def kept(self, number: int, *, most: int) -> list[Excepted]:
        """List the questions whose judgement the undo left, and why; at most so many."""
        with snapshot(self.store) as tx:
            return acceptances.kept(tx, number, most=most)

    def accept(self, number: int, actor: str, reason: str) -> Acceptance:
        """Begin to accept what was surveyed; NotFound, AcceptanceBegun."""
        with self.store.write() as tx:
            found = acceptances.get(tx, number)
            if found.state != "surveyed":
                raise AcceptanceBegun(number, found.state)
            return self._noted(tx, number, accepted_by=actor, accepted_at=now(), reason=reason)

    def stop(self, number: int, actor: str) -> Acceptance:
        """Leave all that is still to come as it is; nothing where nothing is.  NotFound."""
        with self.store.write() as tx:
            state, why = acceptances.get(tx, number).state, f"{actor} stopped it before"
            if state == "accepting":
                acceptances.leave_out_rest(tx, number, why)
            elif state == "undoing":
                acceptances.keep_rest(tx, number, why)
            tx.commit()
        return self.acceptance(number)

    def undo(self, number: int, actor: str, reason: str) -> Acceptance:
        """Begin to take all its judgements back, the last first; NotFound, AcceptanceBegun."""
        with self.store.write() as tx:
            found = acceptances.get(tx, number)
            if found.state not in ("accepting", "accepted"):
                raise AcceptanceBegun(number, found.state)
            acceptances.leave_out_rest(tx, number, f"{actor} undid it before")
            return self._noted(tx, number, undone_by=actor, undone_at=now(), undone_reason=reason)

    def go_on(self, number: int, *, seconds: float) -> Acceptance:
        """Do the next steps of what has begun, one at least, for about so long.

        NotFound; StoreBusy when the first has to wait too long, what came before it is kept.
        """
        until = monotonic() + seconds
        with self.store.read() as tx:
            self.models.active(tx)  # it takes a while the first time: not under the lock
        found = self._step(number)
        while found.to_come and monotonic() < until:
            try:
                found = self._step(number)
            except StoreBusy:
                break
        return found

    def _step(self, number: int) -> Acceptance:
        """Do the next step, if there is one."""
        with self.store.write() as tx:
            found = acceptances.get(tx, number)
            step = _STEPS.get(found.state)
            if step is not None:
                step(tx, self.models.active(tx), found)
                found = acceptances.get(tx, number)
            tx.commit()
        return found

    def _noted(self, tx: Transaction, number: int, **values: object) -> Acceptance:
        acceptances.note(tx, number, **values)
        found = acceptances.get(tx, number)
        tx.commit()
        return found


def _accept_some(tx: Transaction, model: ReadyModel, act: Acceptance) -> None:
    """Answer the next questions; one that is not as it was surveyed is left out."""
    number = act.acceptance_id
    for place, question in acceptances.to_accept(tx, number, most=AT_ONCE):
        try:
            with tx.attempt():
                done = judged(tx, model, _proposal(tx, act, question))
        except (PreconditionFailed, Contradiction, NotFound, RecordInvalid) as error:
            acceptances.became(tx, number, place, left_out=error.message)
        else:
            acceptances.became(tx, number, place, judgement_id=done.judgement_id)


def _proposal(tx: Transaction, act: Acceptance, question: Surveyed) -> Proposal:
    """Say yes to a question; PreconditionFailed for one that nobody would say it to now."""
    found = reviews.open_review(tx, question.review_id, now=now())
    if found is None:
        raise PreconditionFailed("it is not asked any more")
    summary, _ = found
    if summary.weight_bits < act.min_weight:
        raise PreconditionFailed(f"its weight is {summary.weight_bits:.1f} bits by now")
    if summary.assignee not in (None, act.accepted_by):
        raise PreconditionFailed(f"{summary.assignee} has it")
    if summary.deferred_until is not None:
        raise PreconditionFailed(f"{summary.deferred_by} put it off")
    proposal = Proposal(
        kind="partition",
        parts=[question.shown],
        actor=act.accepted_by or act.surveyed_by,
        reason=_reason(act, act.reason),
        golden_ids=summary.golden_ids,
    )
    proposals.check(proposal)
    return proposal


def _undo_some(tx: Transaction, model: ReadyModel, act: Acceptance) -> None:
    """Take the next judgements back; one that cannot be is kept."""
    number, actor = act.acceptance_id, act.undone_by or act.surveyed_by
    for place, judgement_id in acceptances.to_withdraw(tx, number, most=AT_ONCE):
        try:
            with tx.attempt():
                withdrawn(tx, model, judgement_id, actor, _reason(act, act.undone_reason))
        except (NotInForce, Contradiction) as error:
            acceptances.became(tx, number, place, kept=error.message)
        else:
            acceptances.became(tx, number, place, withdrawn=True)


def _reason(act: Acceptance, said: str | None) -> str:
    """Say in each golden record's history that it was one of many, and what the steward said."""
    told = f"bulk accept {act.acceptance_id}"
    return f"{told}: {said}" if said else told


_STEPS: dict[str, _Step] = {"accepting": _accept_some, "undoing": _undo_some}
