"""Submit: records are taken and resolved in one transaction, and each hears what became of it.

In: records of one source as their department hands them in.  Out: the golden record that each is in
now.  What is published is what a resolution over everything would publish.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from mdm.model.clock import now
from mdm.model.errors import Fault, MdmError, NotFound, PreconditionFailed, RecordInvalid, Stale
from mdm.model.records import Attributes, IncomingRecord, RecordRef
from mdm.model.submissions import LONGEST_KEY, Precondition, Submission
from mdm.model.views import Submitted
from mdm.resolution.ready import ReadyModel, ReadyModels
from mdm.resolution.recluster import recluster
from mdm.resolution.republish import republish
from mdm.resolution.submitted import submitted_attributes
from mdm.resolution.told import Told
from mdm.sources.mapping import content_hash
from mdm.sources.values import BadValue, check_characters, payload_of, time_of
from mdm.store import Store, Transaction, records
from mdm.store.records import Standing
from mdm.store.sources import source_id

Answer = Submitted | MdmError
"""What became of a record, or why it was not taken."""


class Submitter:
    """Takes and resolves records one at a time or many; threads may share it."""

    def __init__(self, store: Store, models: ReadyModels) -> None:
        self._store = store
        self._models = models

    def submit(
        self,
        source: str,
        submissions: Sequence[Submission],
        *,
        precondition: Precondition | None = None,
    ) -> list[Answer]:
        """Take records and resolve them, all in one transaction; the answers are in their order.

        A record that breaks the rules or is stale gets its error as the answer, and the others are
        taken.  Of a key that stands there twice the later one replaces the earlier.  NotFound for
        an unknown source; PreconditionFailed, and nothing is taken; NothingToDo before the first
        resolve.
        """
        if not self._models.warm:
            self.check(source)
        with self._store.write() as tx:
            source_id(tx, source)
            model = self._models.active(tx)
            answers: list[Answer] = []
            for start, end in _distinct(submissions):
                chunk = submissions[start:end]
                answers += _Chunk(tx, model, source, chunk).answers(precondition)
            tx.commit()
        return answers

    def retire(self, ref: RecordRef, *, precondition: Precondition | None = None) -> Submitted:
        """Take a record out of service, and resolve anew what it held together.

        NotFound for an unknown record; one that is retired already is left as it is.
        """
        if not self._models.warm:
            self.check(ref.source)
        with self._store.write() as tx:
            source_id(tx, ref.source)
            model = self._models.active(tx)
            kept = records.standing(tx, ref.source, [ref.key]).get(ref.key)
            if kept is None:
                raise NotFound(f"record of source {ref.source!r} with key", ref.key)
            _check(precondition, kept)
            if kept.retired_at is not None and not kept.pending:
                return Submitted(ref, kept.version, "unchanged", None)
            records.retire(tx, [ref], at=now())
            answer = resolved(tx, model, {kept.record_id}).answer(ref, kept.record_id, kept.version)
            tx.commit()
        return answer

    def check(self, source: str) -> None:
        """Make sure that records of a source can be taken; errors as of `submit`.

        Makes the model ready, which takes a while the first time, before the lock is taken.
        """
        with self._store.read() as tx:
            source_id(tx, source)
            self._models.active(tx)


def _distinct(submissions: Sequence[Submission]) -> list[tuple[int, int]]:
    """Cut where a key comes again: ranges without one that comes twice."""
    cuts, seen = [0], set[str]()
    for place, each in enumerate(submissions):
        if each.key in seen:
            cuts.append(place)
            seen.clear()
        seen.add(each.key)
    return list(zip(cuts, [*cuts[1:], len(submissions)], strict=True))


class _Chunk:
    """Records of one source with distinct keys, on their way."""

    def __init__(
        self, tx: Transaction, model: ReadyModel, source: str, submissions: Sequence[Submission]
    ) -> None:
        self._tx = tx
        self._model = model
        self._source = source
        self._submissions = submissions

    def answers(self, precondition: Precondition | None) -> list[Answer]:
        read = [self._read(each) for each in self._submissions]
        rows = [each for each in read if isinstance(each, IncomingRecord)]
        if not rows:
            return [each for each in read if isinstance(each, MdmError)]
        keys = [row.key for row in rows]
        before = records.standing(self._tx, self._source, keys)
        for key in keys:
            _check(precondition, before.get(key))
        outcomes = records.take_each(self._tx, self._source, rows, arrived_at=now())
        took = dict(zip(keys, outcomes, strict=True))
        kept = records.standing(self._tx, self._source, keys)
        resolving = {
            kept[key].record_id
            for key, outcome in took.items()
            if outcome in ("created", "changed") or (outcome == "unchanged" and kept[key].pending)
        }
        told = resolved(self._tx, self._model, resolving)
        return [
            each if isinstance(each, MdmError) else self._answer(each.key, took, kept, told)
            for each in read
        ]

    def _read(self, submission: Submission) -> IncomingRecord | MdmError:
        try:
            return incoming(submission, self._model)
        except MdmError as error:
            return error

    def _answer(
        self, key: str, took: Mapping[str, str], kept: Mapping[str, Standing], told: "Told"
    ) -> Answer:
        stands = kept[key]
        if took[key] == "stale":
            return Stale(stands.modified_at or stands.arrived_at)
        answer = told.answer(RecordRef(self._source, key), stands.record_id, stands.version)
        return replace(answer, created=took[key] == "created")


def resolved(tx: Transaction, model: ReadyModel, record_ids: set[int]) -> Told:
    """Resolve records that changed, and whatever hangs on them."""
    found = recluster(tx, model, record_ids)
    return Told(tx, found, republish(tx, model, found, at=now()), review=model.review)


def incoming(submission: Submission, model: ReadyModel) -> IncomingRecord:
    """Make what is kept of a submission; RecordInvalid when it breaks the rules."""
    faults = _key_faults(submission.key)
    attributes: Attributes = {}
    modified_at = None
    try:
        attributes = submitted_attributes(submission.attributes, model.rules, model.standardiser)
    except RecordInvalid as error:
        faults += error.faults
    try:
        modified_at = time_of("modified_at", submission.modified_at, None)
    except BadValue as error:
        faults.append(Fault("modified_at", error.reason))
    if faults:
        raise RecordInvalid(faults)
    given: dict[str, object] = {
        "attributes": submission.attributes,
        "modified_at": submission.modified_at,
    }
    payload = payload_of(given)
    return IncomingRecord(
        key=submission.key,
        payload=payload,
        attributes=attributes,
        standardised=model.standardiser.attributes(attributes),
        rules_hash=model.rules.rules_hash,
        content_hash=content_hash(payload, attributes),
        modified_at=modified_at,
    )


def _key_faults(key: str) -> list[Fault]:
    try:
        check_characters("key", key)
    except BadValue as error:
        return [Fault("key", error.reason)]
    if not 1 <= len(key) <= LONGEST_KEY:
        return [Fault("key", f"must have 1 to {LONGEST_KEY} characters")]
    return []


def _check(precondition: Precondition | None, kept: Standing | None) -> None:
    version = None if kept is None else kept.version
    if precondition is not None and not precondition.holds(version):
        stands = "there is no such record" if version is None else f"it is at version {version}"
        raise PreconditionFailed(f"{stands}: read it again, and send what is to become of it")
