"""Records whose content changed, standardised by the active model's rules, with their new keys."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from mdm.resolution.ready import ReadyModel
from mdm.resolution.snapshot import shaped
from mdm.store import Transaction, neighbourhood
from mdm.store.codec import to_json
from mdm.store.neighbourhood import Resident


@dataclass(frozen=True)
class Changed:
    """Records, live and retired; `anew` are those that were standardised by other rules before.

    `keys`: the blocking keys that the live ones have now, by record ID.
    """

    residents: Sequence[Resident]
    anew: frozenset[int]
    keys: Mapping[int, Sequence[int]]

    @classmethod
    def of(cls, tx: Transaction, model: ReadyModel, record_ids: Collection[int]) -> "Changed":
        """Read the records; nothing is written."""
        found = neighbourhood.residents(tx, record_ids)
        rules = model.rules
        anew = {each.record_id for each in found if each.rules_hash != rules.rules_hash}
        residents = [
            _standardised(each, model) if each.record_id in anew else each for each in found
        ]
        keys = {
            each.record_id: model.keys(each.standardised_json) for each in residents if each.live
        }
        return cls(residents, frozenset(anew), keys)

    @cached_property
    def numbers(self) -> frozenset[int]:
        """The numbers of the records."""
        return frozenset(each.record_id for each in self.residents)

    @cached_property
    def living(self) -> frozenset[int]:
        """The numbers of those that are not retired."""
        return frozenset(self.keys)


def _standardised(resident: Resident, model: ReadyModel) -> Resident:
    attributes = shaped(resident.attributes, model.rules)
    return replace(resident, standardised_json=to_json(model.standardiser.attributes(attributes)))
