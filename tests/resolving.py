"""A small store to resolve in: records by name, judgements, models, and all that is published."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256

import sqlalchemy as sa

from mdm.hub import Hub
from mdm.model.errors import MdmError, ResolvedElsewhere
from mdm.model.judgements import Judgement, JudgementMember
from mdm.model.progress import Advance
from mdm.model.records import IncomingRecord, RecordRef, Source
from mdm.model.rules.load import rules_from_text
from mdm.model.rules.rules import Rules
from mdm.reading import Reading
from mdm.resolution.resolve import Resolution, resolve
from mdm.resolution.train import train
from mdm.standardise import Standardiser
from mdm.store import Store, Transaction, judgements, records
from mdm.store.schema import metadata
from tests.done_once import do_once

AT = "2026-01-31T12:00:00.000000Z"
SOURCES = (Source("bank", "operational", 0.9), Source("shop", "marketing", 0.4))
DERIVED = (
    "pair",
    "crosswalk",
    "golden_record",
    "search_key",
    "blocking_key",
    "standardised",
    "review",
    "tally",
)


def rules_text(*, u: float = 0.01, link: int = 0, review: int = -6) -> str:
    """Write a rules file; `u` is what two strangers agree by, at each of three comparisons."""
    return f"""
attributes:
  given_name: given_name
  date_of_birth: date_of_birth
  email: email
blocking:
  - [email]
  - [date_of_birth]
comparisons:
  given_name:
    levels:
      - {{when: {{given_name: same}}, m: 0.8, u: {u}}}
    else: {{m: 0.2, u: {1 - u}}}
  date_of_birth:
    levels:
      - {{when: {{date_of_birth: same}}, m: 0.9, u: {u}}}
    else: {{m: 0.1, u: {1 - u}}}
  email:
    levels:
      - {{when: {{email: same}}, m: 0.7, u: {u}}}
    else: {{m: 0.3, u: {1 - u}}}
