"""Values that stewards pin to golden records: given, read, taken off."""

from typing import Any

from flask import url_for

from api import problems
from api.bodies import JsonBlueprint
from api.golden_records import known_form
from api.hub import hub, reading
from api.openapi import GOLDEN_ID_PARAMETER, problem_responses
from api.parameters import NoQuery, PageQuery, next_page, position
from api.pin_schemas import GivenPin, KeptPin, PinDone, RemovalQuery, ShownPins, pinning
from api.schemas import Elsewhere
from mdm.model import pins

blueprint = JsonBlueprint(
    "pins",
    __name__,
    url_prefix="/v1",
    description="What a golden record says because a steward said so, until the pin is taken off.",
)
_PINS = "/golden-records/<golden_id>/pins"
_GOLDEN = (problems.MALFORMED, problems.NOT_FOUND, problems.PENDING, problems.RETIRED)
_ACT = (problems.NOT_READY, problems.BUSY)
_ELSEWHERE = "It is another golden record now"


@blueprint.route(_PINS, methods=["POST"], parameters=[GOLDEN_ID_PARAMETER])
@blueprint.arguments(NoQuery, location="query", unknown=None)
@blueprint.arguments(GivenPin)
@blueprint.response(201, PinDone)
@blueprint.alt_response(307, schema=Elsewhere, description=_ELSEWHERE)
@problem_responses(blueprint, *_GOLDEN, *_ACT, problems.TOO_LARGE, problems.PRECONDITION_FAILED)
def pin(
    _: dict[str, Any], given: dict[str, Any], golden_id: str
) -> tuple[pins.PinDone, dict[str, str]]:
    """Pin an attribute to what a source record says, or to a value of the steward's own.

    It belongs to the golden ID and survives whatever records say later; 412 when the record is not
    of this golden record by now. Of several pins of an attribute the latest counts.
    """
    done = hub().pinning.pin(pinning(known_form(golden_id), given))
    location = url_for("pins.read", pin_id=done.pin_id)
    return done, {"Location": location, "Cache-Control": "no-store"}


@blueprint.route(_PINS, parameters=[GOLDEN_ID_PARAMETER])
@blueprint.arguments(PageQuery, location="query", unknown=None)
@blueprint.response(200, ShownPins)
@blueprint.alt_response(307, schema=Elsewhere, description=_ELSEWHERE)
@problem_responses(blueprint, *_GOLDEN)
def listing(query: dict[str, Any], golden_id: str) -> dict[str, object]:
    """List the pins of a golden record: those that count, those outvoted, and who disagrees.

    They are those of all golden IDs that lead to it, but for those that were taken off.
    """
    after = position(query, length=1)
    page = reading().pins(known_form(golden_id), after=after, limit=query["limit"])
    return {"items": page.items, "next": next_page(page.after)}


@blueprint.route("/pins/<int(max=9007199254740991):pin_id>")
@blueprint.arguments(NoQuery, location="query", unknown=None)
@blueprint.response(200, KeptPin)
@problem_responses(blueprint, problems.MALFORMED, problems.NOT_FOUND)
def read(_: dict[str, Any], pin_id: int) -> pins.KeptPin:
    """Read a pin, be it taken off."""
    return reading().pin(pin_id)


@blueprint.route("/pins/<int(max=9007199254740991):pin_id>", methods=["DELETE"])
@blueprint.arguments(RemovalQuery, location="query", unknown=None)
@blueprint.response(200, PinDone)
@problem_responses(blueprint, problems.MALFORMED, problems.NOT_FOUND, problems.PIN_REMOVED, *_ACT)
def remove(query: dict[str, Any], pin_id: int) -> tuple[pins.PinDone, dict[str, str]]:
    """Take a pin off: the golden record says what its source records say, or an earlier pin."""
    done = hub().pinning.remove(pin_id, query["actor"], query.get("reason", ""))
    return done, {"Cache-Control": "no-store"}
