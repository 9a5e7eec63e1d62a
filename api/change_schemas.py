"""Changes as they are asked for and answered."""

from typing import get_args

from marshmallow import Schema, fields, validate

from api.described import text, time
from api.parameters import Count, NoQuery
from mdm.model.changes import ChangeKind

MOST_CHANGES = 1000
USUAL_CHANGES = 200
LARGEST_NUMBER = 2**53 - 1
"""The largest whole number that every reader of JSON can hold."""


class ChangesQuery(NoQuery):
    """Which changes to give."""

    after = Count(
        load_default=0,
        validate=validate.Range(0, LARGEST_NUMBER),
        metadata={"description": "Those behind this number; 0 begins with the first change."},
    )
    limit = Count(
        load_default=USUAL_CHANGES,
        validate=validate.Range(1, MOST_CHANGES),
        metadata={"description": "The most changes to give at once."},
    )


def _of_record(name: str, description: str, example: str) -> fields.String:
    """Describe a part of a record's name; null where a change is about no record."""
    return fields.String(
        attribute=f"ref.{name}",
        dump_default=None,
        allow_none=True,
        metadata={"description": description, "example": example},
    )


class Change(Schema):
    """One thing that a publication did to a golden record."""

    number = fields.Integer(
        metadata={
            "description": "Its place in the log: 1, 2, 3 and so on, without gaps.",
            "example": 4711,
            "minimum": 1,
        }
    )
    at = time("When it was published.")
    kind = fields.String(
        validate=validate.OneOf(get_args(ChangeKind)),
        metadata={
            "description": "`minted`: the golden record is published for the first time; "
            "`restored`: it is published again; `split`: part of it is in `other` now; "
            "`detached`: the record left it; `attached`: the record joined it; `merged`: it is "
            "gone, and its ID resolved to `other` then; `retired`: it is gone, with all that its "
            "ID stood for; `changed`: it says something else.",
            "example": "changed",
        },
    )
    golden_id = text("The golden record that it happened to.", "g3f9a1c0b7d2e4f608a1b")
    other = text(
        "The second golden record of a split or merger; null elsewhere.",
        "g00aa11bb22cc33dd44ee",
        allow_none=True,
    )
    source = _of_record(
        "source", "The department of the attached or detached record; else null.", "core_banking"
    )
    key = _of_record("key", "The key of the attached or detached record; else null.", "C-004711")
    attributes = fields.Dict(
        keys=fields.String(),
        allow_none=True,
        metadata={
            "description": "Attribute to value at the moment of asking, not of the change. All "
            "of a minted or restored golden record; of a changed one those that changed, null for "
            "one that it has no longer. Null for the other kinds, and when the golden record is "
            "not published any more, which a later change tells.",
            "example": {"family_name": "Doe", "phone": None},
            "additionalProperties": {
                "type": ["string", "array", "null"],
                "items": {"type": "string"},
            },
        },
    )


class Changes(Schema):
    """Changes in the order of their numbers, and where to go on."""

    items = fields.List(fields.Nested(Change))
    after = fields.Integer(
        metadata={
            "description": "What to ask with next time: the last change's number, or the `after` "
            "that was given when nothing is new.",
            "example": 4711,
            "minimum": 0,
        }
    )
    next = text(
        "Where the next changes are; null when there are none at present.",
        "/v1/changes?after=4711",
        allow_none=True,
    )
