"""Pins of a golden record: what it says because a steward said so, given and taken off."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Response, flash, request

from api.hub import hub, reading
from api.steward import naming
from api.steward.deciding import read_shown, said, written
from api.steward.golden_record import headed, shown_inside
from api.steward.pages import behind, blueprint, further, page, steward, to
from api.steward.words import count
from mdm.model.errors import Fault, NotFound, PinRemoved, PreconditionFailed, RecordInvalid
from mdm.model.pins import Pinning, Saying, Sayings

PAGE = 25
"""Pins that are listed at once."""
MOST = 100
"""Distinct values that are offered, those of most records."""
MOST_SOURCES = 4
"""Sources that are named beside a value."""
OWN = "own"


@blueprint.get("/golden-records/<golden_id>/pins")
def pins(golden_id: str) -> Response:
    """List the pins of a golden record, and offer the values of one attribute to be pinned."""
    return _show(golden_id, request.args.get("attribute", ""))


@blueprint.post("/golden-records/<golden_id>/pins")
def pin(golden_id: str) -> Response:
    """Pin a value, or say beside the field why it cannot be."""
    attribute = request.form.get("attribute", "")
    try:
        done = hub().pinning.pin(_pinning(golden_id, attribute))
    except RecordInvalid as error:
        return _show(golden_id, attribute, faults=_beside(error, _together(attribute)))
    except (NotFound, PreconditionFailed) as error:
        flash(f"Nothing was pinned: {error.message}.", "bad")
        return to("pins", golden_id=golden_id, attribute=attribute)
    flash(f"Pinned: pin {done.pin_id} counts until somebody takes it off.", "good")
    return to("pins", golden_id=golden_id)


@blueprint.post("/golden-records/<golden_id>/pins/<int(max=9007199254740991):pin_id>/removal")
def unpin(golden_id: str, pin_id: int) -> Response:
    """Take a pin off; the golden record says what its records say, or an earlier pin."""
    try:
        hub().pinning.remove(pin_id, steward(), said(request.form, "reason"))
    except PinRemoved as error:
        flash(f"{error.message[:1].upper()}{error.message[1:]}.", "warn")
    else:
        flash(f"Pin {pin_id} is taken off.", "good")
    return to("pins", golden_id=golden_id)


def _pinning(golden_id: str, attribute: str) -> Pinning:
    """Read what is to be pinned; RecordInvalid for a form that the page did not make."""
    shown_inside(golden_id)
    names = _together(attribute)
    if not names:
        raise RecordInvalid([Fault("attribute", "is none: choose one of the list")])
    chosen = request.form.get("choice", "")
    given: dict[str, Any] = {"golden_id": golden_id, "attribute": attribute, "actor": steward()}
    given["reason"] = said(request.form, "reason")
    if chosen == OWN:
        values = {name: _own(name) for name in names}
        filled = {name: value for name, value in values.items() if value}
        return Pinning(**given, value=filled if len(names) > 1 else values[names[0]] or None)
    try:
        shown = read_shown(chosen)
    except RecordInvalid as error:
        raise RecordInvalid([Fault("choice", "is missing: choose one of the values")]) from error
    return Pinning(**given, ref=shown.ref, version=shown.version)


def _own(name: str) -> str | list[str]:
    """Read a value of the steward's own; of an attribute with many values a line each."""
    text = said(request.form, f"value-{name}")
    if not hub().rules.attribute(name).many:
        return text
    return [line.strip() for line in text.splitlines() if line.strip()]


def _together(attribute: str) -> Sequence[str]:
    """List the attributes that are pinned with one, itself among them; none for none."""
    rules = hub().rules
    if attribute not in {each.name for each in rules.attributes}:
        return ()
    groups = rules.survivorship.groups.values()
    return next((names for names in groups if attribute in names), (attribute,))


def _beside(error: RecordInvalid, names: Sequence[str]) -> dict[str, list[str]]:
    """Sort faults by the control that they are told beside; `names` are pinned together.

    Where there is a choice, what is wrong with the attribute is wrong with what was chosen.
    """
    fields = [f"value-{name}" for name in names]
    moved = {"value": fields[0], "attribute": "choice"} if fields else {}
    found: dict[str, list[str]] = {}
    for fault in error.faults:
        field = fault.field.replace("value.", "value-", 1)
        control = moved.get(field, field)
        if control in ("attribute", "reason", "choice", *fields):
            found.setdefault(control, []).append(fault.message)
        else:
            found.setdefault("choice", []).append(f"{field}: {fault.message}")
    return found


def _show(
    golden_id: str,
    attribute: str,
    *,
    faults: Mapping[str, list[str]] | None = None,
) -> Response:
    inside = shown_inside(golden_id)
    names = _together(attribute)
    golden_id = inside.golden_record.golden_id
    standing = reading().pins(golden_id, after=behind(1), limit=PAGE)
    found = reading().sayings(golden_id, names) if names else Sayings([], 0)
    return page(
        "pins.html",
        422 if faults else 200,
        **headed(inside),
        pins=standing.items,
        further=further(standing.after),
        attributes=[(each.name, naming.title(each.name)) for each in hub().rules.attributes],
        attribute=attribute if names else "",
        fields=[hub().rules.attribute(name) for name in names],
        offered=[_offered(each) for each in found.items[:MOST]],
        unoffered=found.items[MOST:],
        waiting=found.waiting,
        current=inside.golden_record.attributes,
        given=request.form,
        faults=faults or {},
        title=naming.title,
    )


def _offered(saying: Saying) -> tuple[str, str, Saying, str]:
    """Tell of a value how the form names it, how it reads, and who says so."""
    texts = [naming.text(value) for value in saying.values.values() if value]
    named = list(saying.sources[:MOST_SOURCES])
    if len(saying.sources) > MOST_SOURCES:
        named.append(count(len(saying.sources) - MOST_SOURCES, "other source"))
    who = f"{count(saying.records, 'record')} of {', '.join(named)}"
    return written(saying), ", ".join(texts), saying, who
