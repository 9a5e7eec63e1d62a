"""What there is to see of a golden record's pins: which count, and which records disagree."""

from collections.abc import Mapping, Sequence

from mdm.identity.pins import disagrees, outvoted
from mdm.model.pins import Disagreeing, KeptPin, PinnedValues, ShownPin
from mdm.model.records import Attributes
from mdm.model.rules.rules import Rules
from mdm.standardise import Standardiser
from mdm.store import Transaction
from mdm.store.reads import pins
from mdm.store.reads.pins import MemberSaying

MOST_DISAGREEING = 20
"""Source records that are listed; all of them are counted."""


class Pinned:
    """Shows pins by the rules; threads may share it."""

    def __init__(self, rules: Rules) -> None:
        self._names = frozenset(attribute.name for attribute in rules.attributes)
        self._standardise = Standardiser(rules).column

    def shown(self, tx: Transaction, serial: int) -> list[ShownPin]:
        """Show the pins of all golden IDs that lead to a golden record, latest first."""
        kept = pins.pins_of(tx, serial)
        members = pins.members(tx, serial) if kept else []
        by = outvoted(kept)
        return [self._shown(tx, pin, by[pin.pin_id], members) for pin in kept]

    def _shown(
        self, tx: Transaction, pin: KeptPin, by: int | None, members: Sequence[MemberSaying]
    ) -> ShownPin:
        found = [each for each in members if self._disagrees(pin.values, each.attributes)]
        listed = found[:MOST_DISAGREEING]
        changed = [each.record_id for each in listed if each.arrived_at > pin.made_at]
        then = pins.said_at(tx, changed, pin.made_at)
        said = [
            Disagreeing(
                ref=each.ref,
                values=_of(pin.values, each.attributes),
                since=each.record_id in changed and _is_news(pin, each, then),
            )
            for each in listed
        ]
        return ShownPin(pin, by, said, len(found))

    def _disagrees(self, values: PinnedValues, said: Attributes) -> bool:
        known = {name: value for name, value in values.items() if name in self._names}
        return disagrees(known, said, self._standardise)


def _of(values: PinnedValues, said: Attributes) -> PinnedValues:
    """Leave what a record says of the attributes that are pinned."""
    return {name: said.get(name) for name in values}


def _is_news(pin: KeptPin, now: MemberSaying, then: Mapping[int, Attributes]) -> bool:
    """Tell whether a record that changed said something else when it was pinned, or nothing."""
    before = _of(pin.values, then.get(now.record_id, {}))
    return before != _of(pin.values, now.attributes)
