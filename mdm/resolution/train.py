"""Train: a candidate model version from what is in the store."""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, replace
from importlib.metadata import version

import duckdb
import orjson

from mdm.matching import blocking, term_frequencies, training
from mdm.matching.blocking import RuleCount
from mdm.matching.calibration import calibrate
from mdm.matching.connecting import connect
from mdm.matching.model import ScoringModel
from mdm.matching.starting import PRIOR
from mdm.matching.training import Trained
from mdm.model.errors import NothingToDo
from mdm.model.models import ModelVersion
from mdm.model.progress import SILENT, Progress
from mdm.model.rules.dump import dump_rules
from mdm.model.rules.rules import Rules
from mdm.resolution.snapshot import read_records
from mdm.resolution.stages import Stages
from mdm.store import Store, models

LIBRARIES = ("splink", "duckdb", "numpy", "scipy")
"""Libraries whose version may change a match weight."""


@dataclass(frozen=True)
class _Blocking:
    """What each blocking rule would make, and the rules whose pairs are within their budget."""

    counts: Sequence[RuleCount]
    records: int

    @property
    def kept(self) -> list[RuleCount]:
        return [each for each in self.counts if not self._too_wide(each)]

    def _too_wide(self, each: RuleCount) -> bool:
        """Tell whether a rule makes more pairs than its budget, or would only by skipped keys."""
        return each.pairs > blocking.budget(self.records) or self._all_skipped(each)

    def _all_skipped(self, each: RuleCount) -> bool:
        return each.pairs == 0 and len(each.skipped) > 0

    def of(self, rules: Rules) -> Rules:
        names = {each.rule for each in self.kept}
        return replace(rules, blocking=tuple(r for r in rules.blocking if r.name in names))

    def figures(self, used: Set[str]) -> dict[str, dict[str, int | bool]]:
        """Tell each rule's figures, and whether the model uses it."""
        return {
            each.rule: {
                "pairs": each.pairs,
                "skipped_keys": len(each.skipped),
                "used": each.rule in used,
            }
            for each in self.counts
        }

    @property
    def warnings(self) -> list[str]:
        """Name each rule that was left out, and its largest keys."""
        return [self._warning(each) for each in self.counts if self._too_wide(each)]

    def _warning(self, each: RuleCount) -> str:
        why = (
            f"compares nothing without the keys that more than {blocking.KEY_LIMIT} records share"
            if self._all_skipped(each)
            else f"would make {each.pairs:,} pairs, more than its budget of "
            f"{blocking.budget(self.records):,}"
        )
        largest = ", ".join(f"'{key}' ({size:,} records)" for key, size in each.largest)
        return f"blocking rule '{each.rule}' {why}: it was left out; its largest keys: {largest}"


def train(
    store: Store, rules: Rules, *, seed: int = 1, progress: Progress = SILENT
) -> ModelVersion:
    """Estimate the model on the live records and keep it as a candidate version.

    Nothing that is published changes: `resolve` publishes with it.  NothingToDo without records, or
    when no blocking rule is narrow enough for so many.
    """
    stages = Stages(progress)
    with connect() as connection:
        with stages.of("read"):
            count = read_records(store, connection, rules, progress).count
        if count == 0:
            raise NothingToDo("there is no record to train on: run `mdm ingest` first")
        with stages.of("count blocking rules"):
            blocking.make_keys(connection, rules)
            counted = _Blocking(blocking.count_rules(connection, rules), count)
            if not counted.kept:
                raise NothingToDo(
                    "there is no blocking rule narrow enough: write some into the rules file; "
                    + "; ".join(counted.warnings)
                )
            within_budget = counted.of(rules)
            blocking.make_keys(connection, within_budget)
        with stages.of("count term frequencies"):
            frequencies = term_frequencies.count(connection, rules)
        with stages.of("estimate"):
            trained = training.train(connection, rules, seed=seed, progress=progress)
        with stages.of("calibrate"):
            model = ScoringModel(within_budget, trained.settings, frequencies, 1 / count)
            model, warnings = _calibrated(connection, model, counted, trained, seed)
    warnings = [*counted.warnings, *trained.warnings, *warnings]
    figures = {
        **trained.figures,
        "prior": model.settings[PRIOR],
        "blocking": counted.figures({rule.name for rule in model.rules.blocking}),
        "seconds": stages.seconds,
    }
    return _keep(store, _version(counted, model, figures, warnings, seed))


def _calibrated(
    connection: duckdb.DuckDBPyConnection,
    model: ScoringModel,
    counted: _Blocking,
    trained: Trained,
    seed: int,
) -> tuple[ScoringModel, Sequence[str]]:
    """Calibrate what was estimated, with warnings; defaults stay what the rules file says."""
    if not trained.figures["trained"]:
        return model, []
    found = calibrate(connection, model, counted.kept, seed=seed)
    chosen = tuple(rule for rule in model.rules.blocking if rule.name in found.rules)
    rules = replace(model.rules, blocking=chosen)
    return replace(model, settings=found.settings, rules=rules), found.warnings


def _version(
    counted: _Blocking,
    model: ScoringModel,
    figures: Mapping[str, object],
    warnings: Sequence[str],
    seed: int,
) -> ModelVersion:
    """Freeze what was trained; `model.rules` carry the hash of the whole rules file."""
    used = {rule.name for rule in model.rules.blocking}
    return ModelVersion(
        rules_hash=model.rules.rules_hash,
        rules=dump_rules(model.rules),
        settings=orjson.dumps(dict(model.settings)).decode(),
        term_frequencies=model.frequencies,
        skipped_keys={each.rule: each.skipped for each in counted.kept if each.rule in used},
        link_bits=model.rules.link_bits,
        review_bits=model.rules.review_bits,
        libraries={name: version(name) for name in LIBRARIES},
        figures=figures,
        warnings=list(warnings),
        seed=seed,
    )


def _keep(store: Store, model: ModelVersion) -> ModelVersion:
    with store.write() as tx:
        number = models.add_candidate(tx, model)
        tx.commit()
    return replace(model, version=number)
