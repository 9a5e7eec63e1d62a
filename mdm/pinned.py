"""What there is to see of a golden record's pins: which count, and which records disagree."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from mdm.identity.pins import Forms, disagrees, forms_of, outvoted
from mdm.model.pins import Disagreeing, KeptPin, PinnedValues, ShownPin
from mdm.model.rules.rules import Rules
from mdm.model.views import Page
from mdm.standardise import Standardiser
from mdm.store import Transaction
from mdm.store.reads import pins
from mdm.store.reads.pins import MemberSaying

MOST_DISAGREEING = 20
"""Source records that are listed; all of them are counted."""


@dataclass(frozen=True)
class _Said:
    """What a source record says, as it came and standardised."""

    member: MemberSaying
    forms: Forms


class Pinned:
    """Shows pins by the rules; threads may share it."""

    def __init__(self, rules: Rules) -> None:
        self._names = frozenset(attribute.name for attribute in rules.attributes)
        self._standardise = Standardiser(rules).column

    def shown(
        self, tx: Transaction, serial: int, *, before: int | None, limit: int
    ) -> Page[ShownPin]:
        """Show pins of all golden IDs that lead to a golden record, latest first.

        At most `limit` of them, with a number below `before`; None: from the latest on.
        """
        kept = pins.pins_of(tx, serial)
        by = outvoted(kept)
        rest = [pin for pin in kept if before is None or pin.pin_id < before]
        listed = rest[:limit]
        said = self._said(tx, serial, {name for pin in listed for name in pin.values})
        items = [self._shown(tx, pin, by[pin.pin_id], said) for pin in listed]
        return Page(items, (listed[-1].pin_id,) if len(rest) > limit else None)

    def _said(self, tx: Transaction, serial: int, names: Collection[str]) -> list[_Said]:
        """Read what the records say of the attributes `names`, each standardised once."""
        if not names:
            return []
        return [
            _Said(each, self._forms(each.attributes, names)) for each in pins.members(tx, serial)
        ]

    def _shown(
        self, tx: Transaction, pin: KeptPin, by: int | None, said: Sequence[_Said]
    ) -> ShownPin:
        pinned = self._forms(pin.values, pin.values)
        found = [each for each in said if disagrees(pinned, each.forms)]
        listed = found[:MOST_DISAGREEING]
        since = self._since(tx, pin, listed)
        told = [
            Disagreeing(
                ref=each.member.ref,
                values={name: each.member.attributes.get(name) for name in pin.values},
                since=each.member.record_id in since,
            )
            for each in listed
        ]
        return ShownPin(pin, by, told, len(found))

    def _since(self, tx: Transaction, pin: KeptPin, listed: Sequence[_Said]) -> set[int]:
        """Find the records that said something else when it was pinned, or nothing.

        One that its source has written in another way since says what it said.
        """
        changed = {
            each.member.record_id: each.forms
            for each in listed
            if each.member.arrived_at > pin.made_at
        }
        then = pins.said_at(tx, list(changed), pin.made_at)
        return {
            record_id
            for record_id, forms in changed.items()
            if any(
                forms[name] != before
                for name, before in self._forms(then.get(record_id, {}), pin.values).items()
            )
        }

    def _forms(self, values: PinnedValues, names: Collection[str]) -> Forms:
        """Standardise values of attributes, as far as the rules have them."""
        return forms_of(values, self._names.intersection(names), self._standardise)
