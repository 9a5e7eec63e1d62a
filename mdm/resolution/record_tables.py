"""What re-clustering found of the records and pairs themselves, as tables to be published."""

from collections.abc import Iterable, Sequence

import pyarrow as pa

from mdm.resolution.ready import ReadyModel
from mdm.resolution.recluster import Reclustered
from mdm.searching import search_keys
from mdm.store.neighbourhood import Resident
from mdm.store.publication import Publication


def record_tables(model: ReadyModel, found: Reclustered) -> Publication:
    """Tell of the pairs, the keys and the standardised values what is to be written."""
    residents, keys = found.changed.residents, found.changed.keys
    search = sorted(
        (each.record_id, key.kind, key.value)
        for each in residents
        if each.live
        for key in search_keys(model.rules, each.standardised)
    )
    return Publication(
        pairs_gone=table(found.gone, "record_l", "record_r"),
        pairs=_pairs(found),
        # a record without an own ID was never resolved, and has no keys to lose
        keys_of=table(
            [(each.record_id,) for each in residents if each.own_serial is not None], "record_id"
        ),
        search_keys=table(search, "record_id", "kind", "value", texts=2),
        blocking_keys=table(
            sorted((key, number) for number in keys for key in keys[number]),
            "key_hash",
            "record_id",
        ),
        standardised=_standardised(model, found),
    )


def _pairs(found: Reclustered) -> pa.Table:
    rows = sorted(
        (pair.record_l, pair.record_r, pair.weight, pair.inside_only) for pair in found.pairs
    )
    made = table([row[:3] for row in rows], "record_l", "record_r", "weight")
    return made.append_column("inside_only", pa.array([row[3] for row in rows], pa.bool_()))


def _standardised(model: ReadyModel, found: Reclustered) -> pa.Table:
    rows = [
        (each.record_id, each.content_hash, model.rules.rules_hash, each.standardised_json)
        for each in found.changed.residents
        if each.record_id in found.changed.anew and each.live
    ]
    return table(rows, "record_id", "content_hash", "rules_hash", "attributes", texts=3)


def settled(found: Reclustered, residents: Sequence[Resident], own: Sequence[int]) -> pa.Table:
    """List the records that are settled now, and those that get another own ID."""
    changed = found.changed.numbers
    rows = [
        (each.record_id, each.content_hash, None if each.own_serial == serial else serial)
        for each, serial in zip(residents, own, strict=True)
        if each.own_serial != serial or each.record_id in changed
    ]
    rows += [
        (each.record_id, each.content_hash, None)
        for each in found.changed.residents
        if not each.live
    ]
    return pa.table(
        {
            "record_id": pa.array([row[0] for row in rows], pa.int64()),
            "content_hash": pa.array([row[1] for row in rows], pa.string()),
            "own_serial": pa.array([row[2] for row in rows], pa.int64()),
        }
    )


def table(rows: Iterable[Sequence[object]], *names: str, texts: int = 0) -> pa.Table:
    """Make a table of whole numbers; the last `texts` columns are text."""
    listed = list(rows)
    numbers = len(names) - texts
    return pa.table(
        {
            name: pa.array([row[at] for row in listed], pa.int64() if at < numbers else pa.string())
            for at, name in enumerate(names)
        }
    )
