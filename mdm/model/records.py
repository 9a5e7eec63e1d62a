"""What a department gives us, and what became of it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

AttributeValue = str | tuple[str, ...]
"""One value, or all values of an attribute that may have many (e-mails, phones)."""

Attributes = Mapping[str, AttributeValue]
"""Attribute name -> value; a missing attribute is absent, never empty."""

SourceKind = Literal["operational", "marketing", "external"]
SOURCE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,99}\Z")
SOURCE_NAME_RULE = "a source's name is letters, digits, _ and -, at most 100 of them"


@dataclass(frozen=True, order=True)
class RecordRef:
    """A source record's name for ever: which source, and the source's own key.

    The order (source, key) is the one by which every tie of the resolution falls.
    """

    source: str
    key: str


@dataclass(frozen=True)
class Source:
    """A department's system that owns records; `trust` is 0 to 1, more is more believable."""

    name: str
    kind: SourceKind
    trust: float


@dataclass(frozen=True)
class IncomingRecord:
    """One row of a department, mapped to attributes and standardised, ready to be kept.

    `payload` is the row as it came, as JSON text; `content_hash` changes exactly when the payload
    or the mapped attributes do; `modified_at` is the source's own time (ISO 8601 UTC) or None.
    """

    key: str
    payload: str
    attributes: Attributes
    standardised: Attributes
    rules_hash: str
    content_hash: str
    modified_at: str | None


@dataclass(frozen=True)
class Rejected:
    """A row that could not be taken: where it stood, which field broke which rule.

    `line` counts from 1: lines of a text file, rows in the order they were read of anything else.
    """

    line: int | None
    key: str | None
    field: str | None
    value: str | None
    reason: str
    row: str


@dataclass(frozen=True)
class Taken:
    """What became of a batch of records; the counts add up to the batch."""

    created: int = 0
    changed: int = 0
    unchanged: int = 0
    stale: int = 0

    def __add__(self, other: "Taken") -> "Taken":
        """Add the counts of two batches."""
        return Taken(
            self.created + other.created,
            self.changed + other.changed,
            self.unchanged + other.unchanged,
            self.stale + other.stale,
        )


@dataclass(frozen=True)
class RecordVersion:
    """One version of a source record as the department gave it; `version` counts from 1."""

    ref: RecordRef
    version: int
    payload: str
    attributes: Attributes
    content_hash: str
    modified_at: str | None
    arrived_at: str
    retired_at: str | None
