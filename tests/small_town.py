"""A small town for tests: some sixty people, their records in one CSV file, who is who."""

import csv
from dataclasses import dataclass
from pathlib import Path

from demo.population import Population, records
from mdm.model.rules.load import rules_from_text
from mdm.model.rules.rules import Rules
from mdm.resolution.ingest import ingest
from mdm.resolution.resolve import resolve
from mdm.resolution.train import train
from mdm.sources import load_sources
from mdm.store import Store

RULES = """
attributes:
  given_name: given_name
  family_name: family_name
  date_of_birth: date_of_birth
  email: email
  city: place
blocking:
  - [email]
  - [given_name.sound, date_of_birth.year]
  - [family_name, city]
"""
COLUMNS = ("key", "given_name", "family_name", "date_of_birth", "email", "city")
SOURCES = """
sources:
  town:
    kind: operational
    trust: 0.9
    from: {csv: town.csv}
    key: key
    attributes:
      given_name: given_name
      family_name: family_name
      date_of_birth: date_of_birth
      email: email
      city: city
"""


@dataclass(frozen=True)
class Town:
    """A store that was resolved, and for each key of the source `town` the true person."""

    store: Store
    folder: Path
    truth: dict[str, str]

    def take(self) -> None:
        """Ingest the file as it stands."""
        ingest(self.store, load_sources(self.folder / "sources.yaml", rules()), rules())

    def resolve(self) -> None:
        """Resolve with the newest model."""
        resolve(self.store)

    def add(self, *fields: str) -> None:
        """Write one more row into the file."""
        with (self.folder / "town.csv").open("a", encoding="utf-8", newline="") as file:
            csv.writer(file).writerow(fields)

    def labels(self, truth: dict[str, str]) -> Path:
        """Write a labels file of these keys."""
        path = self.folder / "labels.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(("source", "key", "entity"))
            writer.writerows(("town", key, entity) for key, entity in truth.items())
        return path


def rules() -> Rules:
    """The town's rules: attributes and their kinds."""
    return rules_from_text(RULES, "rules.yaml")


def settle(store: Store, folder: Path, *, people: int = 60) -> Town:
    """Write the town's data, take it, train on it and resolve it."""
    table = records(Population(seed=7), people=people)
    (folder / "sources.yaml").write_text(SOURCES, encoding="utf-8")
    with (folder / "town.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        writer.writerows(zip(*(table[name].to_pylist() for name in COLUMNS), strict=True))
    truth = {
        key: f"person {entity}"
        for key, entity in zip(table["key"].to_pylist(), table["entity"].to_pylist(), strict=True)
    }
    town = Town(store, folder, truth)
    town.take()
    train(store, rules())
    town.resolve()
    return town
