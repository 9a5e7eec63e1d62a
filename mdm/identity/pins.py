"""Pins: what a golden record says because a steward said so, whatever its source records say.

In: the golden record that survivorship made, and the pins of all golden IDs that resolve to it.
Out: the golden record with the values that are pinned.  The order of the pins does not matter.

The latest pin counts, and those before it that have an attribute of it are outvoted whole, so that
no address is made of two:

    1: street "Elm 1", town "Ayr"    2: e-mail "a@x.org"    3: town "Troon", no street
    3 and 2 count; 1 is outvoted by 3
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mdm.identity.survivorship import Golden, Standardise, contests
from mdm.model.pins import KeptPin, Pin, PinnedValues
from mdm.model.records import AttributeValue
from mdm.model.rules.rules import Attribute, Rules

PINNED = "pin"
"""What provenance says of a value that is pinned, as its rule; what the pin is stands under it."""

Form = tuple[str | None, ...]
Forms = Mapping[str, frozenset[str]]
"""Attribute -> its values, standardised; empty where there is none."""


def outvoted(pins: Iterable[Pin | KeptPin]) -> dict[int, int | None]:
    """Tell of each pin, by number, the later one that outvotes it; None for those that count."""
    taken: dict[str, int] = {}
    found: dict[int, int | None] = {}
    for pin in sorted(pins, key=lambda each: each.pin_id, reverse=True):
        by = [taken[name] for name in pin.values if name in taken]
        found[pin.pin_id] = max(by, default=None)
        if not by:
            taken |= dict.fromkeys(pin.values, pin.pin_id)
    return found


def homes(
    pins: Iterable[Pin], own: Mapping[int, int], home: Mapping[int, int]
) -> dict[int, list[Pin]]:
    """Tell which pins each golden record has, by its serial.

    `own`: the serial of a golden ID -> that of the golden record which holds the records whose own
    ID it is; `home`: record -> its golden record.  An ID that is no record's own leads to the
    golden record of the record that it follows.  A pin that leads nowhere is kept, and left out.
    """
    found: dict[int, list[Pin]] = {}
    for pin in pins:
        serial = own.get(pin.serial)
        if serial is None and pin.follows is not None:
            serial = home.get(pin.follows)
        if serial is not None:
            found.setdefault(serial, []).append(pin)
    return found


def with_pins(
    golden: Golden, pins: Sequence[Pin], rules: Rules, standardise: Standardise
) -> Golden:
    """Give a golden record the values that are pinned.

    Provenance of a pinned value names the record that it was taken from (null for the steward's
    own) and the pin, and lists what it beat: the other distinct values of the records, as they
    would have survived.  `agreed` tells that the records agree, on another value.
    """
    made = Golden(dict(golden.attributes), dict(golden.provenance))
    by = outvoted(pins)
    counting = [pin for pin in pins if by[pin.pin_id] is None]
    for contest in contests(rules):
        for attribute in contest.attributes:
            for pin in counting:
                if attribute.name in pin.values:
                    value = _shaped(attribute, pin.values[attribute.name])
                    entries = _Entries(pin, every_value=contest.every_value)
                    _put(made, attribute.name, value, entries, standardise)
    return made


def forms_of(values: PinnedValues, names: Iterable[str], standardise: Standardise) -> Forms:
    """Standardise what is said of the attributes `names`; unusable values are none."""
    return {
        name: frozenset(
            form for form in _form_of(name, values.get(name) or (), standardise) if form is not None
        )
        for name in names
    }


def disagrees(pinned: Forms, said: Forms) -> bool:
    """Tell whether a record says something that was not pinned; saying nothing is no word.

    Of an attribute that is pinned to be absent, any value is.
    """
    return any(not said[name] <= forms for name, forms in pinned.items())


def _form_of(name: str, value: AttributeValue | Sequence[str], standardise: Standardise) -> Form:
    """Standardise a value, or a list of values, to what can be compared."""
    forms = standardise(name, [value] if isinstance(value, str) else value)
    return tuple(dict.fromkeys(forms))


def _put(
    golden: Golden,
    name: str,
    value: str | list[str] | None,
    entries: "_Entries",
    standardise: Standardise,
) -> None:
    """Put a pinned value in the place of the one that survived."""
    survived = golden.attributes.pop(name, None)
    told = golden.provenance.pop(name, None)
    if value is None:
        return
    golden.attributes[name] = value
    if entries.every_value:
        golden.provenance[name] = [entries.entry() for _ in value]
        return
    golden.provenance[name] = entry = entries.entry()
    if told is not None:
        form = _form_of(name, value, standardise)
        winner = {"value": survived, "source": told["source"], "key": told["key"]}
        others = [winner, *told["beat"]]
        beat = [each for each in others if _form_of(name, each["value"], standardise) != form]
        entry["beat"] = beat
        if beat and not told["beat"]:
            # before `beat` in JSON, so that nobody takes them for records that differ
            # (`mdm.store.reviews.contradicting`)
            entry["agreed"] = True


def _shaped(attribute: Attribute, value: AttributeValue | None) -> str | list[str] | None:
    """Give a value the shape that the rules ask for by now."""
    if value is None:
        return None
    values = [value] if isinstance(value, str) else list(value)
    return values if attribute.many else values[0]


@dataclass(frozen=True)
class _Entries:
    """Tells what provenance says of values of a pin; a list of it where every value survives."""

    pin: Pin
    every_value: bool

    def entry(self) -> dict[str, Any]:
        pin, ref = self.pin, self.pin.ref
        return {
            "source": None if ref is None else ref.source,
            "key": None if ref is None else ref.key,
            "rule": PINNED,
            "beat": [],
            "pin": {
                "pin_id": pin.pin_id,
                "actor": pin.actor,
                "made_at": pin.made_at,
                "reason": pin.reason,
            },
        }
