"""A small published world for tests of reading: three sources, their records, golden records."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import sqlalchemy as sa
from flask.testing import FlaskClient

from api import create_app
from api.hub import Hub
from mdm.identity import golden_ids
from mdm.model.explanation import MatchingRecord, PairExplanation, Part
from mdm.model.judgements import Judgement, JudgementMember
from mdm.model.models import ModelVersion
from mdm.model.records import (
    AttributeValue,
    IncomingRecord,
    RecordRef,
    Rejected,
    Source,
)
from mdm.reading import Reading
from mdm.reviews import Reviews
from mdm.standardise import Standardiser
from mdm.store import (
    Store,
    Transaction,
    ingestions,
    judgements,
    models,
    quarantine,
    resolutions,
    tallies,
)
from mdm.store import records as stored
from mdm.store.publication import Publication, mint, publish
from tests import world_tables as tables
from tests.world_tables import RULES

MICRO = 1_000_000
LINK_BITS = 2.0

SOURCES = (
    Source("bank", "operational", 0.9),
    Source("shop", "operational", 0.6),
    Source("agency", "external", 0.2),
)

AT = "2026-01-01T00:00:00.000000Z"
LATER = "2026-02-02T00:00:00.000000Z"


class EvenExplainer:
    """Splits each weight evenly between the prior and one comparison; it must be told weights."""

    def __init__(self, weights: Mapping[tuple[int, int], float]) -> None:
        self._weights = weights

    def explain(
        self,
        model: ModelVersion,
        records: Sequence[MatchingRecord],
        pairs: Sequence[tuple[int, int]],
    ) -> list[PairExplanation]:
        assert model.link_bits == LINK_BITS
        known = {record.record_id for record in records}
        assert known >= {number for pair in pairs for number in pair}
        return [self._explained(*pair) for pair in pairs]

    def _explained(self, left: int, right: int) -> PairExplanation:
        weight = self._weights[left, right]
        parts = (Part("prior", "before comparing", weight / 2), Part("name", "same", weight / 2))
        return PairExplanation(left, right, weight, parts)


class World:
    """Takes records, publishes clusters of them, and reads them back."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.numbers: dict[str, int] = {}
        self.weights: dict[tuple[int, int], float] = {}
        self.reading = Reading(store, RULES, EvenExplainer(self.weights))
        self.reviews = Reviews(store, RULES, EvenExplainer(self.weights))
        with store.write() as tx:
            stored.declare_sources(tx, SOURCES)
            tx.commit()

    def take(self, name: str, **attributes: AttributeValue) -> None:
        """Take one record, named `source/key`."""
        ref = _ref(name)
        with self.store.write() as tx:
            stored.take(tx, ref.source, [_incoming(ref.key, attributes)], arrived_at=AT)
            found = stored.record_by_ref(tx, ref)
            tx.commit()
        self.numbers[name] = found.record_id

    def retire(self, *names: str) -> None:
        """Retire records; what is published stays until it is published again."""
        with self.store.write() as tx:
            stored.retire(tx, [_ref(name) for name in names], at=LATER)
            tx.commit()

    def publish(self, *clusters: Sequence[str], at: str = AT) -> list[str]:
        """Publish exactly these clusters; the result is the golden ID that each carries."""
        with self.store.write() as tx:
            homes = self._homes(tx, clusters)
            publish(tx, self._publication(tx, homes), at=at)
            tallies.count(tx)
            _note_resolution(tx)
            carried = [_golden_id(tx, homes[cluster[0]].carried) for cluster in clusters]
            tx.commit()
        return carried

    def weigh(self, weights: Mapping[tuple[str, str], float]) -> None:
        """Publish match weights, in bits, of pairs of records, smaller number first."""
        scored = {
            (self.numbers[left], self.numbers[right]): bits
            for (left, right), bits in weights.items()
        }
        self.weights.update(scored)
        pairs = pa.table(
            {
                "record_l": [left for left, _ in scored],
                "record_r": [right for _, right in scored],
                "weight": [round(bits * MICRO) for bits in scored.values()],
                "inside_only": [False] * len(scored),
            }
        )
        with self.store.write() as tx:
            publish(tx, Publication(pairs=pairs), at=AT)
            tallies.count(tx)
            models.activate(tx, models.add_candidate(tx, _model()), AT)
            tx.commit()

    def judge(self, *parts: Sequence[str]) -> int:
        """Keep a steward's partition of records."""
        members = tuple(
            JudgementMember(self.numbers[name], number, "")
            for number, part in enumerate(parts)
            for name in part
        )
        judgement = Judgement(0, "partition", "steward", AT, "called them", members)
        with self.store.write() as tx:
            number = judgements.add(tx, judgement)
            tx.commit()
        return number

    def ingest(self, source: str, rejected: Sequence[Rejected] = (), **figures: int) -> None:
        """Note a finished ingestion and the rows that it could not take."""
        with self.store.write() as tx:
            number = ingestions.begin(tx, source, AT)
            quarantine.add(tx, source, number, rejected)
            tallies.count_quarantined(tx)
            ingestions.finish(tx, number, figures, LATER)
            tx.commit()

    def _homes(self, tx: Transaction, clusters: Sequence[Sequence[str]]) -> dict[str, "Home"]:
        """Decide which golden ID each record's cluster carries, as a resolve does."""
        labels = {name: label for label, cluster in enumerate(clusters) for name in cluster}
        found = {name: stored.record_by_ref(tx, _ref(name)) for name in labels}
        own = [golden_ids.NO_ID if r.own_serial is None else r.own_serial for r in found.values()]
        assigned = golden_ids.assign(
            np.array([record.record_id for record in found.values()], np.int64),
            np.array(list(labels.values()), np.int64),
            np.array(own, np.int64),
        )
        minted = np.array(mint(tx, assigned.minted, AT), np.int64)
        carried = golden_ids.with_minted(assigned.serials, minted).tolist()
        owned = golden_ids.with_minted(assigned.own, minted).tolist()
        return {
            name: Home(record, *serials)
            for (name, record), *serials in zip(found.items(), carried, owned, strict=True)
        }

    def _publication(self, tx: Transaction, homes: Mapping[str, "Home"]) -> Publication:
        known = {name: stored.record_by_ref(tx, _ref(name)) for name in self.numbers}
        gone = [record.record_id for name, record in known.items() if name not in homes]
        carried = {self.numbers[name]: home.carried for name, home in homes.items()}
        return Publication(
            crosswalk_gone=pa.table({"record_id": pa.array(gone, pa.int64())}),
            crosswalk=tables.serials(carried),
            golden_gone=_gone(tx, set(carried.values())),
            golden=tables.golden({home.carried: home.record for home in reversed(homes.values())}),
            keys_of=pa.table({"record_id": pa.array(self.numbers.values(), pa.int64())}),
            search_keys=tables.search_keys([home.record for home in homes.values()]),
            records=pa.table(
                {
                    "record_id": [record.record_id for record in known.values()],
                    "content_hash": [record.current.content_hash for record in known.values()],
                    "own_serial": pa.array(
                        [homes[name].own if name in homes else None for name in known], pa.int64()
                    ),
                }
            ),
        )


