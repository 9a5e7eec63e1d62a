"""Finding a customer by whatever is known of them: what was asked, what was found."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from mdm.model.explanation import Part
from mdm.model.records import RecordRef
from mdm.model.views import GoldenRecord

Reading = Mapping[str, str]
"""What a text is read as: attribute -> value."""

LONGEST_TEXT = 500
"""Characters of a line that are looked at."""


@dataclass(frozen=True)
class Hit:
    """A golden record that was found.

    `by`: `golden_id`, it has or took over the ID asked for; `key`, it holds the record `ref` asked
    for; `match`, the matching found it, with the `weight_bits` and the `parts` of its record `ref`
    that comes nearest to what was asked.
    """

    golden_record: GoldenRecord
    by: Literal["golden_id", "key", "match"]
    ref: RecordRef | None = None
    weight_bits: float | None = None
    parts: Sequence[Part] = ()

    @property
    def evidence(self) -> float:
        """The bits that the comparisons give, without the prior: above 0, more agrees than not."""
        return sum(part.bits for part in self.parts[1:])


@dataclass(frozen=True)
class Finding:
    """What was found, best first; `readings` tell what a text was taken for.

    `unresolved`: why an ID or a key that is known leads to no golden record now, in words.
    `too_common`: attributes by which alone nobody was looked for, because so many share the value.
    `link_bits` and `review_bits` are the model's thresholds, None when nothing was matched.
    """

    hits: Sequence[Hit] = ()
    readings: Sequence[Reading] = ()
    unresolved: Sequence[str] = ()
    too_common: Sequence[str] = ()
    link_bits: float | None = None
    review_bits: float | None = None