thresholds: {{link: {link}, review: {review}}}
"""


RULES = rules_from_text(rules_text(), "rules.yaml")
STRICT = rules_from_text(
    rules_text(link=8, review=2).replace("  - [date_of_birth]\n", ""),
    "strict.yaml",
)
"""Links only those who agree on everything, and finds only those who agree on an e-mail."""
SINGLE = rules_from_text(
    rules_text().replace("email: email", "email: {kind: email, many: false}"),
    "single.yaml",
)
"""A record has one e-mail."""

ANN = {"given_name": "Ann", "date_of_birth": "1980-01-31", "email": ("ann@lee.example",)}
BOB = {"given_name": "Bob", "date_of_birth": "1990-05-05", "email": ("bob@ray.example",)}
CID = {"given_name": "Cid", "date_of_birth": "1970-07-07", "email": ("cid@fox.example",)}


def ref(name: str) -> RecordRef:
    """`bank/1` is the record with the key 1 of the source `bank`."""
    return RecordRef(*name.split("/"))


def incoming(key: str, attributes: Mapping[str, object], rules: Rules = RULES) -> IncomingRecord:
    """Make a record as ingestion would."""
    payload = json.dumps({"key": key, **attributes})
    return IncomingRecord(
        key=key,
        payload=payload,
        attributes=attributes,
        standardised=Standardiser(rules).attributes(attributes),
        rules_hash=rules.rules_hash,
        content_hash=sha256(payload.encode()).hexdigest(),
        modified_at=None,
    )


@dataclass(frozen=True)
class Office:
    """What a store's users do, in short."""

    store: Store

    def take(self, rules: Rules = RULES, **persons: Mapping[str, object]) -> None:
        """Take records; `bank_1` stands for bank/1."""
        with self.store.write() as tx:
            records.declare_sources(tx, SOURCES)
            for name, attributes in persons.items():
                source, key = name.split("_")
                records.take(tx, source, [incoming(key, attributes, rules)], arrived_at=AT)
            tx.commit()

    def retire(self, *names: str) -> None:
        with self.store.write() as tx:
            records.retire(tx, [ref(name) for name in names], at=AT)
            tx.commit()

    def judge(self, *parts: Sequence[str], kind: str = "partition") -> int:
        with self.store.write() as tx:
            number = judgements.add(tx, self.judgement(tx, *parts, kind=kind))
            tx.commit()
        return number

    def judgement(self, tx: Transaction, *parts: Sequence[str], kind: str) -> Judgement:
        """Make a judgement of the records as they stand."""
        members = []
        for part, names in enumerate(parts):
            for name in names:
                record = records.record_by_ref(tx, ref(name))
                content = record.current.content_hash
                members.append(JudgementMember(record.record_id, part, content))
        return Judgement(0, kind, "steward", AT, "called them", tuple(members))

    def withdraw(self, number: int) -> None:
        with self.store.write() as tx:
            judgements.withdraw(tx, number, actor="steward", reason="looked again", at=AT)
            tx.commit()

    def train(self, rules: Rules = RULES, *, seed: int = 1) -> int:
        return train(self.store, rules, seed=seed).number

    def resolve(self, version: int | None = None) -> Resolution:
        return resolve(self.store, version=version)

    def begin(self, **persons: Mapping[str, object]) -> None:
        """Take records into a fresh store, train and resolve, or copy what that gave before."""
        do_once(self.store, repr(persons), lambda: self._begin(persons))

    def _begin(self, persons: Mapping[str, Mapping[str, object]]) -> None:
        self.take(**persons)
        self.train()
        self.resolve()

    def ask(self, golden_id: str) -> str | type[MdmError]:
        """The golden ID that an ID resolves to, or what is said instead."""
        try:
            return self._reading.golden_record(golden_id).golden_id
        except ResolvedElsewhere as elsewhere:
            return elsewhere.golden_id
        except MdmError as error:
            return type(error)

    @cached_property
    def _reading(self) -> Reading:
        return Hub(self.store, RULES).reading

    def query(self, sql: str) -> list[tuple[object, ...]]:
        with self.store.read() as tx:
            return [tuple(row) for row in tx.connection.execute(sa.text(sql))]

    def homes(self) -> dict[str, str]:
        """Record -> the golden ID of its golden record."""
        return dict(
            self.query(
                """
                SELECT s.name || '/' || r.key, i.golden_id
                FROM crosswalk c
                JOIN record r ON r.record_id = c.record_id
                JOIN source s ON s.source_id = r.source_id
                JOIN golden_id i ON i.serial = c.serial
                """
            )
        )

    def pending(self) -> set[str]:
        rows = self.query(
            """
            SELECT s.name || '/' || r.key
            FROM record r
            JOIN source s ON s.source_id = r.source_id
            WHERE r.pending
            """
        )
        return {name for (name,) in rows}

    def derived(self) -> dict[str, list[tuple[object, ...]]]:
        """Every row of every derived table."""
        return self.rows(DERIVED)

    def rows(self, tables: Sequence[str]) -> dict[str, list[tuple[object, ...]]]:
        return {name: sorted(self.query(f'SELECT * FROM "{name}"'), key=repr) for name in tables}

    def rebuilt(self, fresh: Store, *, version: int | None = None) -> "Office":
        """Resolve in another store that gets all that is kept here, and nothing derived."""
        kept = [table for table in metadata.sorted_tables if table.name not in DERIVED]
        with self.store.read() as source, fresh.write() as target:
            for table in kept:
                # the newest first: a judgement names the one that superseded it
                newest_first = [column.desc() for column in table.primary_key]
                everything = sa.select(table).order_by(*newest_first)
                rows = source.connection.execute(everything).mappings().all()
                if rows:
                    target.connection.execute(sa.insert(table), [dict(row) for row in rows])
            target.commit()
        copy = Office(fresh)
        copy.resolve(version)
        return copy

    def meaning(self) -> dict[str, list[tuple[object, ...]]]:
        """What is published, without versions and times, which tell how it came about."""
        return self.rows(("pair", "crosswalk", "search_key", "blocking_key")) | {
            "golden": sorted(
                self.query("SELECT serial, attributes, provenance FROM golden_record")
            ),
            "review": sorted(
                self.query(
                    "SELECT review_id, kind, serial, coalesce(other, 0), weight, records, reasons, "
                    "worth FROM review"
                )
            ),
            "tally": sorted(
                self.query("SELECT figure, one, other, number FROM tally WHERE number <> 0")
            ),
            "live": sorted(
                self.query(
                    """
                    SELECT z.*
                    FROM standardised z
                    JOIN record r ON r.record_id = z.record_id
                    WHERE r.retired_at IS NULL
                    """
                )
            ),
        }


class Meanwhile:
    """Progress that does something at the beginning of a stage, the first time it comes."""

    def __init__(self, stage: str, act: Callable[[], object]) -> None:
        self.stage, self.act, self.begun = stage, act, 0

    @contextmanager
    def step(self, name: str, total: int | None) -> Iterator[Advance]:  # noqa: ARG002
        if name == self.stage:
            self.begun += 1
            if self.begun == 1:
                self.act()
        yield lambda _units: None


def meanwhile(office: Office, act: Callable[[], object], stage: str = "survive") -> int:
    """Resolve while something happens between the snapshot and the publication; count attempts."""
    progress = Meanwhile(stage, act)
    resolve(office.store, progress=progress)
    return progress.begun
