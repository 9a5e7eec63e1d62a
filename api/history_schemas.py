"""The history of a golden record as it is answered."""

from typing import get_args

from marshmallow import Schema, fields, validate

from api.described import BITS, count, next_link, text, time
from api.pin_schemas import pinned
from api.schemas import Ref
from mdm.model.changes import ChangeKind
from mdm.model.history import MOST_CONCERNED, MOST_WEIGHED, ActKind

_KINDS = (*get_args(ChangeKind), *get_args(ActKind))


class PastChange(Schema):
    """One thing that a publication did."""

    number = count("Its place in `/v1/changes`.", 4711)
    golden_id = text(
        "The golden record that it happened to: this one, or another whose `other` this one is.",
        "g3f9a1c0b7d2e4f608a1b",
    )
    other = text(
        "The second golden record of a split or merger; null elsewhere.",
        "g00aa11bb22cc33dd44ee",
        allow_none=True,
    )
    ref = fields.Nested(
        Ref,
        allow_none=True,
        metadata={"description": "The attached or detached record; null elsewhere."},
    )
    attributes = fields.List(
        fields.String(),
        allow_none=True,
        metadata={
            "description": "The attributes that changed; null but for the kind `changed`.",
            "example": ["family_name", "phone"],
        },
    )


class Judged(Schema):
    """The judgement that was given or withdrawn."""

    judgement_id = count("Its number.", 12)
    kind = text("`partition`, or `unsure`: nobody can tell.", "partition")
    parts = fields.List(
        fields.Integer(),
        metadata={"description": "How many records are in each part.", "example": [3, 1]},
    )
    others = fields.List(
        fields.Integer(),
        metadata={
            "description": "The judgements that it superseded; of a withdrawal, those that count "
            "again.",
            "example": [7],
        },
    )


class PinnedThen(Schema):
    """The pin that was made or taken off."""

    pin_id = count("Its number.", 7)
    values = pinned("Attribute to value, of all that were pinned together.")
    ref = fields.Nested(
        Ref,
        data_key="taken_from",
        allow_none=True,
        metadata={"description": "The record that had the values; null for the steward's own."},
    )


class Concerned(Schema):
    """A golden record that an act was about or changed."""

    golden_id = text("Which.", "g3f9a1c0b7d2e4f608a1b")
    records_before = count("Its source records before; 0: it was not there.", 2)
    records_after = count("Its source records after; 0: it is not there any more.", 3)


class Weighed(Schema):
    """A pair as it was scored when somebody decided on it."""

    left = fields.Nested(Ref)
    right = fields.Nested(Ref)
    weight_bits = fields.Float(
        metadata={"description": f"The match weight of that time. {BITS}", "example": 3.25}
    )
    match_probability = fields.Float(
        metadata={"description": "The same as a probability, 0 to 1.", "example": 0.9}
    )


class PastAct(Schema):
    """What somebody did, and what was known then."""

    actor = text("Who.", "steward@bank.example")
    reason = text("Why.", "Confirmed by phone.")
    model_version = count("The model that had scored the pairs.", 1)
    judgement = fields.Nested(
        Judged, allow_none=True, metadata={"description": "What was judged; null elsewhere."}
    )
    pin = fields.Nested(
        PinnedThen, allow_none=True, metadata={"description": "What was pinned; null elsewhere."}
    )
    golden_records = fields.List(
        fields.Nested(Concerned),
        metadata={
            "description": f"Those that it was about or changed: at most {MOST_CONCERNED}, first "
            "this one, then those that got or lost records."
        },
    )
    golden_record_count = count("How many there were in all.", 2)
    pairs = fields.List(
        fields.Nested(Weighed),
        metadata={
            "description": "The evidence: the kept pairs between the parts of the judgement, and "
            "between the golden records that it was about; where there was one of each, all of "
            f"its pairs. The {MOST_WEIGHED} strongest, strongest first."
        },
    )
    pair_count = count("How many there were in all.", 1)


class Happened(Schema):
    """One entry: a change, or an act."""

    at = time("When.")
    kind = fields.String(
        validate=validate.OneOf(_KINDS),
        metadata={
            "description": "Of a change as in `/v1/changes`; of an act `judged`, "
            "`withdrawn`, `pinned` or `unpinned`.",
            "example": "judged",
        },
    )
    change = fields.Nested(
        PastChange,
        allow_none=True,
        metadata={"description": "What a publication changed; null for an act."},
    )
    act = fields.Nested(
        PastAct, allow_none=True, metadata={"description": "What somebody did; null for a change."}
    )


class History(Schema):
    """What happened to a golden record, newest first."""

    items = fields.List(fields.Nested(Happened))
    next = next_link()
