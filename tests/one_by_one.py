"""The historical figures, submitted one by one, against a batch over all of them."""

from collections import defaultdict
from pathlib import Path
from random import Random

import pyarrow.parquet as pq
import sqlalchemy as sa

from benchmarks.labelled import HISTORICAL
from mdm.hub import Hub
from mdm.model.errors import MdmError
from mdm.model.models import ModelVersion
from mdm.model.records import Source
from mdm.model.submissions import Submission
from mdm.store import Store, models, records
from mdm.store.codec import attributes_from_json
from tests import stores

Published = tuple[set[frozenset[str]], dict[frozenset[str], int]]
"""The keys of each golden record's members, and the weight of each pair by its keys."""


class Figures:
    """The first `count` of the figures (None: all), resolved as a batch in a folder."""

    def __init__(self, folder: Path, count: int | None = None) -> None:
        laid = HISTORICAL.lay_out(folder)
        file = folder / HISTORICAL.file
        pq.write_table(pq.read_table(file).sort_by("unique_id")[:count], file)
        self.rules = laid.rules
        store = Store(stores.sqlite_url(folder))
        hub = Hub(store, laid.rules)
        hub.init()
        hub.ingest(laid.sources)
        self.model: ModelVersion = hub.train()
        hub.resolve()
        self.published = published(store)
        self.given = _given(store)
        store.close()

    def one_by_one(self, store: Store, seed: int) -> Published:
        """Submit the figures to an empty store in a random order."""
        hub = Hub(store, self.rules)
        with store.write() as tx:
            records.declare_sources(tx, [Source(HISTORICAL.name, "figures", 0.5)])
            models.add_candidate(tx, self.model)
            tx.commit()
        hub.resolve()
        keys = sorted(self.given)
        Random(seed).shuffle(keys)
        for key in keys:
            (answer,) = hub.submit(HISTORICAL.name, [Submission(key, self.given[key])])
            if isinstance(answer, MdmError):
                raise answer
        return published(store)


def published(store: Store) -> Published:
    """Read what a store publishes."""
    members: dict[int, set[str]] = defaultdict(set)
    with store.read() as tx:
        for serial, key in tx.connection.execute(sa.text(_CROSSWALK)):
            members[serial].add(key)
        pairs = {
            frozenset((one, other)): weight
            for one, other, weight in tx.connection.execute(sa.text(_PAIRS))
        }
    return {frozenset(keys) for keys in members.values()}, pairs


def _given(store: Store) -> dict[str, dict[str, object]]:
    """Read the records as they came, but for values that mean nothing.

    A file may hold a date that is none; who submits one is told so.
    """
    with store.read() as tx:
        return {
            key: {
                name: value
                for name, value in attributes_from_json(attributes).items()
                if name in attributes_from_json(standardised)
            }
            for key, attributes, standardised in tx.connection.execute(sa.text(_RECORDS))
        }


_RECORDS = """
    SELECT r.key, r.attributes, z.attributes
    FROM record r
    JOIN standardised z ON z.record_id = r.record_id
"""
_CROSSWALK = """
    SELECT c.serial, r.key
    FROM crosswalk c
    JOIN record r ON r.record_id = c.record_id
"""
_PAIRS = """
    SELECT l.key, r.key, p.weight
    FROM pair p
    JOIN record l ON l.record_id = p.record_l
    JOIN record r ON r.record_id = p.record_r
"""
