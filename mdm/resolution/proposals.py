"""What an act on judgements would do, checked and worked out before anything of it is written.

In: a steward's proposal, or the number of a judgement to be withdrawn.  Out: the judgements that
come into force and go out of it, and the own IDs that records get.
"""

from collections.abc import Mapping, Sequence, Set
from dataclasses import replace
from typing import get_args

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
from mdm.model.judgements import Judgement, JudgementKind, JudgementMember, Proposal
from mdm.model.records import RecordRef
from mdm.resolution.acting import act_faults
from mdm.resolution.judged_around import JudgementChange
from mdm.store import Transaction, judgements, neighbourhood, records
from mdm.store.neighbourhood import Resident

MOST_RECORDS = 1_000
"""Records in one judgement; a component that is clustered by all its pairs has at most 500."""


def judging(tx: Transaction, proposal: Proposal) -> JudgementChange:
    """Work out what a judgement that `check` lets pass would do; errors as of `Judge.judge`."""
    found = _found(tx, proposal)
    _check_held(tx, proposal, {each.record_id for each in found.values()})
    made = _judgement(proposal, found)
    if proposal.kind == "partition":
        _check_shown(tx, found)
    superseded = _superseded(tx, proposal.supersedes)
    around = judgements.connected(tx, {each.record_id for each in found.values()})
    path = contradictions(made, [each for each in around if each not in superseded])
    if path:
        raise Contradiction(path)
    return JudgementChange(come=[made], go=superseded, own=_own(proposal, found))


def withdrawing(tx: Transaction, judgement_id: int) -> JudgementChange:
    """Work out what withdrawing a judgement would do; errors as of `Judge.withdraw`."""
    gone = judgements.get(tx, judgement_id)
    if gone.superseded_by is not None:
        raise NotInForce(judgement_id, f"judgement {gone.superseded_by} superseded it")
    if gone.withdrawn_at is not None:
        raise NotInForce(judgement_id, f"it was withdrawn at {gone.withdrawn_at}")
    revived = [
        replace(each, superseded_by=None)
        for each in judgements.superseded_by(tx, judgement_id)
        if each.withdrawn_at is None
    ]
    about = {member.record_id for each in revived for member in each.members}
    standing = [each for each in judgements.connected(tx, about) if each != gone]
    for each in revived:
        path = contradictions(each, standing)
        if path:
            raise Contradiction(path, returning=each.judgement_id)
        standing.append(each)
    return JudgementChange(come=revived, go=[gone])


def check(proposal: Proposal) -> None:
    """Refuse what says nothing or what no judgement can say: RecordInvalid."""
    refs = [shown.ref for part in proposal.parts for shown in part]
    faults = act_faults(proposal.actor, proposal.reason)
    if proposal.kind not in get_args(JudgementKind):
        known = " or ".join(repr(kind) for kind in get_args(JudgementKind))
        faults.append(Fault("kind", f"{proposal.kind!r} is none: must be {known}"))
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


def _check_held(tx: Transaction, proposal: Proposal, record_ids: Set[int]) -> None:
    """Refuse when a golden record that was shown has lost a record meanwhile, or is no more."""
    held = neighbourhood.held_by(tx, proposal.golden_ids)
    if proposal.golden_ids and held != record_ids:
        raise PreconditionFailed("the golden records hold other records by now: look again")


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


def _own(proposal: Proposal, found: Mapping[RecordRef, Resident]) -> dict[int, int | None]:
    """Tell which own IDs change so that one part keeps the golden ID that all records share."""
    if proposal.keeps_part is None:
        return {}
    serials = {each.serial for each in found.values()}
    if len(serials) > 1:
        fault = Fault("keeps_part", "goes with records of one golden record only")
        raise RecordInvalid([fault])
    keeping = {shown.ref for shown in proposal.parts[proposal.keeps_part]}
    (serial,) = serials
    return {
        each.record_id: serial if ref in keeping else None
        for ref, each in found.items()
        if ref in keeping or each.own_serial == serial
    }
