"""Pins as stewards give them and as they are read."""

from typing import Any

from marshmallow import RAISE, Schema, ValidationError, fields, post_load, validates_schema

from api.described import count, flag, next_link, text, time
from api.judgement_schemas import LONGEST_ACTOR, LONGEST_REASON, said
from api.match_schemas import Whole
from api.parameters import Text
from api.schemas import Ref
from mdm.model.pins import Pinning
from mdm.model.records import RecordRef

_VALUES = {
    "additionalProperties": {"type": ["string", "array", "null"], "items": {"type": "string"}},
}


def pinned(description: str) -> fields.Dict:
    """Describe values that are pinned."""
    return fields.Dict(
        keys=fields.String(),
        metadata={"description": description, "example": {"given_name": "Jane"}, **_VALUES},
    )


class GivenPin(Schema):
    """What a golden record is to say: what a source record says, or a value of the steward's."""

    class Meta:
        """Anything else is refused, so that a misspelt field is noticed."""

        unknown = RAISE

    attribute = said(
        "The attribute, or the group of attributes that survive together; one of a group stands "
        "for all of it.",
        "given_name",
        100,
    )
    source = said(
        "The department that has the value; goes with `key`.", "core_banking", 100, required=False
    )
    key = said("The key of its record that has the value.", "C-004711", 10_000, required=False)
    version = Whole(
        load_default=None,
        allow_none=True,
        metadata={
            "description": "The version of that record that was seen; 412 when it is another one "
            "by now.",
            "example": 1,
        },
    )
    value = fields.Raw(
        metadata={
            "description": "Instead of `source` and `key`: a value of the steward's own, a list "
            "where the attribute may have many, an object for a group.",
            "example": "Jane",
            "type": ["string", "number", "boolean", "array", "object"],
        },
    )
    actor = said("Who pins.", "steward@bank.example", LONGEST_ACTOR)
    reason = said(
        "Why; a value of the steward's own needs it.", "As signed.", LONGEST_REASON, required=False
    )

    @validates_schema
    def _is_one_way(self, data: dict[str, Any], **_: object) -> None:
        """Refuse what is neither a record's value nor the steward's, or half of both."""
        names = ("source", "key")
        if "value" in data:
            wrong = {name: ["Does not go with `value`."] for name in names if name in data}
        else:
            wrong = {
                name: ["Is missing: give it, or a `value` of your own."]
                for name in names
                if name not in data
            }
        if wrong:
            raise ValidationError(wrong)

    @post_load
    def _make(self, data: dict[str, Any], **_: object) -> dict[str, Any]:
        ref = RecordRef(data["source"], data["key"]) if "key" in data else None
        return {
            "attribute": data["attribute"],
            "actor": data["actor"],
            "reason": data.get("reason", ""),
            "ref": ref,
            "value": data.get("value"),
            "version": data["version"] if ref else None,
        }


def pinning(golden_id: str, given: dict[str, Any]) -> Pinning:
    """Say to which golden record a value is to be pinned."""
    return Pinning(golden_id, **given)


class KeptPin(Schema):
    """A pin, and what became of it."""

    pin_id = fields.Integer(metadata={"description": "Its number.", "example": 7})
    golden_id = text("The golden ID that it belongs to.", "g3f9a1c0b7d2e4f608a1b")
    values = pinned(
        "Attribute to value, of all that were pinned together; null where it was pinned that there "
        "is none."
    )
    ref = fields.Nested(
        Ref,
        data_key="taken_from",
        allow_none=True,
        metadata={"description": "The record that had the values; null for the steward's own."},
    )
    actor = text("Who pinned.", "steward@bank.example")
    made_at = time("When.")
    reason = text("Why; may be empty.", "As signed.")
    removed_at = time("When it was taken off; null while it was not.", allow_none=True)
    removed_by = text("Who took it off.", "steward@bank.example", allow_none=True)
    removed_because = text("Why; may be empty.", "She married.", allow_none=True)


class Disagreeing(Schema):
    """A source record that says something else than a pin."""

    source = text("The department's system.", "core_banking", attribute="ref.source")
    key = text("The department's own key.", "C-004711", attribute="ref.key")
    values = pinned("What it says.")
    since = flag("Whether it says so only since the pin was made.")


class ShownPin(Schema):
    """A pin of a golden record."""

    pin = fields.Nested(KeptPin)
    outvoted_by = fields.Integer(
        allow_none=True,
        metadata={"description": "The later pin that counts instead; null: this one counts."},
    )
    disagreeing = fields.List(
        fields.Nested(Disagreeing),
        metadata={"description": "Source records that say something else, at most twenty."},
    )
    disagreeing_count = count("How many there are of them.", 1)


class ShownPins(Schema):
    """The pins of all golden IDs that lead to a golden record, latest first."""

    items = fields.List(fields.Nested(ShownPin))
    next = next_link()


class PinDone(Schema):
    """What a pin, or its removal, did."""

    pin_id = count("The pin's number.", 7)
    changed = fields.List(
        fields.String(),
        metadata={
            "description": "The golden IDs whose golden records this changed.",
            "example": ["g3f9a1c0b7d2e4f608a1b"],
        },
    )


class RemovalQuery(Schema):
    """Who takes a pin off, and why."""

    class Meta:
        """Anything that is not a parameter is refused, so that a misspelt one is noticed."""

        unknown = RAISE

    actor = Text("Who takes it off.", "steward@bank.example", required=True)
    reason = Text("Why.", "She married.")
