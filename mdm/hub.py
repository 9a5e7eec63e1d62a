"""What each kind of user can do, one method each.

A department's operator declares and ingests sources; whoever runs the service trains and resolves;
readers ask through `reading`.  Everything here is safe to run twice.
"""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import IO, Literal

from mdm.finding.finder import Finder
from mdm.matching.explaining import SplinkExplainer
from mdm.matching.scorer import Scorers
from mdm.model.clock import now
from mdm.model.errors import Fault, MdmError, RecordInvalid
from mdm.model.judgements import Proposal
from mdm.model.models import ModelVersion
from mdm.model.previews import Preview
from mdm.model.progress import SILENT, Progress
from mdm.model.records import SOURCE_NAME, SOURCE_NAME_RULE, RecordRef, Source
from mdm.model.rules.rules import Rules
from mdm.model.submissions import Precondition, Submission
from mdm.model.views import AnsweredLine, JudgementDone, Submitted
from mdm.reading import Reading
from mdm.resolution.accept import Accepting
from mdm.resolution.evaluate import Evaluation, evaluate
from mdm.resolution.export import export
from mdm.resolution.ingest import IngestFigures, ingest
from mdm.resolution.judge import Judge
from mdm.resolution.lines import array_to_lines, lines_of
from mdm.resolution.match import Matcher
from mdm.resolution.outgrown import OutgrownKey, outgrown, skip
from mdm.resolution.pin import Pinner
from mdm.resolution.ready import ReadyModels
from mdm.resolution.rebuild import rebuild
from mdm.resolution.resolve import Resolution, resolve
from mdm.resolution.resolve_few import FewResolved, few_wait, resolve_few
from mdm.resolution.retry import retry
from mdm.resolution.submit import Submitter
from mdm.resolution.submit_lines import submit_lines
from mdm.resolution.train import train
from mdm.resolution.verify import Verification, verify
from mdm.reviews import Reviews
from mdm.sources import SourcesConfig
from mdm.store import Store, models, quarantine, records, resolutions
from mdm.store.quarantine import QuarantineEntry
from mdm.users import Users


