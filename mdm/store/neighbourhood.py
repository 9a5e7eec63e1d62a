"""What surrounds some records: everything that re-clustering a few of them reads.

Each function takes record IDs (or serials) and reads by index, however many records there are.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import sqlalchemy as sa

from mdm.model.records import Attributes, RecordRef
from mdm.store import statements
from mdm.store.by_numbers import ByNumbers, ByTexts
from mdm.store.codec import attributes_from_json
from mdm.store.store import Transaction


@dataclass(frozen=True)
class Resident:
    """A source record as re-clustering sees it.

    `trust` is its source's; `standardised_json` is by the rules of `rules_hash` (None: by none so
    far); `own_serial` the golden ID that it first belonged to, `serial` the golden record that it
    is published in; both None before that.
    """

    record_id: int
    source_id: int
    ref: RecordRef
    trust: float
    modified_at: str | None
    content_hash: str
    attributes: Attributes
    standardised_json: str
    rules_hash: str | None
    own_serial: int | None
    serial: int | None
    live: bool
    pending: bool

    @cached_property
    def standardised(self) -> Attributes:
        """Its standardised attributes."""
        return attributes_from_json(self.standardised_json)


class KeptPair(NamedTuple):
    """A pair as it is kept: record_l < record_r, micro-bits, whether only for its component."""

    record_l: int
    record_r: int
    weight: int
    inside_only: bool


_RESIDENT = """
    SELECT r.record_id, r.source_id, s.name AS source, r.key, s.trust, r.modified_at,
           r.content_hash, r.attributes, z.attributes AS standardised, z.rules_hash, r.own_serial,
           c.serial, r.retired_at, r.pending
"""
_RESIDENTS = f"""
    {_RESIDENT}
    FROM record r
    JOIN source s ON s.source_id = r.source_id
    LEFT JOIN standardised z ON z.record_id = r.record_id
    LEFT JOIN crosswalk c ON c.record_id = r.record_id
"""
_BY_ID = ByNumbers(f"{_RESIDENTS} WHERE r.record_id IN ({{numbers}})")
# From the crosswalk on: behind a LEFT JOIN, SQLite would scan the records for their serials.
_BY_SERIAL = ByNumbers(f"""
    {_RESIDENT}
    FROM crosswalk c
    JOIN record r ON r.record_id = c.record_id
    JOIN source s ON s.source_id = r.source_id
    LEFT JOIN standardised z ON z.record_id = r.record_id
    WHERE c.serial IN ({{numbers}})
""")

_HOMES_BY_OWN = ByNumbers("""
    SELECT r.record_id, c.serial
    FROM record r
    JOIN crosswalk c ON c.record_id = r.record_id
    WHERE r.own_serial IN ({numbers}) AND r.retired_at IS NULL
""")

_HELD = ByTexts("""
    SELECT c.record_id
    FROM golden_id i
    JOIN crosswalk c ON c.serial = i.serial
    WHERE i.golden_id IN ({numbers})
""")

_WITH_KEYS = ByNumbers("""
    SELECT key_hash, record_id
    FROM blocking_key
    WHERE key_hash IN ({numbers})
""")

_KEYS_OF = ByNumbers("""
    SELECT key_hash, record_id
    FROM blocking_key
    WHERE record_id IN ({numbers})
""")

_SETTLED_SINCE = sa.text("SELECT record_id FROM record WHERE settled_in > :number LIMIT :most")

# What changed since the last publication takes no part: its keys are those of before.
_SETTLED = ByNumbers("""
    SELECT r.record_id, z.attributes
    FROM record r
    JOIN standardised z ON z.record_id = r.record_id
    WHERE r.record_id IN ({numbers}) AND r.retired_at IS NULL AND NOT r.pending
""")

_PAIRS = "SELECT record_l, record_r, weight, inside_only FROM pair"
_PAIRS_LEFT = ByNumbers(f"{_PAIRS} WHERE record_l IN ({{numbers}})")
_PAIRS_RIGHT = ByNumbers(
    f"{_PAIRS} WHERE record_r IN ({{numbers}}) AND record_l NOT IN ({{numbers}})"
)

_COMPANIONS = ByNumbers("""
    SELECT record_id
    FROM crosswalk
    WHERE serial IN (SELECT serial FROM crosswalk WHERE record_id IN ({numbers}))
""")

_WAITING = ByNumbers("""
    SELECT r.record_id
    FROM crosswalk c
    JOIN record r ON r.record_id = c.record_id
    WHERE c.serial IN ({numbers}) AND r.pending
""")

_SOME_WAITING = sa.text("SELECT record_id FROM record WHERE pending LIMIT :most")

_GOLDEN_IDS = ByNumbers("""
    SELECT serial, golden_id
    FROM golden_id
    WHERE serial IN ({numbers})
    ORDER BY serial
