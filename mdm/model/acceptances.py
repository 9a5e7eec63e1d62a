"""Questions that stewards answer with yes, many in one act: what is asked, how far it came."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from mdm.model.judgements import Shown
from mdm.model.reviews import ReviewKind

AcceptanceState = Literal["surveyed", "accepting", "accepted", "undoing", "undone"]

MOST_QUESTIONS = 10_000
"""Questions of one acceptance, those of greatest weight."""
SAMPLE = 8
"""Questions that a steward is shown before they accept all of them, drawn at random."""


@dataclass(frozen=True)
class Acceptance:
    """An act on all open questions of one kind from a weight on, as far as it has come.

    `found` were open, of which `questions` with `records` records were surveyed, with weights from
    `lowest` to `highest`; weights in bits, None without any.  Of the questions `accepted` have a
    judgement, `left_out` none for a reason that is told, the rest are to come; of the judgements
    `withdrawn` were taken back by the undo, `kept` were not.
    """

    acceptance_id: int
    kind: ReviewKind
    min_weight: float
    found: int
    questions: int
    records: int
    lowest: float | None
    highest: float | None
    surveyed_by: str
    surveyed_at: str
    accepted_by: str | None
    accepted_at: str | None
    reason: str | None
    undone_by: str | None
    undone_at: str | None
    undone_reason: str | None
    accepted: int
    left_out: int
    withdrawn: int
    kept: int

    @property
    def state(self) -> AcceptanceState:
        """How far it is."""
        if self.accepted_at is None:
            return "surveyed"
        if self.undone_at is not None:
            return "undoing" if self.to_come else "undone"
        return "accepting" if self.to_come else "accepted"

    @property
    def total(self) -> int:
        """The questions of what goes on, or was done last."""
        return self.questions if self.undone_at is None else self.accepted

    @property
    def to_come(self) -> int:
        """The questions of it that are not done."""
        if self.undone_at is None:
            return self.questions - self.accepted - self.left_out
        return self.accepted - self.withdrawn - self.kept


@dataclass(frozen=True)
class Surveyed:
    """A question as it was surveyed; `weight` in micro-bits, `shown` all its records."""

    review_id: str
    weight: int
    shown: Sequence[Shown]


@dataclass(frozen=True)
class Excepted:
    """A question that was left out, or a judgement that the undo did not take back, and why."""

    review_id: str
    why: str
