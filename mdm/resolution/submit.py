"""Submit: records are taken and resolved in one transaction, and each hears what became of it.

In: records of one source as their department hands them in.  Out: the golden record that each is in
now.  What is published is what a resolution over everything would publish.
"""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from functools import partial
from itertools import islice
from threading import TIMEOUT_MAX

from mdm.model.clock import now
from mdm.model.errors import MdmError, NotFound, PreconditionFailed, Stale
from mdm.model.records import IncomingRecord, RecordRef
from mdm.model.submissions import Precondition, Submission, state_of
from mdm.model.views import Submitted
from mdm.resolution.ahead import meetings, weigh_ahead
from mdm.resolution.ready import ReadyModel, ReadyModels
from mdm.resolution.recluster import recluster
from mdm.resolution.republish import republish
from mdm.resolution.requests import Item, Request
from mdm.resolution.together import Together
from mdm.resolution.told import Told
from mdm.store import Store, Transaction, neighbourhood, records
from mdm.store.records import Standing
from mdm.store.sources import source_id
from mdm.store.taking import TakenRecord

Answer = Submitted | MdmError
"""What became of a record, or why it was not taken."""


_MANY = 100
"""Records that are weighed before the lock is taken; fewer are faster weighed together with those
of other requests, under it."""
_MOST_TOGETHER = 200
"""Records of several requests in one transaction; fewer than a bulk's, since all wait for it."""


class Submitter:
    """Takes and resolves records one at a time or many; threads may share it.

    What several threads submit at the same time goes into one transaction.  Requests of many are
    worked off one after the other: Python runs one thread at a time, and two that compute would
    keep one another from it, the one that has the write lock too.
    """

    def __init__(self, store: Store, models: ReadyModels) -> None:
        self._store = store
        self._models = models
        self._together = Together(self._submitted, most=_MOST_TOGETHER, patience=store.patience)
        # without a patience of its own: whoever is at work has one, and all hear when it ends
        self._of_many = Together(_called, most=1, patience=TIMEOUT_MAX)

    def submit(
        self,
        source: str,
        submissions: Sequence[Submission],
        *,
        precondition: Precondition | None = None,
    ) -> list[Answer]:
        """Take records and resolve them, all in one transaction; the answers are in their order.

        A record that breaks the rules, is stale or fails the precondition gets its error as the
        answer, and the others are taken.  Where a key stands there again, a transaction of its own
        begins, so that each answer holds as of its commit.  NotFound for an unknown source;
        NothingToDo before the first resolve; StoreBusy when others write for too long.
        """
        answers: list[Answer] = []
        for start, end in distinct([each.key for each in submissions]):
            answers += self._submit(source, submissions[start:end], precondition)
        return answers

    def _submit(
        self, source: str, submissions: Sequence[Submission], precondition: Precondition | None
    ) -> list[Answer]:
        if len(submissions) < _MANY:
            return self._asked(self._read(source, submissions, precondition))
        answered = partial(self._weighed_ahead, source, submissions, precondition)
        return self._of_many.ask(answered, {each.key for each in submissions})

    def _read(
        self, source: str, submissions: Sequence[Submission], precondition: Precondition | None
    ) -> Request:
        model = self._models.last or self.model_for(source)
        return Request.of(source, submissions, precondition, model)

    def _asked(self, request: Request) -> list[Answer]:
        names = {RecordRef(request.source, each.key) for each in request.submissions}
        found = self._together.ask(request, names)
        if isinstance(found, MdmError):
            raise found
        return found

    def _weighed_ahead(
        self, source: str, submissions: Sequence[Submission], precondition: Precondition | None
    ) -> list[Answer]:
        request = self._read(source, submissions, precondition)
        with ExitStack() as ahead:
            self._weigh_ahead(request, ahead)
            return self._asked(request)

    def _weigh_ahead(self, request: Request, ahead: ExitStack) -> None:
        """Weigh a request of many; what it saw is kept until `ahead` ends.

        While records wait it could not be used.
        """
        rows = [row for row in request.rows if isinstance(row, IncomingRecord)]
        with self._store.read() as tx:
            changed = self._models.active(tx) is not request.model
            if changed or neighbourhood.any_waits(tx, beside=()):
                return
            found = meetings(tx, request.model, request.source, rows)
        seen = weigh_ahead(request.model, found)
        ahead.enter_context(request.model.last_seen.keeping(seen))

    def _submitted(self, requests: Sequence[Request]) -> list[list[Answer] | MdmError]:
        """Answer requests, in one transaction; no record is in it twice."""
        with self._store.write() as tx:
            model = self._models.active(tx)
            unknown = _unknown_sources(tx, {each.source for each in requests})
            known = (each for each in requests if each.source not in unknown)
            items = [item for each in known for item in each.items(model)]
            answers = _Chunk(tx, model, items).answers()
            tx.commit()
        given = iter(answers)
        return [
            unknown[each.source]
            if each.source in unknown
            else list(islice(given, len(each.submissions)))
            for each in requests
        ]

    def retire(self, ref: RecordRef, *, precondition: Precondition | None = None) -> Submitted:
        """Take a record out of service, and resolve anew what it held together.

        NotFound for an unknown record; one that is retired already is left as it is.
        """
        if self._models.last is None:
            self.model_for(ref.source)
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

    def model_for(self, source: str) -> ReadyModel:
        """Give the model that records of a source are taken with; errors as of `submit`.

        It is made ready, which takes a while the first time, before the lock is taken.
        """
        with self._store.read() as tx:
            source_id(tx, source)
            return self._models.active(tx)


