"""What golden IDs stand for: the records whose own ID each is, and the one that it may follow."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from mdm.store.by_numbers import ByNumbers
from mdm.store.store import Transaction

_OWNERS = ByNumbers("""
    SELECT r.own_serial, r.record_id, c.serial
    FROM record r
    LEFT JOIN crosswalk c ON c.record_id = r.record_id
    WHERE r.own_serial IN ({numbers})
""")
_FOLLOWED = ByNumbers("""
    SELECT i.serial AS golden, i.follows, c.serial
    FROM golden_id i
    LEFT JOIN crosswalk c ON c.record_id = i.follows
    WHERE i.serial IN ({numbers}) AND i.follows IS NOT NULL
""")
_FOLLOWERS = ByNumbers("SELECT serial FROM golden_id WHERE follows IN ({numbers})")


@dataclass(frozen=True)
class Earned:
    """Golden IDs by their serials, and records by their numbers.

    `owners`: whose own ID each is, live or retired; `follows`: which record each follows;
    `homes`: the golden records that those are published in.
    """

    owners: dict[int, list[int]] = field(default_factory=dict)
    follows: dict[int, int] = field(default_factory=dict)
    homes: dict[int, int] = field(default_factory=dict)

    def resolved(self, serial: int) -> int | None:
        """Tell the golden record that holds most of what an ID stands for, None when none does.

        Of equals, the one of the earliest-arrived record, as `reads.golden` has it.
        """
        stood = [*self.owners.get(serial, ())]
        if serial in self.follows:
            stood.append(self.follows[serial])
        found: dict[int, list[int]] = {}
        for record in stood:
            if record in self.homes:
                found.setdefault(self.homes[record], []).append(record)
        return min(found, key=lambda home: (-len(found[home]), min(found[home])), default=None)


def following_any(tx: Transaction, records: Collection[int]) -> set[int]:
    """Find the golden IDs that follow one of these records."""
    return {row.serial for row in _FOLLOWERS.rows(tx, records)}


def earned(tx: Transaction, serials: Collection[int]) -> Earned:
    """Read what golden IDs stand for."""
    found = Earned()
    for row in _OWNERS.rows(tx, serials):
        found.owners.setdefault(row.own_serial, []).append(row.record_id)
        if row.serial is not None:
            found.homes[row.record_id] = row.serial
    for row in _FOLLOWED.rows(tx, serials):
        found.follows[row.golden] = row.follows
        if row.serial is not None:
            found.homes[row.follows] = row.serial
    return found


def changed(
    before: Earned,
    own: Mapping[int, int | None],
    follows: Mapping[int, int],
    homes: Mapping[int, int | None],
) -> Earned:
    """Tell what they stand for once records have these own IDs and homes, None for none."""
    owners: dict[int, list[int]] = {}
    stays: Sequence[tuple[int, int]] = [
        (serial, record)
        for serial, records in before.owners.items()
        for record in records
        if record not in own
    ]
    comes = [(serial, record) for record, serial in own.items() if serial is not None]
    for serial, record in (*stays, *comes):
        owners.setdefault(serial, []).append(record)
    settled = {**before.homes, **homes}
    return Earned(
        owners,
        {**before.follows, **follows},
        {record: home for record, home in settled.items() if home is not None},
    )
