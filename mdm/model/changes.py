"""What a reader who follows the log of changes gets to see."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from mdm.model.records import AttributeValue, RecordRef

ChangeKind = Literal[
    "minted", "restored", "split", "detached", "attached", "merged", "retired", "changed"
]
"""As `mdm.identity.crosswalk_diff.EventKind`; `docs/api.md` tells what each means."""


@dataclass(frozen=True)
class Change:
    """One thing that a publication did to a golden record.

    `number` counts from 1 without gaps; `at`: when it was published.  `other`: the second golden ID
    of a split or merger; `ref`: the record that was attached or detached; None elsewhere.
    `attributes` are the values of now, not of then: all that a minted or restored golden record
    has, and of a changed one those that changed, None for one that it has no longer.  They are None
    as a whole for the other kinds, and when the golden record is not published any more.
    """

    number: int
    at: str
    kind: ChangeKind
    golden_id: str
    other: str | None
    ref: RecordRef | None
    attributes: Mapping[str, AttributeValue | None] | None
