"""A model version: everything that a match weight depends on, frozen."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True)
class ModelVersion:
    """An immutable, trained model; a candidate until a resolve publishes with it.

    `settings` is Splink's settings as JSON; `term_frequencies` a Parquet file (column, value,
    frequency); `skipped_keys` each blocking rule that the model uses -> its keys that too many
    records share; `link_bits` and `review_bits` are the decision thresholds; `figures` and
    `warnings` tell how training went.
    """

    rules_hash: str
    rules: str
    settings: str
    term_frequencies: bytes
    skipped_keys: Mapping[str, Sequence[str]]
    link_bits: float
    review_bits: float
    libraries: Mapping[str, str]
    figures: Mapping[str, object]
    warnings: Sequence[str]
    seed: int
    version: int | None = None
    created_at: str | None = field(default=None, compare=False)
    activated_at: str | None = field(default=None, compare=False)

    @property
    def number(self) -> int:
        """The version's number; ValueError before the store has given it one."""
        if self.version is None:
            raise ValueError("this model version was not kept yet")
        return self.version
