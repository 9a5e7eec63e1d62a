"""What is submitted, and what is told about it."""

from marshmallow import RAISE, Schema, fields

from api.described import BITS, count, text

OUTCOMES = (
    "`new`: a golden record of its own; `linked`: it is in one that was there; `merged`: it made "
    "golden records one; `split`: a golden record fell apart; `moved`: it went from one golden "
    "record to another; `unchanged`: it was known so, and nothing was written; `retired`: it is "
    "in none any more. Of several the first of merged, split, moved."
)


def given_attributes() -> fields.Dict:
    """Describe attributes as a department hands them in."""
    return fields.Dict(
        keys=fields.String(),
        values=fields.Raw(allow_none=True),
        required=True,
        metadata={
            "description": "Attribute to value, as the rules name them; a list of at most 50 "
            "values where an attribute may have many.",
            "example": {
                "given_name": "Jane",
                "family_name": "Doe",
                "date_of_birth": "1980-02-29",
                "email": ["jane.doe@example.com"],
            },
            "additionalProperties": {"type": ["string", "number", "boolean", "array", "null"]},
        },
    )


class Submission(Schema):
    """A source record as its department hands it in."""

    class Meta:
        """Anything else is refused, so that a misspelt field is noticed."""

        unknown = RAISE

    attributes = given_attributes()
    modified_at = fields.String(
        load_default=None,
        allow_none=True,
        metadata={
            "description": "When the department changed it last: ISO 8601, UTC where no zone is "
            "told. What is older than what is kept is refused.",
            "example": "2026-01-31T12:00:00Z",
        },
    )


class Candidate(Schema):
    """A golden record that the record may belong to and was not joined to."""

    golden_id = text("The golden record.", "g3f9a1c0b7d2e4f608a1b")
    source = text("Of its record that is most like it.", "web_shop", attribute="ref.source")
    key = text("Of its record that is most like it.", "88", attribute="ref.key")
    weight_bits = fields.Float(
        metadata={"description": f"That pair's match weight. {BITS}", "example": -1.5}
    )


class Submitted(Schema):
    """What became of a submitted record."""

    source = text("The department's system.", "core_banking", attribute="ref.source")
    key = text("The department's own key.", "C-004711", attribute="ref.key")
    version = count("The record's version; the `ETag` is made of it.", 3)
    outcome = text(OUTCOMES, "linked")
    golden_id = text(
        "The golden record that it is in now; null once it is retired.",
        "g3f9a1c0b7d2e4f608a1b",
        allow_none=True,
    )
    changed = fields.List(
        fields.String(),
        metadata={
            "description": "The golden IDs whose golden records this changed, made or ended.",
            "example": ["g3f9a1c0b7d2e4f608a1b"],
        },
    )
    candidates = fields.List(
        fields.Nested(Candidate),
        metadata={
            "description": "The strongest pairs with other golden records that are worth a "
            "review, at most ten."
        },
    )


BULK = {
    "requestBody": {
        "required": True,
        "content": {
            "application/x-ndjson": {
                "schema": {"type": "string"},
                "example": '{"key": "C-004711", "attributes": {"given_name": "Jane"}}\n',
            },
            "application/json": {
                "schema": {"type": "array", "items": {"type": "object"}},
                "example": [{"key": "C-004711", "attributes": {"given_name": "Jane"}}],
            },
        },
    },
    "responses": {
        "200": {
            "description": "An answer a line, in order: `line` (counted from 1), `status`, and "
            "what a single submission answers, or a problem with the `key`.",
            "content": {"application/x-ndjson": {"schema": {"type": "string"}}},
        }
    },
}
"""How many records are submitted; OpenAPI has no words for a schema of each line."""