""")

_GOLDEN = ByNumbers("""
    SELECT serial, attributes, provenance
    FROM golden_record
    WHERE serial IN ({numbers})
""")

_CONTENTS = ByNumbers("""
    SELECT record_id, content_hash
    FROM record
    WHERE record_id IN ({numbers}) AND retired_at IS NULL
""")


def residents(tx: Transaction, record_ids: Collection[int]) -> list[Resident]:
    """Read records, live or retired."""
    return [_resident(row) for row in _BY_ID.rows(tx, record_ids)]


def homes_by_own(tx: Transaction, serials: Collection[int]) -> list[tuple[int, int]]:
    """List (record, its golden record) of the live ones that first belonged to these golden IDs."""
    return _HOMES_BY_OWN.tuples(tx, serials)


def published_in(tx: Transaction, serials: Collection[int]) -> list[Resident]:
    """Read the records that these golden records are published with."""
    return [_resident(row) for row in _BY_SERIAL.rows(tx, serials)]


def companions_of(tx: Transaction, record_ids: Collection[int]) -> set[int]:
    """List all records of the golden records that these are published in."""
    return {record for (record,) in _COMPANIONS.tuples(tx, record_ids)}


def held_by(tx: Transaction, golden_ids: Collection[str]) -> set[int]:
    """List the records that golden records are published with, by their golden IDs."""
    return {row.record_id for row in _HELD.rows(tx, golden_ids)}


def waiting_in(tx: Transaction, serials: Collection[int]) -> set[int]:
    """Find the records that these golden records are published with and that wait for a resolve."""
    return {row.record_id for row in _WAITING.rows(tx, serials)}


def any_waits(tx: Transaction, beside: Collection[int]) -> bool:
    """Tell whether any record at all waits for a resolve, beside these."""
    found = statements.tuples(tx, _SOME_WAITING, {"most": len(beside) + 1})
    return not {record for (record,) in found}.issubset(beside)


def with_keys(tx: Transaction, keys: Collection[int]) -> list[tuple[int, int]]:
    """List (blocking key, record) for every record that is kept with one of these keys.

    Those of a key mostly come together.
    """
    return _WITH_KEYS.tuples(tx, keys)


def keys_of(tx: Transaction, record_ids: Collection[int]) -> list[tuple[int, int]]:
    """List (blocking key, record) for the keys that these records are kept with."""
    return _KEYS_OF.tuples(tx, record_ids)


def settled_since(tx: Transaction, publication: int, *, most: int) -> set[int]:
    """Find records, live and retired, that later publications settled: `most` at most."""
    found = statements.tuples(tx, _SETTLED_SINCE, {"number": publication, "most": most})
    return {record for (record,) in found}


def settled(tx: Transaction, record_ids: Collection[int]) -> dict[int, str]:
    """Read the standardised attributes, as JSON, of those that are live and do not wait."""
    return dict(_SETTLED.tuples(tx, record_ids))


def pairs_of(tx: Transaction, record_ids: Collection[int]) -> dict[tuple[int, int], KeptPair]:
    """Read the kept pairs of these records, by (record_l, record_r)."""
    rows = _PAIRS_LEFT.tuples(tx, record_ids) + _PAIRS_RIGHT.tuples(tx, record_ids)
    return {
        (record_l, record_r): KeptPair(record_l, record_r, weight, bool(inside_only))
        for record_l, record_r, weight, inside_only in rows
    }


def golden_ids(tx: Transaction, serials: Collection[int]) -> dict[int, str]:
    """Read the golden IDs by their serials, oldest first."""
    return {row.serial: row.golden_id for row in _GOLDEN_IDS.rows(tx, serials)}


def golden_contents(tx: Transaction, serials: Collection[int]) -> dict[int, tuple[str, str]]:
    """Read what golden records say, (attributes, provenance) as JSON, by serial."""
    return {row.serial: (row.attributes, row.provenance) for row in _GOLDEN.rows(tx, serials)}


def contents(tx: Transaction, record_ids: Collection[int]) -> Mapping[int, str]:
    """Read the content hashes of those of the records that are live."""
    return {row.record_id: row.content_hash for row in _CONTENTS.rows(tx, record_ids)}


def _resident(row: sa.Row[Any]) -> Resident:
    return Resident(
        record_id=row.record_id,
        source_id=row.source_id,
        ref=RecordRef(row.source, row.key),
        trust=row.trust,
        modified_at=row.modified_at,
        content_hash=row.content_hash,
        attributes=attributes_from_json(row.attributes),
        standardised_json=row.standardised or "{}",
        rules_hash=row.rules_hash,
        own_serial=row.own_serial,
        serial=row.serial,
        live=row.retired_at is None,
        pending=bool(row.pending),
    )
