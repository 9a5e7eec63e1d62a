"""What is asked and answered about whether a customer is known."""

from marshmallow import RAISE, Schema, fields, validate

from api.described import BITS, text, values
from api.schemas import GoldenRecord, Part
from api.submission_schemas import given_attributes

MOST_MATCHES = 50


class Whole(fields.Integer):
    """A whole number as JSON Schema has it: 7 and 7.0, and neither 7.5, "7" nor true."""

    def _validated(self, value: object) -> int:
        if isinstance(value, bool) or not isinstance(value, int | float) or value % 1:
            raise self.make_error("invalid", input=value)
        return super()._validated(int(value))


class Flag(fields.Boolean):
    """True or false, and neither 1 nor "yes"."""

    def _deserialize(self, value: object, *_: object, **__: object) -> bool:
        if not isinstance(value, bool):
            raise self.make_error("invalid", input=value)
        return value


class MatchQuestion(Schema):
    """A record that nobody submitted, and what to say about it."""

    class Meta:
        """Anything else is refused, so that a misspelt field is noticed."""

        unknown = RAISE

    attributes = given_attributes()
    limit = Whole(
        load_default=10,
        validate=validate.Range(1, MOST_MATCHES),
        metadata={"description": "The most golden records to give.", "example": 10},
    )
    explain = Flag(
        load_default=False,
        metadata={"description": "Whether each pair tells its `parts`.", "example": False},
    )


class MatchedRecord(Schema):
    """A source record of the golden record beside the record asked about."""

    source = text("The department's system.", "core_banking", attribute="ref.source")
    key = text("The department's own key.", "C-004711", attribute="ref.key")
    weight_bits = fields.Float(
        metadata={"description": f"The pair's match weight. {BITS}", "example": 14.25}
    )
    parts = fields.List(
        fields.Nested(Part),
        metadata={
            "description": "What the weight is made of; the bits sum to `weight_bits`. Empty "
            "unless `explain` was asked for."
        },
    )


class Matched(Schema):
    """A golden record that the record asked about may belong to."""

    golden_record = fields.Nested(GoldenRecord)
    weight_bits = fields.Float(
        metadata={
            "description": "How well the record goes with all records of the golden record "
            f"together. {BITS}",
            "example": 12.5,
        }
    )
    match_probability = fields.Float(
        metadata={"description": "The same as a probability.", "example": 0.99983}
    )
    decision = text(
        "`link`: on its own, the record would be joined to this golden record, to the first of "
        "several; `review`: a steward decides.",
        "link",
    )
    pairs = fields.List(
        fields.Nested(MatchedRecord),
        metadata={"description": "Its records, the strongest pair first."},
    )


class Matches(Schema):
    """The golden records that the record asked about may belong to, best first."""

    model_version = fields.Integer(
        metadata={"description": "The model that scored the pairs.", "example": 1}
    )
    link_bits = fields.Float(
        metadata={"description": f"From this weight on it is a `link`. {BITS}", "example": 0.0}
    )
    review_bits = fields.Float(
        metadata={"description": f"What is below is not shown. {BITS}", "example": -6.0}
    )
    standardised = values(
        "The attributes in the form that they were compared in; what counts as missing is absent.",
        {"given_name": "jane", "family_name": "doe"},
    )
    items = fields.List(fields.Nested(Matched))
