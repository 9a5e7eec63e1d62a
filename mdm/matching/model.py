"""A model version as scoring needs it: rules, settings and frequencies, read back."""

import io
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import duckdb
import orjson
import pyarrow as pa
import pyarrow.parquet as pq

from mdm.matching.splink_engine import frequency_attributes, prediction_sql
from mdm.model.models import ModelVersion
from mdm.model.rules.load import rules_from_text
from mdm.model.rules.rules import Rules


@dataclass(frozen=True)
class ScoringModel:
    """What a match weight depends on; `unseen` is the frequency of a value not seen in training.

    `rules` are those that the model was trained with, less the blocking rules that
    were left out; they carry the hash of the whole rules file.
    """

    rules: Rules
    settings: Mapping[str, Any]
    frequencies: bytes
    unseen: float

    @classmethod
    def of(cls, version: ModelVersion) -> "ScoringModel":
        """Read a kept model version."""
        rules = rules_from_text(version.rules, f"the rules of model version {version.version}")
        return cls(
            rules=replace(rules, rules_hash=version.rules_hash),
            settings=orjson.loads(version.settings),
            frequencies=version.term_frequencies,
            unseen=1 / max(1, int(str(version.figures["records"]))),
        )

    @cached_property
    def prediction(self) -> str:
        """The SQL that a pair is scored with (`splink_engine.prediction_sql`)."""
        return prediction_sql(self.rules, self.settings)

    def make_frequencies(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Make the tables `tf_<attribute>` that scoring reads, of the values in `record`."""
        connection.register("frequencies", self._known_frequencies)
        for name in frequency_attributes(self.rules):
            connection.execute(
                f"""
                create or replace table tf_{name} as
                select held.{name}, coalesce(frequency, ?) as tf_{name}
                from (select distinct {name} from record where {name} is not null) as held
                left join frequencies
                  on frequencies.attribute = '{name}' and frequencies.value = held.{name}
                """,
                [self.unseen],
            )
        connection.unregister("frequencies")

    @cached_property
    def _known_frequencies(self) -> pa.Table:
        return pq.read_table(io.BytesIO(self.frequencies))
