"""Pin: a steward's word on what a golden attribute says, and its removal.

In: a golden ID, an attribute, and a source record that has the value or a value of the steward's
own.  Out: what became of the golden record.  The pin and what follows from it are published in one
transaction, under the write lock.
"""

from collections.abc import Iterator, Mapping

from mdm.identity.survivorship import contests
from mdm.model.clock import now
from mdm.model.errors import Fault, NotFound, PreconditionFailed, RecordInvalid
from mdm.model.history import Act
from mdm.model.pins import Pin, PinDone, PinnedValues, Pinning
from mdm.model.records import Attributes, AttributeValue, RecordRef
from mdm.model.rules.rules import Rules
from mdm.resolution.acting import act_faults, check_act, unkept
from mdm.resolution.ready import ReadyModel, ReadyModels
from mdm.resolution.recluster import recluster
from mdm.resolution.remembering import Seen, remember
from mdm.resolution.republish import republish
from mdm.resolution.snapshot import shaped
from mdm.resolution.submitted import submitted_attributes
from mdm.store import Store, Transaction, neighbourhood, pins, records
from mdm.store.neighbourhood import Resident
from mdm.store.reads.golden import serial_of


class Pinner:
    """Takes stewards' pins; threads may share it."""

    def __init__(self, store: Store, models: ReadyModels) -> None:
        self._store = store
        self._models = models

    def pin(self, pinning: Pinning) -> PinDone:
        """Pin a value to a golden record, and publish it.

        It belongs to the golden ID, whatever records that has later.  RecordInvalid names each
        field that breaks a rule; PreconditionFailed when the record is not of the golden record by
        now, or waits for a resolve; errors as of `golden.serial_of` where the ID leads elsewhere.
        """
        faults = act_faults(pinning.actor, pinning.reason) + unkept(
            golden_id=pinning.golden_id,
            attribute=pinning.attribute,
            source="" if pinning.ref is None else pinning.ref.source,
            key="" if pinning.ref is None else pinning.ref.key,
        )
        if faults:
            raise RecordInvalid(faults)
        with self._store.read() as tx:
            self._models.active(tx)
        with self._store.write() as tx:
            model = self._models.active(tx)
            serial = serial_of(tx, pinning.golden_id)
            names = _together(model.rules, pinning.attribute)
            if pinning.ref is None:
                record_id, values = None, _own_values(pinning, names, model)
            else:
                resident = _member(tx, serial, pinning.ref, pinning.version)
                record_id, values = resident.record_id, _values_of(resident, names, pinning, model)
            made = Pin(0, serial, values, pinning.ref, pinning.actor, now(), pinning.reason)
            act = Act(
                kind="pinned",
                actor=made.actor,
                at=made.made_at,
                reason=made.reason,
                model_version=model.version.number,
                pin_id=pins.add(tx, made, record_id),
            )
            done = _publish(tx, model, act, {serial})
            tx.commit()
        return done

    def remove(self, pin_id: int, actor: str, reason: str = "") -> PinDone:
        """Take a pin off; of what it outvoted, the latest counts again.

        NotFound for an unknown pin, PinRemoved for one that was taken off already.
        """
        check_act(actor, reason)
        with self._store.read() as tx:
            self._models.active(tx)
        with self._store.write() as tx:
            model = self._models.active(tx)
            at = now()
            serial = pins.remove(tx, pin_id, actor=actor, reason=reason, at=at)
            act = Act(
                kind="unpinned",
                actor=actor,
                at=at,
                reason=reason,
                model_version=model.version.number,
                pin_id=pin_id,
            )
            done = _publish(tx, model, act, {serial})
            tx.commit()
        return done


def _publish(tx: Transaction, model: ReadyModel, act: Act, about: set[int]) -> PinDone:
    """Publish the golden records that a golden ID leads to anew, and remember the act.

    With them is resolved what of theirs waits.
    """
    homes = {home for serial in about for home in pins.homes(tx, serial)}
    waiting = neighbourhood.waiting_in(tx, homes)
    done = republish(tx, model, recluster(tx, model, waiting), at=act.at, also=homes)
    remember(tx, act, Seen(about | homes), done)
    names = neighbourhood.golden_ids(tx, done.changed)
    return PinDone(act.pin_id or 0, [names[serial] for serial in sorted(names)])


