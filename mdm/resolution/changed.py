"""Records whose content changed, standardised by the active model's rules, with their new keys."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from mdm.resolution.ready import ReadyModel
from mdm.resolution.snapshot import shaped
from mdm.searching import search_keys
from mdm.store import Transaction, keys, neighbourhood
from mdm.store.neighbourhood import Resident


@dataclass(frozen=True)
class Changed:
    """Records, live and retired; `anew` are those that were standardised by other rules before."""

    residents: Sequence[Resident]
    anew: frozenset[int]

    @classmethod
    def of(cls, tx: Transaction, model: ReadyModel, record_ids: Collection[int]) -> "Changed":
        """Read the records and write their blocking and search keys."""
        found = neighbourhood.residents(tx, record_ids)
        rules = model.rules
        anew = {each.record_id for each in found if each.rules_hash != rules.rules_hash}
        residents = [
            _standardised(each, model) if each.record_id in anew else each for each in found
        ]
        if not residents:
            return cls((), frozenset())
        living = {each.record_id: each.standardised for each in residents if each.live}
        keys.write_keys(
            tx,
            # a record without an own ID was never resolved, and has no keys to lose
            [each.record_id for each in residents if each.own_serial is not None],
            [(key, n) for n, record in living.items() for key in search_keys(rules, record)],
            [(key, n) for n, record in living.items() for key in model.keys(record)],
        )
        return cls(residents, frozenset(anew))

    @cached_property
    def numbers(self) -> frozenset[int]:
        """The numbers of the records."""
        return frozenset(each.record_id for each in self.residents)

    @cached_property
    def living(self) -> frozenset[int]:
        """The numbers of those that are not retired."""
        return frozenset(each.record_id for each in self.residents if each.live)


def _standardised(resident: Resident, model: ReadyModel) -> Resident:
    attributes = shaped(resident.attributes, model.rules)
    return replace(resident, standardised=model.standardiser.attributes(attributes))