@dataclass(frozen=True)
class Hub:
    """The service over one store and one set of rules.

    `progress` hears of every long step.  Every method but `init` raises StoreNotReady when the
    database was not initialised, StoreTooNew when a newer version of this service upgraded it.
    """

    store: Store
    rules: Rules
    progress: Progress = SILENT

    def init(self) -> list[str]:
        """Make or upgrade the tables; the result names the migrations that ran."""
        return self.store.migrate()

    @cached_property
    def reading(self) -> Reading:
        """What readers can ask."""
        return Reading(self.store, self.rules, SplinkExplainer(self._scorers))

    @cached_property
    def matching(self) -> Matcher:
        """What tells whether a customer is known."""
        self.store.check()
        return Matcher(self.store, self._ready_models)

    @cached_property
    def finding(self) -> Finder:
        """What finds customers by whatever is known of them."""
        return Finder(self.reading, self.matching)

    def submit(
        self,
        source: str,
        submissions: Sequence[Submission],
        *,
        precondition: Precondition | None = None,
    ) -> list[Submitted | MdmError]:
        """Take records of a source and resolve them at once, as `Submitter.submit` says."""
        return self.submitting.submit(source, submissions, precondition=precondition)

    def submit_file(
        self, source: str, file: IO[bytes], *, array: bool = False
    ) -> Iterator[AnsweredLine]:
        """Submit the records of a file: JSON Lines, or one JSON array, in chunks.

        NotFound for an unknown source; Malformed for an array that is none, and nothing is taken.
        """
        self.submitting.model_for(source)
        lines = array_to_lines(file) if array else file
        return submit_lines(self.submitting, source, lines_of(lines))

    @cached_property
    def submitting(self) -> Submitter:
        """What takes records and resolves them at once."""
        self.store.check()
        return Submitter(self.store, self._ready_models)

    @cached_property
    def judging(self) -> Judge:
        """What takes stewards' judgements."""
        self.store.check()
        return Judge(self.store, self._ready_models)

    def judge(self, proposal: Proposal) -> JudgementDone:
        """Keep a judgement and re-cluster, as `Judge.judge` says."""
        return self.judging.judge(proposal)

    def withdraw(self, judgement_id: int, actor: str, reason: str) -> JudgementDone:
        """Take a judgement back and re-cluster, as `Judge.withdraw` says."""
        return self.judging.withdraw(judgement_id, actor, reason)

    def preview(self, proposal: Proposal) -> Preview:
        """Tell what a judgement would give, as `Judge.preview` says; nothing is written."""
        return self.judging.preview(proposal)

    def preview_withdrawal(self, judgement_id: int) -> Preview:
        """Tell what withdrawing a judgement would give, as `Judge.preview_withdrawal` says."""
        return self.judging.preview_withdrawal(judgement_id)

    @cached_property
    def pinning(self) -> Pinner:
        """What takes values that stewards pin, and takes them off."""
        self.store.check()
        return Pinner(self.store, self._ready_models)

    @cached_property
    def accepting(self) -> Accepting:
        """What answers many questions in one act."""
        self.store.check()
        return Accepting(self.store, self._ready_models)

    @cached_property
    def users(self) -> Users:
        """Who may log in."""
        self.store.check()
        return Users(self.store)

    @cached_property
    def reviews(self) -> Reviews:
        """What stewards are asked."""
        self.store.check()
        return Reviews(self.store, self.rules, SplinkExplainer(self._scorers))

    def warm_up(self) -> None:
        """Make ready what scores pairs, where anything was published: else a request waits for it.

        Takes a second.  A database that cannot be asked is no error here: each request says so.
        """
        with suppress(MdmError), self.store.read() as tx:
            self._ready_models.active(tx)

    @cached_property
    def _ready_models(self) -> ReadyModels:
        return ReadyModels(self._scorers)

    @cached_property
    def _scorers(self) -> Scorers:
        return Scorers()

    def ingest(
        self, sources: SourcesConfig, names: Sequence[str] | None = None
    ) -> list[IngestFigures]:
        """Take the departments' records, of all sources or those named."""
        self.store.check()
        return ingest(self.store, sources, self.rules, names=names, progress=self.progress)

    def declare(self, source: Source) -> None:
        """Make a source known, or give it another kind or trust; RecordInvalid for a wrong name."""
        self.store.check()
        if not SOURCE_NAME.fullmatch(source.name):
            raise RecordInvalid([Fault("name", SOURCE_NAME_RULE)])
        with self.store.write() as tx:
            records.declare_sources(tx, [source])
            tx.commit()

    def outdated(self) -> bool:
        """Tell whether a resolve would publish something else: records wait, or a trust changed."""
        self.store.check()
        with self.store.read() as tx:
            return records.pending_count(tx) > 0 or resolutions.sources_changed(tx)

    def rules_changed(self) -> bool:
        """Tell whether the rules differ from those that the active model was trained with."""
        active = self.active_model()
        return active is not None and active.rules_hash != self.rules.rules_hash

    def train(self, *, seed: int = 1) -> ModelVersion:
        """Estimate a candidate model version from what is in the store."""
        self.store.check()
        return train(self.store, self.rules, seed=seed, progress=self.progress)

    def models(self) -> list[ModelVersion]:
        """List the model versions, oldest first."""
        self.store.check()
        with self.store.read() as tx:
            return models.listing(tx)

    def active_model(self) -> ModelVersion | None:
        """Read the version that the published golden records were made with."""
        self.store.check()
        with self.store.read() as tx:
            return models.active(tx)

    def resolve(self, *, version: int | None = None) -> Resolution:
        """Resolve everything with a model version (the newest), and publish what differs."""
        self.store.check()
        return resolve(self.store, version=version, progress=self.progress)

    def resolve_waiting(self) -> Resolution | FewResolved:
        """Resolve what waits: around it by the active model, or everything by the newest.

        Whichever is faster where both do the same; NothingToDo when no model was trained.
        """
        self.store.check()
        with self.store.read() as tx:
            few = few_wait(tx)
        if few:
            return resolve_few(self.store, self._ready_models, self.progress)
        return self.resolve()

    def outgrown_keys(self) -> list[OutgrownKey]:
        """List the blocking keys that outgrew their limit since the active model was trained."""
        self.store.check()
        return outgrown(self.store, self.progress)

    def skip_keys(self, keys: Sequence[OutgrownKey]) -> Resolution:
        """Leave blocking keys out from now on, by a model version of its own, and resolve."""
        self.store.check()
        return skip(self.store, keys, self.progress)

    def verify(self) -> Verification:
        """Check that what is published keeps the laws; nothing is written."""
        self.store.check()
        return verify(self.store, progress=self.progress)

    def rebuild(self) -> Resolution:
        """Make everything derived again from what is kept, with the active model version."""
        self.store.check()
        return rebuild(self.store, progress=self.progress)

    def quarantine(self, source: str | None = None) -> list[QuarantineEntry]:
        """List the rows that could not be taken."""
        self.store.check()
        with self.store.read() as tx:
            return quarantine.entries(tx, source)

    def retry(
        self, sources: SourcesConfig, names: Sequence[str] | None = None
    ) -> list[IngestFigures]:
        """Take what is in quarantine and has become good."""
        self.store.check()
        return retry(self.store, sources, self.rules, names=names)

    def retire(self, refs: Sequence[RecordRef]) -> int:
        """Retire source records; the next resolve takes them out of their golden records."""
        self.store.check()
        with self.store.write() as tx:
            count = records.retire(tx, refs, at=now())
            tx.commit()
        return count

    def evaluate(self, labels: Path) -> Evaluation:
        """Measure the published clusters against labels."""
        self.store.check()
        return evaluate(self.store, labels, progress=self.progress)

    def export(self, what: Literal["golden", "crosswalk", "pairs"], to: Path) -> int:
        """Write golden records, the crosswalk or the pairs to a file; the result counts rows."""
        self.store.check()
        return export(self.store, what, to)
