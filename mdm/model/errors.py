"""Every error that this service raises on purpose.

Each carries its facts as attributes; `str(error)` is made in one place, from `message`.  HTTP
statuses are chosen in `api/` and nowhere else.  No message repeats a person's data unless the
person who gave that data is the one who reads it (a rejected row, a wrong key in a file).
"""

from collections.abc import Sequence
from dataclasses import dataclass


class MdmError(Exception):
    """The base of all errors of this service; `message` says what happened and what to do next."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong in a file: where it stands, what it says, what would be right."""

    file: str
    line: int | None
    key: str
    value: object
    message: str

    def __str__(self) -> str:
        """`file:line: key: message (it says value)`, parts that are unknown left out."""
        place = self.file if self.line is None else f"{self.file}:{self.line}"
        said = "" if self.value is None else f" (it says {self.value!r})"
        return f"{place}: {self.key}: {self.message}{said}"


class FileInvalid(MdmError):
    """A rules or sources file breaks its rules; `problems` lists every fault, not just one."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = tuple(problems)


class StoreNotReady(MdmError):
    """The database has no tables yet, or older ones than the code needs: run `mdm init`."""


class StoreBusy(StoreNotReady):
    """Another process has kept the database locked for longer than we wait; nothing was changed."""


class StoreFailed(StoreNotReady):
    """The database failed in the middle of a step (full, damaged, lost): run it again."""


class StoreTooNew(MdmError):
    """A newer version of this service has upgraded the database; this one must not touch it."""


class SourceUnavailable(MdmError):
    """A department's data cannot be read; nothing of that source was changed by the attempt."""

    def __init__(self, source: str, reason: str) -> None:
        super().__init__(f"source {source!r}: {reason}")
        self.source = source
        self.reason = reason


class NothingToDo(MdmError):
    """A step lacks what an earlier one makes (records, a model); the message names the step."""


class NotFound(MdmError):
    """What was asked for is not known; `kind` is the word for it, `name` what was asked."""

    def __init__(self, kind: str, name: str) -> None:
        super().__init__(f"no {kind} {name!r}")
        self.kind = kind
        self.name = name


class NotDeclared(NotFound):
    """The sources file declares no such source; the message says which ones it does."""

    def __init__(self, file: str, name: str, known: str) -> None:
        super().__init__("source", name)
        self.message = f"{file} declares no source {name!r}; {known}"


class Pending(NotFound):
    """The record is known and not resolved yet, so it has no golden record: resolve first."""


class Retired(MdmError):
    """The golden record's source records are all retired: its ID is kept, its content is gone."""

    def __init__(self, golden_id: str) -> None:
        super().__init__(f"golden record {golden_id!r} is retired: all its records are retired")
        self.golden_id = golden_id


class RecordRetired(Retired):
    """A source record was retired by its department, so it is in no golden record."""

    def __init__(self, source: str, key: str) -> None:
        super().__init__("")
        self.message = f"source {source!r} has retired its record with key {key!r}"
        self.source = source
        self.key = key


class ResolvedElsewhere(MdmError):
    """The golden ID now resolves to another golden record, whose ID is `golden_id`."""

    def __init__(self, asked: str, golden_id: str) -> None:
        super().__init__(f"golden ID {asked!r} now resolves to {golden_id!r}")
        self.asked = asked
        self.golden_id = golden_id


class Stale(MdmError):
    """A record was changed later than what was submitted; what is kept stays."""

    def __init__(self, kept_at: str) -> None:
        super().__init__(
            f"what is kept was changed at {kept_at}, later than what was submitted: send the "
            "present state of the record, with its time of modification"
        )
        self.kept_at = kept_at


class PreconditionFailed(MdmError):
    """What the caller saw is no longer so; nothing was changed: look again."""


class Malformed(MdmError):
    """Something is no JSON; the message says what is wrong with it, without naming it."""


@dataclass(frozen=True)
class Fault:
    """One field at fault, such as `attributes.email`: what is wrong and what would be right."""

    field: str
    message: str


class RecordInvalid(MdmError):
    """What was handed in breaks the rules; `faults` lists every fault, not just one."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__("; ".join(f"{fault.field}: {fault.message}" for fault in faults))
        self.faults = tuple(faults)


class NotInForce(MdmError):
    """A judgement does not count any more, so it cannot be withdrawn; the message says why."""

    def __init__(self, judgement_id: int, why: str) -> None:
        super().__init__(f"judgement {judgement_id} is not in force: {why}")
        self.judgement_id = judgement_id


class AcceptanceBegun(MdmError):
    """An acceptance is further than that: it was begun, or undone, already."""

    def __init__(self, acceptance_id: int, state: str) -> None:
        super().__init__(f"acceptance {acceptance_id} is {state} already")
        self.acceptance_id = acceptance_id


class PinRemoved(MdmError):
    """A pin was taken off already."""

    def __init__(self, pin_id: int, removed_at: str) -> None:
        super().__init__(f"pin {pin_id} was removed at {removed_at}")
        self.pin_id = pin_id


class Contradiction(MdmError):
    """A judgement contradicts others in force; `judgements` are the IDs on the path.

    `returning`: the one that a withdrawal would bring back, None where a new one contradicts.
    """

    def __init__(self, judgements: Sequence[int], *, returning: int | None = None) -> None:
        listed = ", ".join(str(number) for number in judgements)
        if returning is None:
            told = (
                f"this contradicts judgements {listed}: withdraw them, or name them as superseded"
            )
        else:
            told = (
                f"judgement {returning} would count again, and contradicts judgements {listed}: "
                "withdraw them first"
            )
        super().__init__(told)
        self.judgements = tuple(judgements)


class LoginFailed(MdmError):
    """The name or the password is wrong, or the user is disabled; which of them nobody is told."""

    def __init__(self) -> None:
        super().__init__("the name or the password is wrong: try again")


class LoginThrottled(MdmError):
    """Too many attempts failed; `seconds` tells after how many the next one is looked at."""

    def __init__(self, seconds: int) -> None:
        minutes = -(-seconds // 60)
        several = "a minute" if minutes == 1 else f"{minutes} minutes"
        super().__init__(f"too many attempts failed: wait {several}, then try again")
        self.seconds = seconds


class ReviewClosed(MdmError):
    """The question is not asked any more."""

    def __init__(self, review_id: str) -> None:
        super().__init__(f"review {review_id} is closed: read it, it says why")
        self.review_id = review_id


class ReviewHeld(MdmError):
    """Another steward has the review: `holder`, until `until`."""

    def __init__(self, holder: str, until: str) -> None:
        super().__init__(f"{holder} has this review until {until}: take another one, or ask them")
        self.holder = holder
        self.until = until
