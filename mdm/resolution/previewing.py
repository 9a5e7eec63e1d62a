"""What is to be published, told to a steward before it is.

In: what was prepared, of which nothing is written.  Out: the golden records as they would be, and
the golden IDs that would resolve elsewhere.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence

from mdm.model.previews import Elsewhere, GoldenPreview, Preview, Standing
from mdm.model.records import RecordRef
from mdm.resolution.republish import Prepared
from mdm.store import Transaction, earned, neighbourhood
from mdm.store.codec import attributes_from_json, from_json

MOST_SHOWN = 100
"""Golden records, records of each and golden IDs elsewhere that a preview shows; it counts all."""

_NOTHING = ("{}", "{}")


def previewed(tx: Transaction, ready: Prepared, judged: Collection[int]) -> Preview:
    """Tell what would come; `judged` are the records that the act is about."""
    about = {ready.after[record] for record in judged if record in ready.after}
    others = ready.changed.intersection(ready.after.values()) - about
    elsewhere = _elsewhere(tx, ready)
    return Preview(
        golden_records=_golden(tx, ready, [*sorted(about), *sorted(others)][:MOST_SHOWN]),
        golden_count=len(about) + len(others),
        elsewhere=_named(tx, ready, dict(list(elsewhere.items())[:MOST_SHOWN])),
        elsewhere_count=len(elsewhere),
    )


def _golden(tx: Transaction, ready: Prepared, serials: Sequence[int]) -> list[GoldenPreview]:
    names = neighbourhood.golden_ids(tx, set(serials).difference(ready.minted))
    now = neighbourhood.golden_contents(tx, names)
    then = now | {
        row["serial"]: (row["attributes"], row["provenance"])
        for row in ready.publication.golden.to_pylist()
    }
    members = _members(ready, serials)
    return [
        GoldenPreview(
            golden_id=names.get(serial),
            standing=_standing(ready, serial, now),
            records=members[serial][:MOST_SHOWN],
            record_count=len(members[serial]),
            attributes=attributes_from_json(then[serial][0]),
            provenance=from_json(then[serial][1]),
            before=attributes_from_json(now.get(serial, _NOTHING)[0]),
        )
        for serial in serials
    ]


def _members(ready: Prepared, serials: Sequence[int]) -> Mapping[int, list[RecordRef]]:
    """List the records of each golden record by (source, key)."""
    wanted, members = set(serials), defaultdict[int, list[RecordRef]](list)
    for each in ready.residents:
        serial = ready.after[each.record_id]
        if serial in wanted:
            members[serial].append(each.ref)
    return {serial: sorted(refs) for serial, refs in members.items()}


def _standing(ready: Prepared, serial: int, now: Collection[int]) -> Standing:
    if serial in ready.minted:
        return "new"
    if serial not in now:
        return "restored"
    return "kept" if serial in ready.changed else "unchanged"


def _elsewhere(tx: Transaction, ready: Prepared) -> dict[int, int | None]:
    """Tell what golden IDs would resolve to that no golden record carries then, and did not now."""
    involved = (*ready.residents, *ready.gone)
    was = {each.own_serial for each in involved if each.own_serial is not None}
    will = {serial for serial in ready.own.values() if serial is not None}
    records = ready.before.keys() | ready.after.keys() | ready.own.keys()
    serials = was | will | {*ready.before.values()} | ready.following.keys()
    serials = (serials | earned.following_any(tx, records)).difference(ready.minted)
    now = earned.earned(tx, serials)
    follows = {serial: at for serial, at in ready.following.items() if at is not None}
    homes: dict[int, int | None] = {each: ready.after.get(each) for each in records}
    then = earned.changed(now, ready.own, follows, homes)
    carries, carried = {*ready.before.values()}, {*ready.after.values()}
    led = {each: each if each in carries else now.resolved(each) for each in serials - carried}
    leads = {each: then.resolved(each) for each in sorted(led)}
    return {each: into for each, into in leads.items() if into != led[each]}


def _named(
    tx: Transaction, ready: Prepared, elsewhere: Mapping[int, int | None]
) -> list[Elsewhere]:
    into = {serial for serial in elsewhere.values() if serial is not None}
    names = neighbourhood.golden_ids(tx, (into | elsewhere.keys()).difference(ready.minted))
    return [
        Elsewhere(names[serial], None if to is None else names.get(to), to in ready.minted)
        for serial, to in elsewhere.items()
    ]
