"""Publishing what re-clustering found: golden IDs, golden records, crosswalk, in the transaction.

In: the clusters around some records.  Out: what was published, as a resolution over everything
would publish it, and the events that tell the difference.  It is worked out first, which only
reads, and written then.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pyarrow as pa

from mdm.identity.contest import Member
from mdm.identity.crosswalk_diff import NO_EVENTS, Crosswalk, Events, events_between
from mdm.identity.golden_ids import NO_ID, Assignment, assign, with_minted
from mdm.identity.pins import with_pins
from mdm.identity.survivorship import survive
from mdm.identity.tallies import Tally
from mdm.model.pins import Pin
from mdm.resolution import reviewing
from mdm.resolution.pinning import pins_around
from mdm.resolution.ready import ReadyModel
from mdm.resolution.recluster import Reclustered
from mdm.resolution.record_tables import record_tables, settled, table
from mdm.resolution.related import related
from mdm.resolution.snapshot import shaped
from mdm.resolution.tallying import differences
from mdm.store import Transaction, changes, neighbourhood, pins, publication, tallies
from mdm.store.codec import from_json, to_json
from mdm.store.neighbourhood import Resident
from mdm.store.publication import Publication

Clusters = Mapping[int, Sequence[Resident]]
"""The serial of each golden record -> the records that it is made of."""


NO_OWN: Mapping[int, int | None] = {}


@dataclass(frozen=True, eq=False)
class Republished:
    """What was published: the crosswalk of all golden records involved, before and after.

    `before` and `after` map record IDs to serials; `minted` are serials issued by it, `changed`
    those whose golden record came, went, has other records or says something else.
    """

    before: Mapping[int, int]
    after: Mapping[int, int]
    minted: range
    changed: frozenset[int]
    events: Events = field(repr=False)


@dataclass(frozen=True, eq=False)
class Prepared:
    """What is to be published; nothing of it is written yet, and the IDs are not minted.

    `before`, `after`, `minted` and `changed` as in `Republished`, `resolves` as in `Assignment`;
    `rewritten` (serial, attributes) are the golden records that last and say something else;
    `residents` are the records of `after`, `gone` the retired ones that leave;
    `tallies` by how much figures of the overview change;
    `own`: the own IDs that records get, None for none; `following` as of `pins.following`.
    """

    publication: Publication
    residents: Sequence[Resident]
    gone: Sequence[Resident]
    before: Mapping[int, int]
    after: Mapping[int, int]
    minted: range
    changed: frozenset[int]
    resolves: Mapping[int, int]
    own: Mapping[int, int | None]
    following: Mapping[int, int | None]
    rewritten: pa.Table
    tallies: Mapping[Tally, int]


def republish(
    tx: Transaction, model: ReadyModel, found: Reclustered, *, at: str, also: Collection[int] = ()
) -> Republished:
    """Publish what re-clustering found, if anything; nothing is committed here.

    `also`: the serials of golden records that may say something else for another reason.
    """
    if found.nothing and not also:
        return Republished({}, {}, range(0), frozenset(), NO_EVENTS)
    return publish(tx, model, prepare(tx, model, found, also=also), at=at)


def publish(tx: Transaction, model: ReadyModel, ready: Prepared, *, at: str) -> Republished:
    """Write what was prepared in the same transaction."""
    publication.issue(tx, ready.minted, at)
    publication.publish(tx, ready.publication, at=at)
    tallies.add(tx, ready.tallies)
    events = events_between(
        _crosswalk(ready.before),
        _crosswalk(ready.after),
        minted=np.array(ready.minted, np.int64),
        resolves=ready.resolves,
    )
    changes.note(tx, events, ready.rewritten, at=at)
    homes = {*ready.before.values(), *ready.after.values()}
    reviewing.renew(tx, model.rules, model.version, homes, at=at)
    return Republished(ready.before, ready.after, ready.minted, ready.changed, events)


def prepare(
    tx: Transaction,
    model: ReadyModel,
    found: Reclustered,
    *,
    also: Collection[int] = (),
    own: Mapping[int, int | None] = NO_OWN,
) -> Prepared:
    """Work out what is to be published, with the serials of the golden IDs that it needs.

    `also` as of `republish`; `own`: the own IDs that records get by a judgement, not yet written.
    """
    following = pins.following(tx, own)
    also = {*also, *(serial for serial in own.values() if serial is not None)}
    residents, labels = _with_related(tx, found, also)
    assignment = _assign(residents, labels)
    minted = publication.next_serials(tx, assignment.minted)
    new = np.array(minted, np.int64)
    serials = with_minted(assignment.serials, new).tolist()
    own_after = with_minted(assignment.own, new).tolist()
    after = {each.record_id: serial for each, serial in zip(residents, serials, strict=True)}
    gone = [each for each in found.changed.residents if not each.live]
    before = {
        each.record_id: each.serial for each in (*residents, *gone) if each.serial is not None
    }
    touched = {serial for _, serial in before.items() ^ after.items()}
    pinned = pins_around(tx, residents, serials, own_after, following)
    suspected = {*pinned.touched, *(n for each, n in after.items() if before.get(each) in also)}
    differing = _rewritten(_clusters(residents, serials), before, found, suspected)
    golden = _golden(model, differing, pinned.of)
    said, rewritten = _said(tx, golden)
    return Prepared(
        publication=replace(
            record_tables(model, found),
            crosswalk_gone=table([(n,) for n in sorted(before.keys() - after.keys())], "record_id"),
            crosswalk=table(sorted(after.items() - before.items()), "record_id", "serial"),
            touched=table([(n,) for n in sorted(touched)], "serial"),
            golden_gone=table(
                [(n,) for n in sorted({*before.values()} - {*after.values()})], "serial"
            ),
            golden=golden,
            records=settled(found, residents, own_after),
        ),
        residents=residents,
        gone=gone,
        before=before,
        after=after,
        minted=minted,
        changed=frozenset(touched | said),
        resolves=_resolves(assignment, minted),
        own={**own, **dict(zip(after, own_after, strict=True))},
        following=following,
        rewritten=rewritten,
        tallies=differences(found, before, after, residents, touched),
    )


def _with_related(
    tx: Transaction, found: Reclustered, also: Collection[int]
) -> tuple[list[Resident], list[int]]:
    """Add the golden records whose IDs are decided together with these, whole, and `also` others.

    The labels of what is added are below 0, so that they are unlike those of the clusters.  Who was
    retired is still published there, and leaves.
    """
    changed = found.changed.numbers
    added = [each for each in related(tx, found.residents, also) if each.record_id not in changed]
    labels = [-(each.serial or 0) for each in added]
    return [*found.residents, *added], found.clusters.tolist() + labels


def _assign(residents: Sequence[Resident], labels: Sequence[int]) -> Assignment:
    own = [NO_ID if each.own_serial is None else each.own_serial for each in residents]
    numbers = [each.record_id for each in residents]
    return assign(np.array(numbers, np.int64), np.array(labels, np.int64), np.array(own, np.int64))


def _resolves(assignment: Assignment, minted: range) -> dict[int, int]:
    return {
        serial: minted[-into - 1] if into < 0 else into
        for serial, into in assignment.resolves.items()
    }


def _clusters(residents: Sequence[Resident], serials: Sequence[int]) -> Clusters:
    clusters: dict[int, list[Resident]] = defaultdict(list)
    for each, serial in zip(residents, serials, strict=True):
        clusters[serial].append(each)
    return clusters


def _rewritten(
    clusters: Clusters, before: Mapping[int, int], found: Reclustered, suspected: Collection[int]
) -> Clusters:
    """Choose the golden records that may say something else, by their records or as suspected."""
    published: dict[int, set[int]] = defaultdict(set)
    for record, serial in before.items():
        published[serial].add(record)
    changed = found.changed.numbers
    rewritten = {}
    for serial, members in clusters.items():
        numbers = {each.record_id for each in members}
        differs = numbers != published[serial] or not changed.isdisjoint(numbers)
        if differs or serial in suspected:
            rewritten[serial] = members
    return rewritten


def _said(tx: Transaction, golden: pa.Table) -> tuple[set[int], pa.Table]:
    """List the golden records that say something new, and what the lasting ones say anew."""
    rows = {row["serial"]: (row["attributes"], row["provenance"]) for row in golden.to_pylist()}
    kept = neighbourhood.golden_contents(tx, rows)
    said = {serial for serial, content in rows.items() if kept.get(serial) != content}
    anew = [
        (serial, to_json(names))
        for serial in sorted(said & kept.keys())
        if (names := _differing(from_json(kept[serial][0]), from_json(rows[serial][0])))
    ]
    return said, table(anew, "serial", "attributes", texts=1)


def _differing(before: Mapping[str, object], after: Mapping[str, object]) -> list[str]:
    """Name the attributes that came, went or have another value."""
    names = before.keys() | after.keys()
    return sorted(name for name in names if before.get(name) != after.get(name))


def _golden(model: ReadyModel, clusters: Clusters, pinned: Mapping[int, Sequence[Pin]]) -> pa.Table:
    rows = []
    for serial, members in sorted(clusters.items()):
        golden = survive(model.survivorship, [_member(each, model) for each in members])
        if serial in pinned:
            golden = with_pins(golden, pinned[serial], model.rules, model.standardiser.column)
        rows.append((serial, to_json(golden.attributes), to_json(golden.provenance)))
    return table(rows, "serial", "attributes", "provenance", texts=2)


def _member(resident: Resident, model: ReadyModel) -> Member:
    return Member(
        source=resident.ref.source,
        key=resident.ref.key,
        trust=resident.trust,
        modified_at=resident.modified_at,
        attributes=shaped(resident.attributes, model.rules),
        standardised=resident.standardised,
    )


def _crosswalk(homes: Mapping[int, int]) -> Crosswalk:
    return Crosswalk(np.array(list(homes), np.int64), np.array(list(homes.values()), np.int64))
