"""What departments hand in at a time, read by the rules of a model before any lock is taken."""

from collections.abc import Sequence
from dataclasses import dataclass

from mdm.model.errors import MdmError
from mdm.model.records import IncomingRecord, RecordRef
from mdm.model.submissions import Precondition, Submission
from mdm.resolution.incoming import read
from mdm.resolution.ready import ReadyModel


@dataclass(frozen=True)
class Request:
    """What a department hands in at a time; `rows` is what was read of it, by `model`'s rules."""

    source: str
    submissions: Sequence[Submission]
    precondition: Precondition | None
    rows: Sequence[IncomingRecord | MdmError]
    model: ReadyModel

    @classmethod
    def of(
        cls,
        source: str,
        submissions: Sequence[Submission],
        precondition: Precondition | None,
        model: ReadyModel,
    ) -> "Request":
        """Read what is handed in: a good part of the work, before the lock is taken."""
        return cls(source, submissions, precondition, read(submissions, model), model)

    def items(self, model: ReadyModel) -> "list[Item]":
        """List the records, read by the rules of the model that is active by now."""
        rows = self.rows
        if model.rules.rules_hash != self.model.rules.rules_hash:
            rows = read(self.submissions, model)
        return [
            Item(RecordRef(self.source, submission.key), row, self.precondition)
            for submission, row in zip(self.submissions, rows, strict=True)
        ]


@dataclass(frozen=True)
class Item:
    """One record of a request: its name, and what is to be kept of it or why nothing is."""

    name: RecordRef
    row: IncomingRecord | MdmError
    precondition: Precondition | None
