"""Pinning: what stewards pinned, put into golden records by both engines of survivorship.

The rule is that of `mdm.identity.pins`.  A batch puts the pins into the few golden records of its
table that have any; re-clustering asks which of the golden records around have some.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

import duckdb
import pyarrow as pa

from mdm.identity.pins import homes, with_pins
from mdm.identity.survivorship import Golden
from mdm.model.pins import Pin
from mdm.model.rules.rules import Rules
from mdm.standardise import Standardiser
from mdm.store import Transaction, pins
from mdm.store.codec import from_json, to_json
from mdm.store.neighbourhood import Resident


def pin_all(connection: duckdb.DuckDBPyConnection, rules: Rules, standing: Sequence[Pin]) -> None:
    """Put the pins into `new_golden`, by `home` and `own` (both record_id, serial)."""
    if not standing:
        return
    serials = [pin.serial for pin in standing]
    own = dict(connection.execute(_HOME_OF_ID, [serials]).fetchall())
    followed = [pin.follows for pin in standing if pin.follows is not None]
    home = dict(connection.execute(_HOME_OF_RECORD, [followed]).fetchall())
    found = homes(standing, own, home)
    standardise = Standardiser(rules).column
    made = [
        (serial, with_pins(_golden(*said), found[serial], rules, standardise))
        for serial, *said in connection.execute(_SAID, [[*found]]).fetchall()
    ]
    rows = pa.table(
        {
            "serial": pa.array([serial for serial, _ in made], pa.int64()),
            "attributes": pa.array([to_json(each.attributes) for _, each in made], pa.string()),
            "provenance": pa.array([to_json(each.provenance) for _, each in made], pa.string()),
        }
    )
    connection.register("pinned", rows)
    connection.execute(_PUT)
    connection.unregister("pinned")


def _golden(attributes: str, provenance: str) -> Golden:
    return Golden(from_json(attributes), from_json(provenance))


_HOME_OF_ID = """
    select own.serial, any_value(home.serial)
    from own
    join home using (record_id)
    where own.serial in (select unnest(?::bigint[]))
    group by own.serial
    """
_HOME_OF_RECORD = """
    select record_id, serial from home where record_id in (select unnest(?::bigint[]))
    """
_SAID = """
    select serial, attributes, provenance
    from new_golden
    where serial in (select unnest(?::bigint[]))
    """
_PUT = """
    update new_golden
    set attributes = pinned.attributes, provenance = pinned.provenance
    from pinned
    where pinned.serial = new_golden.serial
    """


@dataclass(frozen=True)
class PinsAround:
    """The pins of each golden record around, by serial; `touched`: those that may have others."""

    of: Mapping[int, Sequence[Pin]] = field(default_factory=dict)
    touched: Collection[int] = ()


NONE = PinsAround()


def pins_around(
    tx: Transaction,
    residents: Sequence[Resident],
    serials: Sequence[int],
    own: Sequence[int],
    following: Mapping[int, int | None],
) -> PinsAround:
    """Find the pins of golden records that are about to be published.

    `serials` and `own`, parallel to the residents: the golden record that each will be in, and the
    own ID that it will have.  An ID comes with all live records whose own ID it was or will be.
    `following`: serials of golden IDs -> the records that they will follow from now on.
    """
    if not pins.any_standing(tx):
        return NONE
    before = {each.own_serial for each in residents if each.own_serial is not None}
    home = {each.record_id: serial for each, serial in zip(residents, serials, strict=True)}
    standing = [
        replace(pin, follows=following.get(pin.serial, pin.follows))
        for pin in pins.touching(tx, before.union(own, following), home)
    ]
    ids, followed = {pin.serial for pin in standing}, {pin.follows for pin in standing}
    touched = {
        home[each.record_id]
        for each, after in zip(residents, own, strict=True)
        if not ids.isdisjoint((each.own_serial, after)) or each.record_id in followed
    }
    return PinsAround(homes(standing, dict(zip(own, serials, strict=True)), home), touched)
