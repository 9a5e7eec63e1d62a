"""What the API needs of the hub."""

from collections.abc import Iterator, Mapping, Sequence
from typing import IO, TYPE_CHECKING, Protocol

from flask import current_app

from mdm.model.acceptances import Acceptance, Excepted, Surveyed
from mdm.model.errors import MdmError
from mdm.model.judgements import Proposal
from mdm.model.pins import PinDone, Pinning
from mdm.model.previews import Preview
from mdm.model.records import RecordRef
from mdm.model.reviews import ReviewKind
from mdm.model.rules.rules import Rules
from mdm.model.submissions import Precondition, Submission
from mdm.model.views import AnsweredLine, JudgementDone, Matches, Submitted
from mdm.reading import Reading
from mdm.reviews import Reviews
from mdm.users import Users

if TYPE_CHECKING:
    # not when it runs: it would load DuckDB, whose threads a worker that is forked waits for
    from mdm.finding.finder import Finder

EXTENSION = "mdm"


class Matching(Protocol):
    """Whoever tells whether a customer is known."""

    def match(self, given: Mapping[str, object], *, limit: int, explain: bool) -> Matches:
        """Rank the golden records that a record with these attributes may belong to."""
        ...


class Submitting(Protocol):
    """Whoever takes records and resolves them at once."""

    def submit(
        self,
        source: str,
        submissions: Sequence[Submission],
        *,
        precondition: Precondition | None = None,
    ) -> list[Submitted | MdmError]:
        """Take records of a source; the answers are in their order."""
        ...

    def retire(self, ref: RecordRef, *, precondition: Precondition | None = None) -> Submitted:
        """Take a record out of service."""
        ...


class PinsTaking(Protocol):
    """Whoever takes values that stewards pin."""

    def pin(self, pinning: Pinning) -> PinDone:
        """Pin a value to a golden record."""
        ...

    def remove(self, pin_id: int, actor: str, reason: str = "") -> PinDone:
        """Take a pin off."""
        ...


class Accepting(Protocol):
    """Whoever answers many questions in one act."""

    def survey(self, kind: ReviewKind, min_weight: float, actor: str) -> Acceptance:
        """Find what would be accepted, and draw a sample."""
        ...

    def acceptance(self, number: int) -> Acceptance:
        """Tell how far one has come."""
        ...

    def latest(self) -> list[Acceptance]:
        """List the newest."""
        ...

    def sample(self, number: int) -> list[Surveyed]:
        """List the questions to look at."""
        ...

    def left_out(self, number: int, *, most: int) -> list[Excepted]:
        """List what was left out, and why."""
        ...

    def kept(self, number: int, *, most: int) -> list[Excepted]:
        """List what was not taken back, and why."""
        ...

    def accept(self, number: int, actor: str, reason: str) -> Acceptance:
        """Begin to accept what was surveyed."""
        ...

    def stop(self, number: int, actor: str) -> Acceptance:
        """Leave all that is still to come as it is."""
        ...

    def undo(self, number: int, actor: str, reason: str) -> Acceptance:
        """Begin to take all of it back."""
        ...

    def go_on(self, number: int, *, seconds: float) -> Acceptance:
        """Do the next steps."""
        ...


class Hub(Protocol):
    """Whoever gives readers their answers."""

    def warm_up(self) -> None:
        """Make ready what a request would else wait for."""
        ...

    @property
    def rules(self) -> Rules:
        """What the attributes are, and how they are matched."""
        ...

    @property
    def reading(self) -> Reading:
        """What readers can ask."""
        ...

    @property
    def matching(self) -> Matching:
        """What tells whether a customer is known."""
        ...

    @property
    def finding(self) -> "Finder":
        """What finds customers by whatever is known of them."""
        ...

    @property
    def submitting(self) -> Submitting:
        """What takes records."""
        ...

    def judge(self, proposal: Proposal) -> JudgementDone:
        """Keep a judgement and re-cluster."""
        ...

    def withdraw(self, judgement_id: int, actor: str, reason: str) -> JudgementDone:
        """Take a judgement back."""
        ...

    def preview(self, proposal: Proposal) -> Preview:
        """Tell what a judgement would give."""
        ...

    def preview_withdrawal(self, judgement_id: int) -> Preview:
        """Tell what withdrawing a judgement would give."""
        ...

    @property
    def accepting(self) -> Accepting:
        """What answers many questions in one act."""
        ...

    @property
    def pinning(self) -> PinsTaking:
        """What takes pins."""
        ...

    @property
    def reviews(self) -> Reviews:
        """What stewards are asked."""
        ...

    @property
    def users(self) -> Users:
        """Who may log in."""
        ...

    def submit_file(
        self, source: str, file: IO[bytes], *, array: bool = False
    ) -> Iterator[AnsweredLine]:
        """Take the records of a file."""
        ...


def reading() -> Reading:
    """Give what readers can ask of the hub that the present app serves."""
    return hub().reading


def matching() -> Matching:
    """Give what tells whether a customer is known, of the hub that the present app serves."""
    return hub().matching


def accepting() -> Accepting:
    """Give what answers many questions in one act, of the hub that the present app serves."""
    return hub().accepting


def hub() -> Hub:
    """Give the hub that the present app serves."""
    found: Hub = current_app.extensions[EXTENSION]
    return found
