"""A model version as scoring needs it: rules, settings and frequencies, read back."""

import io
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from typing import Any

import duckdb
import orjson
import pyarrow as pa
import pyarrow.parquet as pq

from mdm.matching.splink_engine import prediction_sql
from mdm.model.models import ModelVersion
from mdm.model.rules.load import rules_from_text
from mdm.model.rules.rules import Comparison, Rules


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
        """Read a kept model version; the last few are kept ready, with the SQL they score by."""
        return _read(
            version.rules,
            f"the rules of model version {version.version}",
            version.rules_hash,
            version.settings,
            version.term_frequencies,
            int(str(version.figures["records"])),
        )

    @cached_property
    def prediction(self) -> str:
        """The SQL that a pair is scored with (`splink_engine.prediction_sql`)."""
        return prediction_sql(self.rules, self.settings)

    def make_frequencies(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Make the tables `tf_<attribute>` that scoring reads, of the values in `record`."""
        connection.register("frequencies", self._known_frequencies)
        for name, scale in self._scales.items():
            connection.execute(
                f"""
                create or replace table tf_{name} as
                select held.{name}, coalesce(frequency, ?) * ? as tf_{name}
                from (select distinct {name} from record where {name} is not null) as held
                left join frequencies
                  on frequencies.attribute = '{name}' and frequencies.value = held.{name}
                """,
                [self.unseen, scale],
            )
        connection.unregister("frequencies")

    def rarity(self, name: str) -> Callable[[Any], float | None]:
        """Give what looks up the frequency of an attribute's value; None for None.

        It is as of `make_frequencies`.
        """
        known, scale, unseen = (
            self._known_by_attribute.get(name, {}),
            self._scales[name],
            self.unseen,
        )
        return lambda value: None if value is None else known.get(value, unseen) * scale

    @cached_property
    def agreeing(self) -> dict[str, float]:
        """Tell the chance that two values agree, of each attribute that has term frequencies.

        It is the u of all levels where the attribute is the same.
        """
        return {name: sum(u.values()) for name, _, u in self._agreeing()}

    @cached_property
    def _scales(self) -> dict[str, float]:
        """Tell by how much the frequencies of each attribute's values are multiplied for Splink.

        Splink weighs a frequency against the u of the level where the attribute alone is the same;
        what it must be weighed against is the chance that two values agree.
        """
        scales = {}
        for name, comparison, u in self._agreeing():
            alone = (u[at] for at in u if comparison.levels[at].when == {name: "same"})
            scales[name] = next(alone) / sum(u.values())
        return scales

    def _agreeing(self) -> Iterator[tuple[str, Comparison, dict[int, float]]]:
        """Give attributes with term frequencies: name, comparison, u by level where it agrees."""
        for written, comparison in zip(
            self.settings["comparisons"], self.rules.comparisons, strict=True
        ):
            shown = written["comparison_levels"][-len(comparison.levels) - 1 : -1]
            for place, others in agreeing_levels(comparison).items():
                u = {other: float(shown[other]["u_probability"]) for other in others}
                yield str(comparison.levels[place].term_frequency), comparison, u

    @cached_property
    def _known_frequencies(self) -> pa.Table:
        return pq.read_table(io.BytesIO(self.frequencies))

    @cached_property
    def _known_by_attribute(self) -> dict[str, dict[str, float]]:
        known: dict[str, dict[str, float]] = defaultdict(dict)
        columns = (
            self._known_frequencies[name].to_pylist()
            for name in ("attribute", "value", "frequency")
        )
        for attribute, value, frequency in zip(*columns, strict=True):
            known[attribute][value] = frequency
        return dict(known)


@lru_cache(maxsize=4)
def _read(
    rules: str, where: str, rules_hash: str, settings: str, frequencies: bytes, count: int
) -> ScoringModel:
    return ScoringModel(
        rules=replace(rules_from_text(rules, where), rules_hash=rules_hash),
        settings=orjson.loads(settings),
        frequencies=frequencies,
        unseen=1 / max(1, count),
    )


def agreeing_levels(comparison: Comparison) -> dict[int, list[int]]:
    """List for each level with a term frequency those where its attribute is the same."""
    levels = list(enumerate(comparison.levels))
    return {
        place: [at for at, other in levels if other.when.get(level.term_frequency) == "same"]
        for place, level in levels
        if level.term_frequency is not None
    }
