"""What holds a golden record's records together, and where it holds weakly."""

from collections.abc import Collection

from mdm.identity.components import COMPONENT_LIMIT, MICRO
from mdm.identity.judgements import constraints
from mdm.identity.reviews import HomedPair, bridging
from mdm.model.inside import MOST_LINKING, MOST_LINKS, Inside, Link
from mdm.store import Transaction, judgements, models
from mdm.store.reads import evidence, golden
from mdm.store.reads.evidence import StoredPair
from mdm.store.reads.members import members


def inside(tx: Transaction, serial: int) -> Inside:
    """Read a golden record with its records, the links between them and the judgements on them."""
    (record,) = golden.golden_records(tx, [serial])
    model = models.active(tx)
    found = members(tx, serial)
    pairs = evidence.pairs_within(tx, serial, after=evidence.STRONGEST, limit=MOST_LINKS)
    threshold = round(model.link_bits * MICRO) if model else 0
    every, linking = evidence.counts_within(tx, serial, threshold)
    is_sought = linking <= MOST_LINKING and len(found) <= COMPONENT_LIMIT
    holding = _bridges(tx, serial, found, threshold) if is_sought else frozenset()
    return Inside(
        golden_record=record,
        members={member.ref: member for member in found.values()},
        links=[_link(pair, threshold, (pair.record_l, pair.record_r) in holding) for pair in pairs],
        link_count=every,
        weak_count=every - linking,
        bridge_count=len(holding) if is_sought else None,
        judgements=evidence.opinions_within(tx, [serial]),
        model_version=model.version if model else None,
        link_bits=model.link_bits if model else None,
    )


def _bridges(
    tx: Transaction, serial: int, records: Collection[int], threshold: int
) -> frozenset[tuple[int, int]]:
    """Find the linking pairs without which the records fall apart, as reviews do."""
    judged = constraints(judgements.touching(tx, records), dict.fromkeys(records, ""))
    first = {record: group[0] for group in judged.same for record in group}
    linking = [
        HomedPair(one, other, threshold, serial, serial)
        for one, other in evidence.linking_within(tx, serial, threshold)
    ]
    return frozenset(pair[:2] for pair in bridging(linking, first, len(records)))


def _link(pair: StoredPair, threshold: int, bridge: bool) -> Link:
    return Link(
        left=pair.left,
        right=pair.right,
        weight_bits=pair.weight / MICRO,
        pending=pair.pending,
        weak=pair.weight < threshold,
        bridge=bridge,
    )
