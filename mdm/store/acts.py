"""What people did, as it is kept: each act with the evidence of its time; none is ever changed."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import sqlalchemy as sa

from mdm.model.history import Act
from mdm.store.by_numbers import ByNumbers
from mdm.store.codec import to_json
from mdm.store.history_schema import act, act_golden_record, act_pair
from mdm.store.schema import change
from mdm.store.store import Transaction

_FIELDS = ("kind", "actor", "at", "reason", "model_version", "judgement_id", "pin_id")

_HOMES = ByNumbers("SELECT record_id, serial FROM crosswalk WHERE record_id IN ({numbers})")

_PAIRS = ByNumbers("""
    SELECT record_l, record_r, weight
    FROM pair
    WHERE record_l IN ({numbers}) AND record_r IN ({numbers})
""")


class ScoredPair(NamedTuple):
    """A pair of records, record_l < record_r, and its weight in micro-bits."""

    record_l: int
    record_r: int
    weight: int


@dataclass(frozen=True)
class Evidence:
    """The strongest of the pairs that an act was decided on, and how many there were in all."""

    pairs: Sequence[ScoredPair] = ()
    count: int = 0


def homes(tx: Transaction, record_ids: Collection[int]) -> dict[int, int]:
    """Tell which golden record (serial) each of the records is published in."""
    return {row.record_id: row.serial for row in _HOMES.rows(tx, record_ids)}


def pairs_among(tx: Transaction, record_ids: Collection[int]) -> list[ScoredPair]:
    """Read the kept pairs of which both records are among these."""
    return [ScoredPair(*row) for row in _PAIRS.rows(tx, record_ids)]


def add(
    tx: Transaction, made: Act, sizes: Mapping[int, tuple[int, int]], evidence: Evidence
) -> None:
    """Keep an act behind the last change.

    `sizes`: the golden records (serial) that it was about or changed -> how many records each had
    before and after.
    """
    values = {name: getattr(made, name) for name in _FIELDS} | {
        "others": to_json([*made.others]),
        "change_id": sa.select(
            sa.func.coalesce(sa.func.max(change.c.change_id), 0)
        ).scalar_subquery(),
        "pairs": evidence.count,
    }
    insert = sa.insert(act).values(values).returning(act.c.act_id)
    number = int(tx.connection.execute(insert).scalar_one())
    concerned = [
        {"act_id": number, "serial": serial, "records_before": before, "records_after": after}
        for serial, (before, after) in sorted(sizes.items())
    ]
    weighed = [
        {"act_id": number, "place": place, **pair._asdict()}
        for place, pair in enumerate(evidence.pairs)
    ]
    for table, rows in ((act_golden_record, concerned), (act_pair, weighed)):
        if rows:
            tx.connection.execute(sa.insert(table), rows)