@dataclass(frozen=True)
class Home:
    """A record, the serial that its cluster carries, and that of its own ID."""

    record: stored.StoredRecord
    carried: int
    own: int


def _ref(name: str) -> RecordRef:
    return RecordRef(*name.split("/", 1))


def _incoming(key: str, attributes: Mapping[str, AttributeValue]) -> IncomingRecord:
    payload = json.dumps({"KEY": key, **attributes})
    return IncomingRecord(
        key=key,
        payload=payload,
        attributes=attributes,
        standardised=Standardiser(RULES).attributes(attributes),
        rules_hash=RULES.rules_hash,
        content_hash=hashlib.sha256(payload.encode()).hexdigest(),
        modified_at=None,
    )


def _golden_id(tx: Transaction, serial: int) -> str:
    query = sa.text("SELECT golden_id FROM golden_id WHERE serial = :serial")
    return tx.connection.execute(query, {"serial": serial}).scalar_one()


def _gone(tx: Transaction, carried: set[int]) -> pa.Table:
    published = tx.connection.execute(sa.text("SELECT serial FROM golden_record")).scalars()
    return pa.table({"serial": pa.array(sorted(set(published) - carried), pa.int64())})


def _model() -> ModelVersion:
    return ModelVersion(
        rules_hash=RULES.rules_hash,
        rules="",
        settings="{}",
        term_frequencies=b"",
        skipped_keys={},
        link_bits=LINK_BITS,
        review_bits=0.0,
        libraries={},
        figures={},
        warnings=(),
        seed=1,
    )


def _note_resolution(tx: Transaction) -> None:
    version = models.active(tx)
    number = version.version if version else models.add_candidate(tx, _model())
    resolutions.add(tx, number, {}, started_at=AT, published_at=AT)


@dataclass(frozen=True)
class Desk:
    """As much of a hub as the API needs."""

    reading: Reading


def reading_of(store: Store) -> Desk:
    """Read a store that nothing was published in."""
    return Desk(Reading(store, RULES, EvenExplainer({})))


def client_of(hub: Hub) -> FlaskClient:
    """Make a client of the API over a hub."""
    return create_app(hub).test_client()
