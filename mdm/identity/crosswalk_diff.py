"""What happened between two consecutive crosswalks, as events and as counts.

In: the crosswalk (record -> serial of its golden record) before and after, which serials were
minted in between, and what the IDs resolve to afterwards.  Out: events in a fixed order.  The
`attached` and `detached` events alone turn the one crosswalk into the other.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from mdm.identity.golden_ids import IntArray

NONE = -1
"""Stands in an event for a serial or a record that it is not about."""


class EventKind(IntEnum):
    """What an event says; the order is the one in which events are told.

    MINTED    the golden ID stands in a crosswalk for the first time
    RESTORED  it stands in one again: issued earlier, and absent from the crosswalk before
    SPLIT     part of its live records is now the golden record `other`, which was not there before
    DETACHED  the record was part of it and no longer is (moved to another, or retired)
    ATTACHED  the record is part of it and was not (new, returned, or moved from another)
    MERGED    it is gone from the crosswalk and resolves to `other`
    RETIRED   it is gone from the crosswalk and resolves to nothing
    CHANGED   it was there before, is there still, and an attribute has another value
    """

    MINTED = 1
    RESTORED = 2
    SPLIT = 3
    DETACHED = 4
    ATTACHED = 5
    MERGED = 6
    RETIRED = 7
    CHANGED = 8


@dataclass(frozen=True, eq=False)
class Crosswalk:
    """Which golden record (`serials`) each record (`record_ids`, distinct) is part of; parallel."""

    record_ids: IntArray
    serials: IntArray


@dataclass(frozen=True, eq=False)
class Events:
    """Events as parallel columns, in the order of kind, serial, other, record.

    `kind` holds EventKind; `serial` the golden record that it happened to; `other` the second
    golden record of a split or merger, `record_id` the record of an attachment or detachment
    (NONE elsewhere).
    """

    kind: IntArray
    serial: IntArray
    other: IntArray
    record_id: IntArray


NO_EVENTS = Events(*(np.empty(0, np.int64) for _ in range(4)))


@dataclass(frozen=True)
class Summary:
    """Counts of golden records, and of records for `moved`.

    `minted`, `restored`, `merged`, `retired`: as in EventKind; `split`: golden records that lost a
    part to one that was not there before; `unchanged`: those made of exactly the records that they
    were made of and saying what they said, `changed`: those in both crosswalks that are not;
    `moved`: records that went from one golden record to another.

        after == minted + restored + changed + unchanged
        before == merged + retired + changed + unchanged
    """

    minted: int
    restored: int
    merged: int
    split: int
    moved: int
    retired: int
    changed: int
    unchanged: int


def events_between(
    before: Crosswalk, after: Crosswalk, *, minted: IntArray, resolves: Mapping[int, int]
) -> Events:
    """Tell what turned the crosswalk `before` into `after`.

    `minted`: the serials that were issued in between; `resolves`: what each ID that still has live
    records resolves to (`Assignment.resolves`), which tells a merger from a retirement.
    """
    before, after = _sorted(before), _sorted(after)
    old, new = np.unique(before.serials), np.unique(after.serials)
    came, gone = np.setdiff1d(new, old), np.setdiff1d(old, new)
    fresh = np.isin(came, minted)
    into = np.array([resolves.get(serial, NONE) for serial in gone.tolist()], np.int64)
    left, joined = _lacking(before, after), _lacking(after, before)
    split, part = _splits(before, after, came)
    return _events(
        {
            EventKind.MINTED: _Told(came[fresh]),
            EventKind.RESTORED: _Told(came[~fresh]),
            EventKind.SPLIT: _Told(split, other=part),
            EventKind.DETACHED: _Told(left.serials, record_id=left.record_ids),
            EventKind.ATTACHED: _Told(joined.serials, record_id=joined.record_ids),
            EventKind.MERGED: _Told(gone[into != NONE], other=into[into != NONE]),
            EventKind.RETIRED: _Told(gone[into == NONE]),
        }
    )


def summary_of(
    events: Events, before: Crosswalk, after: Crosswalk, *, rewritten: IntArray
) -> Summary:
    """Count what `events` tell of the two crosswalks.

    `rewritten`: the serials whose golden record says something else than before, be it new.
    """
    left, joined = _of(events, EventKind.DETACHED), _of(events, EventKind.ATTACHED)
    stayed = np.intersect1d(before.serials, after.serials)
    other = np.concatenate([left.serial, joined.serial, rewritten])
    changed = int(np.isin(stayed, other).sum())
    return Summary(
        minted=len(_of(events, EventKind.MINTED).serial),
        restored=len(_of(events, EventKind.RESTORED).serial),
        merged=len(_of(events, EventKind.MERGED).serial),
        split=len(np.unique(_of(events, EventKind.SPLIT).serial)),
        moved=int(np.isin(left.record_id, joined.record_id).sum()),
        retired=len(_of(events, EventKind.RETIRED).serial),
        changed=changed,
        unchanged=len(stayed) - changed,
    )


def _of(events: Events, kind: EventKind) -> Events:
    of_kind = events.kind == kind
    columns = (events.kind, events.serial, events.other, events.record_id)
    return Events(*(column[of_kind] for column in columns))


@dataclass(frozen=True, eq=False)
class _Told:
    """The events of one kind; a column that is None is NONE throughout."""

    serial: IntArray
    other: IntArray | None = None
    record_id: IntArray | None = None

    def columns(self) -> tuple[IntArray, IntArray, IntArray]:
        none = np.full(len(self.serial), NONE, np.int64)
        other = none if self.other is None else self.other
        record_id = none if self.record_id is None else self.record_id
        order = np.lexsort((record_id, other, self.serial))
        return self.serial[order], other[order], record_id[order]


def _sorted(crosswalk: Crosswalk) -> Crosswalk:
    order = np.argsort(crosswalk.record_ids)
    return Crosswalk(crosswalk.record_ids[order], crosswalk.serials[order])


def _lacking(one: Crosswalk, other: Crosswalk) -> Crosswalk:
    """Keep the entries of one crosswalk whose record the other lacks, or has elsewhere."""
    lacking = _serials_in(other, one.record_ids) != one.serials
    return Crosswalk(one.record_ids[lacking], one.serials[lacking])


def _serials_in(crosswalk: Crosswalk, record_ids: IntArray) -> IntArray:
    """Look up the serial of each record in a sorted crosswalk; NONE for one that is absent."""
    if len(crosswalk.record_ids) == 0:
        return np.full(len(record_ids), NONE, np.int64)
    last = len(crosswalk.record_ids) - 1
    place = np.minimum(np.searchsorted(crosswalk.record_ids, record_ids), last)
    return np.where(crosswalk.record_ids[place] == record_ids, crosswalk.serials[place], NONE)


def _splits(before: Crosswalk, after: Crosswalk, came: IntArray) -> tuple[IntArray, IntArray]:
    """Pair each golden record whose live records are now in several with those that came of it."""
    if not len(came) or not len(before.record_ids):
        none = np.empty(0, np.int64)
        return none, none
    now = _serials_in(after, before.record_ids)
    gave = np.unique(before.serials[np.isin(now, came)])
    flows = np.isin(before.serials, gave) & (now != NONE)
    pairs = np.unique(np.stack((before.serials[flows], now[flows]), axis=1), axis=0)
    source, count = np.unique(pairs[:, 0], return_counts=True)
    several = np.isin(pairs[:, 0], source[count > 1])
    parts = pairs[several & np.isin(pairs[:, 1], came)]
    return parts[:, 0], parts[:, 1]


def _events(told: Mapping[EventKind, _Told]) -> Events:
    """Put the events of all kinds below one another; most publications have few kinds."""
    several = {kind: events.columns() for kind, events in told.items() if len(events.serial)}
    if not several:
        return NO_EVENTS
    kind = np.repeat([*several], [len(serial) for serial, _, _ in several.values()])
    return Events(kind, *map(np.concatenate, zip(*several.values(), strict=True)))