def _together(rules: Rules, asked: str) -> tuple[str, ...]:
    """Name the attributes that survive together with one, or as the group of that name."""
    group = rules.survivorship.groups.get(asked, (asked,))
    for contest in contests(rules):
        names = tuple(attribute.name for attribute in contest.attributes)
        if group[0] in names:
            return names
    known = [*(attribute.name for attribute in rules.attributes), *rules.survivorship.groups]
    told = f"is no attribute or group; the rules have: {', '.join(dict.fromkeys(known))}"
    raise RecordInvalid([Fault("attribute", told)])


def _member(tx: Transaction, serial: int, ref: RecordRef, version: int | None) -> Resident:
    """Find the record that a value is taken from."""
    kept = records.standing(tx, ref.source, [ref.key]).get(ref.key)
    if kept is None:
        raise NotFound(f"record of source {ref.source!r} with key", ref.key)
    (resident,) = neighbourhood.residents(tx, [kept.record_id])
    if resident.serial != serial or not resident.live or resident.pending:
        raise PreconditionFailed(
            f"the record of {ref.source!r} with key {ref.key!r} is not of this golden record, or "
            "waits for a resolve: look again"
        )
    if version not in (None, kept.version):
        raise PreconditionFailed(
            f"the record of {ref.source!r} with key {ref.key!r} is at version {kept.version} by "
            "now: look again"
        )
    return resident


def _values_of(
    resident: Resident, names: tuple[str, ...], pinning: Pinning, model: ReadyModel
) -> PinnedValues:
    """Take what a record says; of what has no usable form, nothing."""
    said = shaped(resident.attributes, model.rules)
    if pinning.value is not None:
        raise RecordInvalid([Fault("value", "does not go with `source` and `key`")])
    if resident.standardised.keys().isdisjoint(names):
        told = "has no usable value in this record: pin another record's, or one of your own"
        raise RecordInvalid([Fault("attribute", told)])
    return {
        name: _usable(name, said[name], model) if name in resident.standardised else None
        for name in names
    }


def _own_values(pinning: Pinning, names: tuple[str, ...], model: ReadyModel) -> PinnedValues:
    """Check the steward's own value as a record's would be, and that it says something."""
    faults = []
    if not pinning.reason.strip():
        faults.append(Fault("reason", "is missing: a value of your own needs one"))
    given = pinning.value if len(names) > 1 else {names[0]: pinning.value}
    if not isinstance(given, Mapping):
        together = ", ".join(names)
        faults.append(Fault("value", f"must be an object: {together} are pinned together"))
        raise RecordInvalid(faults)
    values: Attributes = {}
    faults += [
        Fault(_field(name, names), f"is not pinned together with {', '.join(names)}")
        for name in given
        if name not in names
    ]
    try:
        values = submitted_attributes(
            {name: given.get(name) for name in names}, model.rules, model.standardiser
        )
    except RecordInvalid as error:
        faults += [
            Fault(_field(each.field.removeprefix("attributes."), names), each.message)
            for each in error.faults
        ]
    else:
        faults += _unusable(values, names, model)
    if faults:
        raise RecordInvalid(faults)
    return {name: _usable(name, values[name], model) if name in values else None for name in names}


def _usable(name: str, value: AttributeValue, model: ReadyModel) -> AttributeValue:
    """Keep of many values the distinct ones that are usable, as a golden record does."""
    if isinstance(value, str):
        return value
    forms = model.standardiser.column(name, value)
    first = dict(zip(reversed(forms), reversed(value), strict=True))
    return tuple(first[form] for form in dict.fromkeys(forms) if form is not None)


def _unusable(values: Attributes, names: tuple[str, ...], model: ReadyModel) -> Iterator[Fault]:
    """Find what a golden record could not take from a source record either."""
    if not values:
        yield Fault(
            "value", "is missing: give one, or `source` and `key` of the record that has it"
        )
    for name, value in values.items():
        for text in (value,) if isinstance(value, str) else value:
            if model.standardiser.column(name, [text]) == [None]:
                kind = model.rules.attribute(name).kind.value.replace("_", " ")
                told = f"{_short(text)} is no {kind}, or counts as missing"
                yield Fault(_field(name, names), told)


def _short(text: str) -> str:
    return repr(text if len(text) <= 50 else f"{text[:50]}…")


def _field(name: str, names: tuple[str, ...]) -> str:
    return f"value.{name}" if len(names) > 1 else "value"
