"""What a department hands in, and what must be so for it to be taken."""

from collections.abc import Mapping
from dataclasses import dataclass

from mdm.model.errors import Fault, RecordInvalid

LONGEST_KEY = 500
"""Characters; PostgreSQL indexes no text that is much longer."""


@dataclass(frozen=True)
class Submission:
    """A record as its department hands it in.

    `attributes`: name -> a text or number, or a list of them, as JSON has them; `modified_at`: when
    the department changed it last, ISO 8601, UTC where no zone is told; None when it does not say.
    """

    key: str
    attributes: Mapping[str, object]
    modified_at: str | None = None


def state_of(version: int, *, retired: bool) -> str:
    """Name what a record is: a version while it is live, and once it is retired, as another."""
    return f"{version}-retired" if retired else f"{version}"


@dataclass(frozen=True)
class Precondition:
    """What the caller saw: one of these states, any at all (None), or that there is no record.

    A state is compared as `state_of` names it: `01` is none.
    """

    states: frozenset[str] | None = None
    absent: bool = False

    def holds(self, state: str | None) -> bool:
        """Tell whether it is still so; None: there is no such record."""
        if self.absent or state is None:
            return self.absent and state is None
        return self.states is None or state in self.states


def submission_of(found: object) -> Submission:
    """Read a submission from JSON: an object of `key`, `attributes` and perhaps `modified_at`.

    RecordInvalid names every field at fault.
    """
    if not isinstance(found, dict):
        raise RecordInvalid([Fault("record", "must be an object with `key` and `attributes`")])
    key, attributes = found.get("key"), found.get("attributes")
    modified_at = found.get("modified_at")
    unknown = found.keys() - {"key", "attributes", "modified_at"}
    faults = [Fault(name, "is no field of a record") for name in sorted(unknown)]
    if not isinstance(key, str):
        faults.append(Fault("key", "must be a text: the department's own key of the record"))
    if not isinstance(attributes, dict):
        faults.append(Fault("attributes", "must be an object: attribute to value"))
    if not isinstance(modified_at, str | None):
        faults.append(Fault("modified_at", "must be a text such as 2026-01-31T12:00:00Z"))
    if faults:
        raise RecordInvalid(faults)
    return Submission(key, attributes, modified_at)  # type: ignore[arg-type] # checked above
