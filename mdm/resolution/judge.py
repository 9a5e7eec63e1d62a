"""Judge: a steward's word on the records that were shown, and its withdrawal.

In: a partition of records, or that nobody can tell.  Out: what became of their golden records.  The
judgement and all that follows from it are published in one transaction.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from mdm.identity.judgements import contradictions
from mdm.model.clock import now
from mdm.model.errors import (
    Contradiction,
    Fault,
    NotFound,
    NotInForce,
    PreconditionFailed,
    RecordInvalid,
)
from mdm.model.history import Act
from mdm.model.judgements import Judgement, JudgementMember, Proposal
from mdm.model.records import RecordRef
from mdm.model.views import JudgementDone
from mdm.resolution.ready import ReadyModel, ReadyModels
from mdm.resolution.recluster import recluster
from mdm.resolution.remembering import remember, seen
from mdm.resolution.republish import republish
from mdm.store import Store, Transaction, judgements, neighbourhood, records
from mdm.store.neighbourhood import Resident

MOST_RECORDS = 1_000
"""Records in one judgement; a component that is clustered by all its pairs has at most 500."""


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
        _check(proposal)
        with self._store.read() as tx:
            self._models.active(tx)
        with self._store.write() as tx:
            model = self._models.active(tx)
            found = _found(tx, proposal)
            made = _judgement(proposal, found)
            if proposal.kind == "partition":
                _check_shown(tx, found)
            superseded = _superseded(tx, proposal.supersedes)
            others = [each for each in judgements.in_force(tx) if each not in superseded]
            path = contradictions(made, others)
            if path:
                raise Contradiction(path)
            made = replace(made, judgement_id=judgements.add(tx, made))
            judgements.supersede(tx, proposal.supersedes, made.judgement_id)
            _keep(tx, proposal, found)
            act = Act(
                kind="judged",
                actor=made.actor,
                at=made.made_at,
                reason=made.reason,
                model_version=model.version.number,
                judgement_id=made.judgement_id,
                others=[each.judgement_id for each in superseded],
            )
            done = _publish(tx, model, act, [made, *superseded])
            tx.commit()
        return done

    def withdraw(self, judgement_id: int, actor: str, reason: str) -> JudgementDone:
        """Take a judgement back: no opinion is left, and those that it superseded count again.

        NotFound for an unknown judgement; NotInForce when it does not count anyway; Contradiction
        when one that would count again contradicts others by now.
        """
        with self._store.read() as tx:
            self._models.active(tx)
        with self._store.write() as tx:
            model = self._models.active(tx)
            gone, at = judgements.get(tx, judgement_id), now()
            _check_in_force(gone)
            standing = [each for each in judgements.in_force(tx) if each != gone]
            judgements.withdraw(tx, judgement_id, actor=actor, reason=reason, at=at)
            revived = _revived(tx, standing)
            act = Act(
                kind="withdrawn",
                actor=actor,
                at=at,
                reason=reason,
                model_version=model.version.number,
                judgement_id=judgement_id,
                others=[each.judgement_id for each in revived],
            )
            done = _publish(tx, model, act, [gone, *revived])
            tx.commit()
        return done


def _publish(
    tx: Transaction, model: ReadyModel, act: Act, judged: Sequence[Judgement]
) -> JudgementDone:
    """Publish what follows from the judgement of an act, the first of them, and remember it."""
    before = seen(tx, judged)
    done = republish(tx, model, recluster(tx, model, (), judged), at=act.at)
    remember(tx, act, before, done)
    names = neighbourhood.golden_ids(tx, done.changed)
    return JudgementDone(judged[0].judgement_id, [names[serial] for serial in sorted(names)])


def _check(proposal: Proposal) -> None:
    """Refuse what says nothing or what no judgement can say."""
    refs = [shown.ref for part in proposal.parts for shown in part]
    faults = []
    if len(refs) > MOST_RECORDS:
        faults.append(Fault("parts", f"has more than {MOST_RECORDS} records"))
    if not all(proposal.parts):
        faults.append(Fault("parts", "has an empty part"))
    if len(set(refs)) < len(refs):
        faults.append(Fault("parts", "names a record twice"))
    if len(refs) < 2:
        faults.append(Fault("parts", "needs two records or more"))
    if proposal.kind == "unsure" and len(proposal.parts) < 2:
        faults.append(Fault("parts", "needs two parts or more to be unsure of"))
    if proposal.keeps_part is not None and (
        proposal.kind == "unsure" or not 0 <= proposal.keeps_part < len(proposal.parts)
    ):
        faults.append(Fault("keeps_part", "must be the number of a part of a split, from 0 on"))
    if faults:
        raise RecordInvalid(faults)


def _found(tx: Transaction, proposal: Proposal) -> dict[RecordRef, Resident]:
    """Find the records that were shown, as they were shown."""
    numbers = {}
    for part in proposal.parts:
        for shown in part:
            ref = shown.ref
            kept = records.standing(tx, ref.source, [ref.key]).get(ref.key)
            if kept is None:
                raise NotFound(f"record of source {ref.source!r} with key", ref.key)
            if kept.retired_at is not None or kept.pending:
                raise PreconditionFailed(
                    f"the record of {ref.source!r} with key {ref.key!r} was retired, or waits for "
                    "a resolve: look again"
                )
            if shown.version not in (None, kept.version):
                raise PreconditionFailed(
                    f"the record of {ref.source!r} with key {ref.key!r} is at version "
                    f"{kept.version} by now: look again"
                )
            numbers[kept.record_id] = ref
    return {numbers[each.record_id]: each for each in neighbourhood.residents(tx, numbers)}


def _check_shown(tx: Transaction, found: Mapping[RecordRef, Resident]) -> None:
    """Refuse parts of golden records: the steward has not seen it all."""
    serials = {each.serial for each in found.values() if each.serial is not None}
    beside = {each.ref for each in neighbourhood.published_in(tx, serials)} - found.keys()
    if beside:
        first = min(beside)
        raise PreconditionFailed(
            f"the golden records of these hold others too, such as the record of {first.source!r} "
            f"with key {first.key!r}: look again, and judge all of them"
        )


def _judgement(proposal: Proposal, found: Mapping[RecordRef, Resident]) -> Judgement:
    members = tuple(
        JudgementMember(found[shown.ref].record_id, number, found[shown.ref].content_hash)
        for number, part in enumerate(proposal.parts)
        for shown in part
    )
    return Judgement(
        judgement_id=0,
        kind=proposal.kind,
        actor=proposal.actor,
        made_at=now(),
        reason=proposal.reason,
        members=members,
        keeps_part=proposal.keeps_part,
    )


def _superseded(tx: Transaction, numbers: Sequence[int]) -> list[Judgement]:
    found = []
    for number in dict.fromkeys(numbers):
        judgement = judgements.get(tx, number)
        if not judgement.in_force:
            raise PreconditionFailed(f"judgement {number} is not in force by now: look again")
        found.append(judgement)
    return found


def _check_in_force(judgement: Judgement) -> None:
    if judgement.superseded_by is not None:
        told = f"judgement {judgement.superseded_by} superseded it"
        raise NotInForce(judgement.judgement_id, told)
    if judgement.withdrawn_at is not None:
        told = f"it was withdrawn at {judgement.withdrawn_at}"
        raise NotInForce(judgement.judgement_id, told)


def _revived(tx: Transaction, standing: Sequence[Judgement]) -> list[Judgement]:
    """List the judgements in force beside those that stood; Contradiction when they cannot be."""
    stood, revived = {each.judgement_id for each in standing}, list[Judgement]()
    for each in judgements.in_force(tx):
        if each.judgement_id not in stood:
            path = contradictions(each, [*standing, *revived])
            if path:
                raise Contradiction(path)
            revived.append(each)
    return revived


def _keep(tx: Transaction, proposal: Proposal, found: Mapping[RecordRef, Resident]) -> None:
    """Let one part keep the golden ID that all of the records share."""
    if proposal.keeps_part is None:
        return
    serials = {each.serial for each in found.values()}
    if len(serials) > 1:
        fault = Fault("keeps_part", "goes with records of one golden record only")
        raise RecordInvalid([fault])
    keeping = {shown.ref for shown in proposal.parts[proposal.keeps_part]}
    (serial,) = serials
    for ref, each in found.items():
        if ref in keeping:
            records.set_own(tx, each.record_id, serial)
        elif each.own_serial == serial:
            records.set_own(tx, each.record_id, None)