def _called(calls: Sequence[Callable[[], list[Answer]]]) -> list[list[Answer]]:
    """Answer requests of many, which come one by one."""
    return [call() for call in calls]


def _unknown_sources(tx: Transaction, names: Iterable[str]) -> dict[str, NotFound]:
    unknown = {}
    for name in names:
        try:
            source_id(tx, name)
        except NotFound as error:
            unknown[name] = error
    return unknown


def distinct(keys: Sequence[Hashable]) -> list[tuple[int, int]]:
    """Cut where a key comes again: ranges without one that comes twice."""
    cuts, seen = [0], set[Hashable]()
    for place, key in enumerate(keys):
        if key in seen:
            cuts.append(place)
            seen.clear()
        seen.add(key)
    return list(zip(cuts, [*cuts[1:], len(keys)], strict=True))


class _Chunk:
    """Distinct records on their way."""

    def __init__(self, tx: Transaction, model: ReadyModel, items: Sequence[Item]) -> None:
        self._tx = tx
        self._model = model
        self._items = items

    def answers(self) -> list[Answer]:
        """Take the records and resolve them; answers in their order."""
        read = [self._checked(each) for each in self._items]
        taken = self._take(
            {
                each.name: row
                for each, row in zip(self._items, read, strict=True)
                if isinstance(row, IncomingRecord)
            }
        )
        told = resolved(
            self._tx, self._model, {n.record_id for n in taken.values() if n.unresolved}
        )
        return [
            row if isinstance(row, MdmError) else _answer(each.name, taken[each.name], told)
            for each, row in zip(self._items, read, strict=True)
        ]

    def _checked(self, item: Item) -> IncomingRecord | MdmError:
        """Give what is to be kept of a record, if its precondition does not forbid it."""
        if item.precondition is None or isinstance(item.row, MdmError):
            return item.row
        kept = records.standing(self._tx, item.name.source, [item.name.key])
        try:
            _check(item.precondition, kept.get(item.name.key))
        except MdmError as error:
            return error
        return item.row

    def _take(self, rows: Mapping[RecordRef, IncomingRecord]) -> dict[RecordRef, TakenRecord]:
        by_source = defaultdict[str, list[IncomingRecord]](list)
        for name, row in rows.items():
            by_source[name.source].append(row)
        return {
            RecordRef(source, row.key): taken
            for source, given in by_source.items()
            for row, taken in zip(
                given, records.take_each(self._tx, source, given, arrived_at=now()), strict=True
            )
        }


def _answer(ref: RecordRef, taken: TakenRecord, told: Told) -> Answer:
    if taken.outcome == "stale":
        return Stale(taken.last_changed_at)
    answer = told.answer(ref, taken.record_id, taken.version)
    return replace(answer, created=taken.outcome == "created")


def resolved(tx: Transaction, model: ReadyModel, record_ids: set[int]) -> Told:
    """Resolve records that changed, and whatever hangs on them."""
    found = recluster(tx, model, record_ids)
    return Told(tx, found, republish(tx, model, found, at=now()))


def _check(precondition: Precondition | None, kept: Standing | None) -> None:
    if precondition is None:
        return
    state, stands = None, "there is no such record"
    if kept is not None:
        retired = kept.retired_at is not None
        state = state_of(kept.version, retired=retired)
        stands = f"it is {'retired, ' if retired else ''}at version {kept.version}"
    if not precondition.holds(state):
        raise PreconditionFailed(f"{stands}: read it again, and send what is to become of it")
