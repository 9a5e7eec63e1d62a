"""A model version as scoring needs it: rules, settings and frequencies, read back."""

import io
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import duckdb
import orjson
import pyarrow.parquet as pq
from splink import DuckDBAPI, Linker

from mdm.matching.splink_engine import frequency_attributes, linker
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

    def linker(
        self, connection: duckdb.DuckDBPyConnection, *, parts: bool = False
    ) -> tuple[DuckDBAPI, Linker]:
        """Make a linker over the table `record`, with this model's frequencies.

        With `parts` its predictions keep what each comparison adds.
        """
        kept = ("retain_matching_columns", "retain_intermediate_calculation_columns")
        settings = {**self.settings, **dict.fromkeys(kept, parts)}
        api, model = linker(connection, settings)
        connection.register("frequencies", pq.read_table(io.BytesIO(self.frequencies)))
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
            model.table_management.register_term_frequency_lookup(api.register(f"tf_{name}"), name)
        connection.unregister("frequencies")
        return api, model
