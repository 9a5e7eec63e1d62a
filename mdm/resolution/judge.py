"""Judge: a steward's word on the records that were shown, and its withdrawal.

In: a partition of records, or that nobody can tell.  Out: what became of their golden records, or
would become of them.  The judgement and all that follows from it are published in one transaction.
"""

from collections.abc import Callable, Sequence

from mdm.model.clock import now
from mdm.model.history import Act
from mdm.model.judgements import Judgement, Proposal
from mdm.model.previews import Preview
from mdm.model.views import JudgementDone
from mdm.resolution import proposals
from mdm.resolution.acting import check_act
from mdm.resolution.judged_around import JudgementChange
from mdm.resolution.previewing import previewed
from mdm.resolution.ready import ReadyModel, ReadyModels
from mdm.resolution.recluster import recluster
from mdm.resolution.remembering import remember, seen
from mdm.resolution.republish import Prepared, prepare, publish
from mdm.store import Store, Transaction, judgements, neighbourhood, records
from mdm.store.reads.snapshot import snapshot


class Judge:
    """Takes stewards' judgements; threads may share it."""

    def __init__(self, store: Store, models: ReadyModels) -> None:
        self._store = store
        self._models = models

    def judge(self, proposal: Proposal) -> JudgementDone:
        """Keep a judgement and re-cluster.

        RecordInvalid when it says nothing or breaks a rule; PreconditionFailed when the records are
        not what was shown, or golden records hold others beside them, or a judgement to be
        superseded is not in force; Contradiction names the judgements on the path.
        """
        proposals.check(proposal)
        self._make_ready()
        with self._store.write() as tx:
            done = judged(tx, self._models.active(tx), proposal)
            tx.commit()
        return done

    def withdraw(self, judgement_id: int, actor: str, reason: str) -> JudgementDone:
        """Take a judgement back: no opinion is left, and those that it superseded count again.

        NotFound for an unknown judgement; NotInForce when it does not count anyway; Contradiction
        when one that would count again contradicts others by now; RecordInvalid when nobody acts.
        """
        check_act(actor, reason)
        self._make_ready()
        with self._store.write() as tx:
            done = withdrawn(tx, self._models.active(tx), judgement_id, actor, reason)
            tx.commit()
        return done

    def preview(self, proposal: Proposal) -> Preview:
        """Tell what a judgement would give if it was made now; raises as `judge` does."""
        proposals.check(proposal)
        return self._preview(lambda tx: proposals.judging(tx, proposal))

    def preview_withdrawal(self, judgement_id: int) -> Preview:
        """Tell what withdrawing a judgement would give now; raises as `withdraw` does."""
        return self._preview(lambda tx: proposals.withdrawing(tx, judgement_id))

    def _preview(self, change_in: Callable[[Transaction], JudgementChange]) -> Preview:
        """Work out in a snapshot what an act would give; nothing is written, nobody waits."""
        with snapshot(self._store) as tx:
            model = self._models.active(tx)
            change = change_in(tx)
            return previewed(tx, _prepared(tx, model, change), change.members())

    def _make_ready(self) -> None:
        """Make the model ready before the lock is taken: it takes a while the first time."""
        with self._store.read() as tx:
            self._models.active(tx)


def judged(tx: Transaction, model: ReadyModel, proposal: Proposal) -> JudgementDone:
    """Keep a judgement that `proposals.check` let pass, and publish what follows from it.

    For a transaction that writes; errors as of `Judge.judge`, and then nothing was written.
    """
    change = proposals.judging(tx, proposal)
    ready = _prepared(tx, model, change)
    (made,) = change.come
    number = _write(tx, made, change)
    act = Act(
        kind="judged",
        actor=made.actor,
        at=made.made_at,
        reason=made.reason,
        model_version=model.version.number,
        judgement_id=number,
        others=[each.judgement_id for each in change.go],
    )
    return JudgementDone(number, _publish(tx, model, act, ready, [made, *change.go]))


def withdrawn(
    tx: Transaction, model: ReadyModel, judgement_id: int, actor: str, reason: str
) -> JudgementDone:
    """Take a judgement back, and publish what follows from it.

    For a transaction that writes; errors as of `Judge.withdraw`, and then nothing was written.
    """
    at = now()
    change = proposals.withdrawing(tx, judgement_id)
    ready = _prepared(tx, model, change)
    judgements.withdraw(tx, judgement_id, actor=actor, reason=reason, at=at)
    act = Act(
        kind="withdrawn",
        actor=actor,
        at=at,
        reason=reason,
        model_version=model.version.number,
        judgement_id=judgement_id,
        others=[each.judgement_id for each in change.come],
    )
    return JudgementDone(judgement_id, _publish(tx, model, act, ready, [*change.go, *change.come]))


def _prepared(tx: Transaction, model: ReadyModel, change: JudgementChange) -> Prepared:
    return prepare(tx, model, recluster(tx, model, (), change), own=change.own)


def _write(tx: Transaction, made: Judgement, change: JudgementChange) -> int:
    """Keep a judgement; the result is its number."""
    number = judgements.add(tx, made)
    judgements.supersede(tx, [each.judgement_id for each in change.go], number)
    for record_id, serial in change.own.items():
        records.set_own(tx, record_id, serial)
    return number


def _publish(
    tx: Transaction, model: ReadyModel, act: Act, ready: Prepared, judged: Sequence[Judgement]
) -> list[str]:
    """Publish what follows from the judgement of an act, the first of them, and remember it.

    The result is the golden IDs of what changed.
    """
    before = seen(tx, judged)
    done = publish(tx, model, ready, at=act.at)
    remember(tx, act, before, done)
    names = neighbourhood.golden_ids(tx, done.changed)
    return [names[serial] for serial in sorted(names)]
