"""A steward's word on records, as it is kept."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from mdm.model.records import RecordRef

JudgementKind = Literal["partition", "unsure"]


@dataclass(frozen=True)
class JudgementMember:
    """One record that was shown: the part it was put in, and its content at that moment."""

    record_id: int
    part: int
    content_hash: str


@dataclass(frozen=True)
class Judgement:
    """A partition of the records that were shown, or the word that nobody can tell (`unsure`).

    Members with the same `part` are the same entity, members of different parts are different
    ones.  `superseded_by` and `withdrawn_at` take it out of force; it is never deleted.
    """

    judgement_id: int
    kind: JudgementKind
    actor: str
    made_at: str
    reason: str
    members: tuple[JudgementMember, ...]
    keeps_part: int | None = None
    superseded_by: int | None = None
    withdrawn_at: str | None = None

    @property
    def in_force(self) -> bool:
        """Whether it counts: neither superseded nor withdrawn."""
        return self.superseded_by is None and self.withdrawn_at is None


@dataclass(frozen=True)
class Shown:
    """A record as the steward saw it; `version` None: whatever it says by now."""

    ref: RecordRef
    version: int | None = None


@dataclass(frozen=True)
class Proposal:
    """What a steward says: records of one part are one entity, of different parts are not.

    `unsure` says that nobody can tell of records in different parts.  `supersedes` names judgements
    that go out of force with this one; `keeps_part` the part that keeps the golden ID which all of
    the records share (None: the rule decides).  `golden_ids`, if any, are the golden records that
    were shown: it stands only if they hold these records and no others.
    """

    kind: JudgementKind
    parts: Sequence[Sequence[Shown]]
    actor: str
    reason: str
    supersedes: Sequence[int] = ()
    keeps_part: int | None = None
    golden_ids: Sequence[str] = ()
