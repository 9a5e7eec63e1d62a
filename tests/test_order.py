"""Neither the order of rows nor the batches that they come in show in what is published."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from random import Random

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import sqlalchemy as sa
import yaml

from demo.population import Population, Rates, records
from demo.population.batch import BATCH_COLUMNS
from mdm.hub import Hub
from mdm.model.models import ModelVersion
from mdm.model.rules.load import load_rules
from mdm.sources import load_sources
from mdm.store import Store, models
from tests.stores import sqlite_url

RULES = load_rules()
FILE, SOURCES = "people.parquet", "sources.yaml"
# families and namesakes, so that components have to be taken apart
RATES = Rates(twins=0.08, namesakes=0.08, families=0.5, couples=0.1, shared_contact=0.5)


@dataclass(frozen=True)
class Town:
    """A store with one source, whose file is written anew for each batch."""

    folder: Path
    hub: Hub

    @classmethod
    def founded(cls, folder: Path) -> "Town":
        source = {
            "kind": "operational",
            "trust": 0.5,
            "from": {"parquet": FILE},
            "key": "key",
            "modified_at": "modified_at",
            "attributes": {attribute.name: attribute.name for attribute in RULES.attributes},
        }
        (folder / SOURCES).write_text(yaml.safe_dump({"sources": {"town": source}}))
        hub = Hub(Store(sqlite_url(folder)), RULES)
        hub.init()
        return cls(folder, hub)

    def take(self, batches: Iterable[pa.Table]) -> None:
        for batch in batches:
            pq.write_table(batch, self.folder / FILE)
            self.hub.ingest(load_sources(self.folder / SOURCES, RULES))

    def resolve(self, model: ModelVersion) -> None:
        with self.hub.store.write() as tx:
            models.add_candidate(tx, model)
            tx.commit()
        self.hub.resolve()

    def clusters(self) -> dict[frozenset[str], tuple[str, str]]:
        """The keys of each golden record's members, with its values and their provenance."""
        members, golden = defaultdict(set), {}
        for serial, key, attributes, provenance in self._rows(
            "SELECT c.serial, r.key, g.attributes, g.provenance FROM crosswalk c "
            "JOIN record r ON r.record_id = c.record_id "
            "JOIN golden_record g ON g.serial = c.serial"
        ):
            members[serial].add(key)
            golden[serial] = (attributes, provenance)
        return {frozenset(keys): golden[serial] for serial, keys in members.items()}

    def pairs(self) -> dict[frozenset[str], int]:
        """The weight of each published pair, by the keys of its records."""
        found = self._rows(
            "SELECT l.key, r.key, p.weight FROM pair p "
            "JOIN record l ON l.record_id = p.record_l JOIN record r ON r.record_id = p.record_r"
        )
        return {frozenset(keys): weight for *keys, weight in found}

    def _rows(self, query: str) -> list[sa.Row]:
        with self.hub.store.read() as tx:
            return list(tx.connection.execute(sa.text(query)))


@pytest.fixture(scope="module")
def people() -> pa.Table:
    population = Population(seed=11, rates=RATES, coverage=(0.9, 0.8, 0.7), columns=BATCH_COLUMNS)
    return records(population, people=900).select(BATCH_COLUMNS)


@pytest.fixture(scope="module")
def town(people, tmp_path_factory) -> Town:
    """The people in the order in which they were made, in one batch, resolved."""
    town = Town.founded(tmp_path_factory.mktemp("town"))
    town.take([people])
    town.hub.train()
    town.hub.resolve()
    return town


@pytest.mark.parametrize("batches", [1, 7])
def test_shuffled_rows_in_any_batches_give_the_same_clusters_values_and_weights(
    people, town, tmp_path, batches
):
    rows = Random(batches).sample(range(people.num_rows), people.num_rows)
    other = Town.founded(tmp_path)
    other.take(people.take(rows[number::batches]) for number in range(batches))
    other.resolve(town.hub.active_model())

    assert other.pairs() == town.pairs()
    assert other.clusters() == town.clusters()
    assert sum(len(keys) > 2 for keys in town.clusters()) > 300


def test_a_model_trained_on_shuffled_rows_gives_the_same_clusters(people, town, tmp_path):
    other = Town.founded(tmp_path)
    other.take([people.take(Random(1).sample(range(people.num_rows), people.num_rows))])
    other.hub.train()
    other.hub.resolve()

    assert other.clusters() == town.clusters()
