"""Records as the matching sees them, made from plain dictionaries, and models over them."""

from collections.abc import Sequence
from dataclasses import replace

import duckdb
import orjson
import pyarrow as pa

from demo.population import Population, records
from mdm.matching import blocking, term_frequencies, training
from mdm.matching.calibration import Calibrated, calibrate
from mdm.matching.columns import load_records
from mdm.matching.model import ScoringModel
from mdm.matching.training import Trained
from mdm.model.models import ModelVersion
from mdm.model.progress import SILENT
from mdm.model.rules.dump import dump_rules
from mdm.model.rules.load import rules_from_text
from mdm.model.rules.rules import Rules
from mdm.standardise import Standardiser

Standardised = dict[str, str | list[str]]

PEOPLE_RULES = """
attributes:
  given_name: given_name
  family_name: family_name
  date_of_birth: date_of_birth
  email: email
  postal_code: postal_code
  city: place
  national_id: {kind: identifier, once: true}
"""


def rules_of(text: str) -> Rules:
    """Load rules from the text of a rules file."""
    return rules_from_text(text, "rules.yaml")


def table_of(people: Sequence[Standardised]) -> pa.Table:
    """Make what `load_records` takes; the records' numbers `n` are their places in the list."""
    places = range(len(people))
    return pa.table(
        {
            "record_id": pa.array([1000 + place for place in places], pa.int64()),
            "source": pa.array(["crm" for _ in places], pa.string()),
            "key": pa.array([f"{place:06d}" for place in places], pa.string()),
            "standardised": pa.array([orjson.dumps(one).decode() for one in people], pa.string()),
        }
    )


def loaded(
    rules: Rules, people: Sequence[Standardised] | pa.Table, *, threads: int = 2
) -> duckdb.DuckDBPyConnection:
    """Open an in-memory DuckDB with the records, and with their blocking keys."""
    connection = duckdb.connect(config={"threads": threads})
    given = people if isinstance(people, pa.Table) else table_of(people)
    load_records(connection, given, rules)
    blocking.make_keys(connection, rules)
    return connection


def population(rules: Rules, *, people: int, seed: int = 7) -> list[Standardised]:
    """Make people with the population factory and standardise them as ingestion would."""
    return entities_and_people(rules, people=people, seed=seed)[1]


def entities_and_people(
    rules: Rules, *, people: int, seed: int = 7
) -> tuple[list[int], list[Standardised]]:
    """Make the true person of each record beside the records of `population`."""
    standardiser = Standardiser(rules)
    many = {attribute.name for attribute in rules.attributes if attribute.many}
    names = [a.name for a in rules.attributes]
    made = records(Population(seed=seed), people=people)
    standardised = [
        dict(
            standardiser.attributes(
                {
                    name: (value,) if name in many else value
                    for name, value in row.items()
                    if value is not None
                }
            )
        )
        for row in made.select(names).to_pylist()
    ]
    return made["entity"].to_pylist(), standardised


def trained(connection: duckdb.DuckDBPyConnection, rules: Rules, *, seed: int = 1) -> Trained:
    """Train on the records of the connection."""
    return training.train(connection, rules, seed=seed, progress=SILENT)


def model_of(connection: duckdb.DuckDBPyConnection, rules: Rules) -> ScoringModel:
    """Train and calibrate as `mdm train` does."""
    found = trained(connection, rules)
    (count,) = connection.execute("select count(*) from record").fetchone()
    frequencies = term_frequencies.count(connection, rules)
    model = ScoringModel(rules, found.settings, frequencies, 1 / count)
    if not found.figures["trained"]:
        return model
    counts = blocking.count_rules(connection, rules)
    return replace(model, settings=calibrate(connection, model, counts, seed=1).settings)


def calibrated_on(rules: Rules, people: Sequence[Standardised]) -> Calibrated:
    """Train and calibrate on some people; the result has the warnings too."""
    with loaded(rules, people) as connection:
        settings = trained(connection, rules).settings
        frequencies = term_frequencies.count(connection, rules)
        model = ScoringModel(rules, settings, frequencies, 1 / len(people))
        return calibrate(connection, model, blocking.count_rules(connection, rules), seed=1)


def version_of(model: ScoringModel) -> ModelVersion:
    """Make the model version that keeps a model."""
    return ModelVersion(
        rules_hash=model.rules.rules_hash,
        rules=dump_rules(model.rules),
        settings=orjson.dumps(model.settings).decode(),
        term_frequencies=model.frequencies,
        skipped_keys={},
        link_bits=0.0,
        review_bits=-6.0,
        libraries={},
        figures={"records": round(1 / model.unseen)},
        warnings=[],
        seed=1,
        version=1,
    )
