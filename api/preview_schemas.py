"""What a judgement, or its withdrawal, would give, as answers."""

from marshmallow import Schema, fields

from api.described import count, flag, text, values
from api.schemas import GoldenRecord, Ref

SHOWN = "the first 100"


class ChangedAttribute(Schema):
    """An attribute that would have another value."""

    attribute = text("The attribute.", "email")
    before = fields.Raw(
        metadata={
            "description": "Its value now, a list where it has many; null when it has none.",
            "example": ["jane.doe@example.com"],
        }
    )
    after = fields.Raw(
        metadata={
            "description": "Its value then, likewise.",
            "example": ["jane.doe@example.com", "jd@example.com"],
        }
    )


class PreviewedGoldenRecord(Schema):
    """A golden record as it would be."""

    golden_id = text(
        "The golden ID that it would carry; null when one would be minted.",
        "g3f9a1c0b7d2e4f608a1b",
        allow_none=True,
    )
    standing = text(
        "`unchanged`; `kept`: it keeps its golden ID and changes; `restored`: an ID that was "
        "issued earlier is carried again; `new`: an ID would be minted.",
        "kept",
    )
    records = fields.List(
        fields.Nested(Ref),
        metadata={"description": f"Its source records by source and key, {SHOWN}."},
    )
    record_count = count("How many source records it would have.", 3)
    attributes = values(
        "Attribute to value; a list where an attribute has many, best first.",
        {"given_name": "Jane", "family_name": "Doe", "email": ["jane.doe@example.com"]},
    )
    provenance = fields.Dict(
        keys=fields.String(),
        metadata=GoldenRecord().fields["provenance"].metadata,
    )
    changes = fields.List(
        fields.Nested(ChangedAttribute),
        metadata={
            "description": "What the golden record that carries the ID now would say anew, by "
            "attribute; nothing where none does."
        },
    )


class PreviewedElsewhere(Schema):
    """A golden ID that would lead to another golden record than now."""

    asked = text("The golden ID.", "g00aa11bb22cc33dd44ee")
    golden_id = text(
        "The golden ID that it would resolve to; null when all its records are retired, or when "
        "`new`.",
        "g3f9a1c0b7d2e4f608a1b",
        allow_none=True,
    )
    new = flag("Whether it would resolve to a golden ID that is not minted yet.")


class Preview(Schema):
    """What golden records and IDs would come of an act."""

    golden_records = fields.List(
        fields.Nested(PreviewedGoldenRecord),
        metadata={
            "description": "Those that would hold the judged records, then the others that would "
            f"change, the oldest golden ID first; {SHOWN}."
        },
    )
    golden_count = count("How many these are.", 1)
    elsewhere = fields.List(
        fields.Nested(PreviewedElsewhere),
        metadata={
            "description": "The golden IDs that no golden record would carry and that would lead "
            f"elsewhere than now, oldest first; {SHOWN}."
        },
    )
    elsewhere_count = count("How many these are.", 1)
