"""Pairs with what their weights are made of."""

from collections.abc import Sequence

from mdm.identity.components import MICRO
from mdm.model.explanation import Explainer, Part
from mdm.model.models import ModelVersion
from mdm.model.views import Evidence
from mdm.store import Transaction
from mdm.store.reads import records
from mdm.store.reads.evidence import StoredPair


def explained(
    tx: Transaction,
    explainer: Explainer,
    model: ModelVersion | None,
    pairs: Sequence[StoredPair],
) -> list[Evidence]:
    """Take the weights of those pairs apart whose records are still what the model scored."""
    settled = [(pair.record_l, pair.record_r) for pair in pairs if not pair.pending]
    parts: dict[tuple[int, int], Sequence[Part]] = {}
    if model is not None and settled:
        numbers = sorted({number for pair in settled for number in pair})
        found = explainer.explain(model, records.matching_records(tx, numbers), settled)
        parts = {(each.record_l, each.record_r): each.parts for each in found}
    return [
        Evidence(
            left=pair.left,
            right=pair.right,
            weight_bits=pair.weight / MICRO,
            pending=pair.pending,
            parts=parts.get((pair.record_l, pair.record_r), ()),
        )
        for pair in pairs
    ]
