"""What the overview looks like."""

from marshmallow import Schema, fields

from api.described import BITS, count, text


class SourceFigures(Schema):
    """A department's system."""

    name = text("The department's system.", "core_banking")
    records = count("Its records that are in golden records.", 4987)
    golden_records = count("Golden records that have one or more of them.", 4775)
    duplicates = count("Its records beyond the first of each golden record.", 212)
    pending = count("Its records that wait for the next resolve.", 0)
    quarantined = count("Its rows in quarantine.", 12)


class Overlap(Schema):
    """Two systems that know some of the same customers."""

    sources = fields.List(
        fields.String(),
        metadata={"description": "The two.", "example": ["core_banking", "web_shop"]},
    )
    golden_records = count("Golden records that have records of both.", 1830)


class Weights(Schema):
    """Kept pairs of about the same match weight."""

    from_bits = fields.Integer(
        metadata={"description": f"The least weight; less than a bit more. {BITS}", "example": 7}
    )
    pairs = count("How many.", 341)


class BacklogDay(Schema):
    """What became of the reviews on a day."""

    day = fields.String(
        metadata={"description": "In UTC.", "example": "2026-01-31", "format": "date"}
    )
    opened = count("How many were opened.", 14)
    closed = count("How many were closed, by judgements or by what changed.", 22)
    open = count("How many were open at its end.", 120)


class Overview(Schema):
    """How much there is of everything."""

    records = count("Records in golden records.", 25204)
    golden_records = count("Golden records.", 9930)
    sources = fields.List(fields.Nested(SourceFigures), metadata={"description": "By name."})
    overlaps = fields.List(
        fields.Nested(Overlap), metadata={"description": "By name; without those of none."}
    )
    weights = fields.List(
        fields.Nested(Weights),
        metadata={
            "description": "The kept pairs: those at or above the review threshold, and those "
            "inside what hangs together. From the lightest; without those of none."
        },
    )
    backlog = fields.List(
        fields.Nested(BacklogDay),
        metadata={"description": "The oldest first; days without a change are left out."},
    )
    model_version = fields.Integer(
        allow_none=True,
        metadata={"description": "The active model; null before a resolve.", "example": 1},
    )
    link_bits = fields.Float(
        allow_none=True,
        metadata={"description": f"From here on pairs link. {BITS}", "example": 0.0},
    )
    review_bits = fields.Float(
        allow_none=True,
        metadata={"description": f"From here on stewards are asked. {BITS}", "example": -4.0},
    )
