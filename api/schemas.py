"""What answers look like: every field with its meaning and an example, for readers of `/docs`."""

from marshmallow import Schema, fields

from api.described import BITS, count, flag, next_link, text, time, values


class Ref(Schema):
    """A source record's name: which source, and the source's own key."""

    source = text("The department's system.", "core_banking")
    key = text("The department's own key.", "C-004711")


class Crosswalk(Schema):
    """A source record that the golden record is made of."""

    source = text("The department's system.", "core_banking", attribute="ref.source")
    key = text("The department's own key.", "C-004711", attribute="ref.key")
    own_id = text(
        "The golden ID that the record first belonged to.",
        "g3f9a1c0b7d2e4f608a1b",
        allow_none=True,
    )
    pending = flag("Whether the record changed after the golden record was published.")


class GoldenRecord(Schema):
    """The single view of one customer."""

    golden_id = text("Its name for ever.", "g3f9a1c0b7d2e4f608a1b")
    version = fields.Integer(
        metadata={"description": "Grows with each change.", "example": 3, "minimum": 1}
    )
    created_at = time("When it was first published.")
    updated_at = time("When its content last changed.")
    attributes = values(
        "Attribute to value; a list where an attribute has many, best first.",
        {"given_name": "Jane", "family_name": "Doe", "email": ["jane.doe@example.com"]},
    )
    provenance = fields.Dict(
        keys=fields.String(),
        metadata={
            "description": "For each attribute the record (`source`, `key`) that its value came "
            "from, the `rule` that chose it and the values that it `beat`; a list of these where "
            "the attribute has many values, in their order.",
            "example": {
                "given_name": {
                    "source": "core_banking",
                    "key": "C-004711",
                    "rule": "trust",
                    "beat": [{"value": "Jenny", "source": "web_shop", "key": "88"}],
                }
            },
        },
    )
    crosswalk = fields.List(
        fields.Nested(Crosswalk),
        metadata={"description": "The source records that it is made of, by source and key."},
    )


class GoldenRecords(Schema):
    """Golden records that answer a search, and what was looked for."""

    items = fields.List(fields.Nested(GoldenRecord))
    looked_for = fields.List(
        fields.String(),
        metadata={
            "description": "The searched value in the form that it was compared in; empty when "
            "no record can have it, such as a placeholder. Null for a search by source and key.",
            "example": ["jane.doe@example.com"],
        },
        allow_none=True,
    )
    next = next_link()


class Elsewhere(Schema):
    """The golden ID that now holds what the ID asked for stood for."""

    asked = text("The golden ID that was asked for.", "g00aa11bb22cc33dd44ee")
    golden_id = text("The golden ID that it resolves to now.", "g3f9a1c0b7d2e4f608a1b")


class SourceRecord(Schema):
    """A source record as its department gave it."""

    source = text("The department's system.", "core_banking", attribute="ref.source")
    key = text("The department's own key.", "C-004711", attribute="ref.key")
    version = fields.Integer(
        metadata={"description": "Grows with each change.", "example": 1, "minimum": 1}
    )
    payload = fields.Raw(
        metadata={
            "description": "The row as it came, in the department's own columns.",
            "example": {"CUST_NO": "C-004711", "NAME": "DOE, JANE", "DOB": "29.02.1980"},
        }
    )
    attributes = values(
        "What the department's columns were mapped to.",
        {"given_name": "JANE", "family_name": "DOE"},
    )
    standardised = values(
        "The values in the form that matching compares; unusable ones are absent.",
        {"given_name": "jane", "family_name": "doe"},
    )
    modified_at = time("When the department changed it last, if it says so.", allow_none=True)
    arrived_at = time("When this version of it came in.")
    retired_at = time("When the department retired it; null while it lives.", allow_none=True)
    pending = flag("Whether it changed after the golden record was published.")


class ResolvedRecord(SourceRecord):
    """A source record, and the golden record that it is in."""

    golden_id = text(
        "The golden record that it is in; null before its first resolve and once it is retired.",
        "g3f9a1c0b7d2e4f608a1b",
        allow_none=True,
    )


class SourceVersion(SourceRecord):
    """One version of a source record, as its department gave it."""

    class Meta:
        """What a version has not: it is the record's, or the present version's."""

        exclude = ("source", "key", "standardised", "pending")


class SourceVersions(Schema):
    """The versions of a source record, oldest first."""

    items = fields.List(fields.Nested(SourceVersion))
    next = next_link()


class SourceRecords(Schema):
    """The source records of a golden record, in the order in which they first arrived."""

    items = fields.List(fields.Nested(SourceRecord))
    next = next_link()


class Part(Schema):
    """One addend of a match weight."""

    name = text("The comparison, or `prior`.", "name")
    level = text("How the two records compare, in words.", "given and family name the same")
    bits = fields.Float(metadata={"description": BITS, "example": 8.5})


class Pair(Schema):
    """Two records that were compared, and why they got their match weight."""

    left = fields.Nested(Ref)
    right = fields.Nested(Ref)
    weight_bits = fields.Float(
        metadata={"description": f"The match weight. {BITS}", "example": 14.25}
    )
    pending = flag(
        "Whether one of the two changed since it was scored; then `parts` is empty until the "
        "next resolve."
    )
    parts = fields.List(
        fields.Nested(Part),
        metadata={"description": "What the weight is made of; the bits sum to `weight_bits`."},
    )


class Judgement(Schema):
    """A steward's word on some of the records."""

    judgement_id = fields.Integer(metadata={"description": "Its number.", "example": 12})
    kind = text("`partition`, or `unsure`: nobody can tell.", "partition")
    actor = text("Who judged.", "steward@bank.example")
    made_at = time("When.")
    reason = text("Why.", "Confirmed by phone.")
    parts = fields.List(
        fields.List(fields.Nested(Ref)),
        metadata={"description": "Records of one part are one customer, of two parts are not."},
    )


class Explanation(Schema):
    """What holds a golden record together."""

    golden_id = text("The golden record.", "g3f9a1c0b7d2e4f608a1b")
    model_version = fields.Integer(
        metadata={"description": "The model that scored the pairs.", "example": 1}, allow_none=True
    )
    link_bits = fields.Float(
        metadata={
            "description": f"Pairs of this weight or more are linked. {BITS}",
            "example": 0.0,
        },
        allow_none=True,
    )
    pairs = fields.List(
        fields.Nested(Pair),
        metadata={"description": "The pairs of its records that were scored, strongest first."},
    )
    judgements = fields.List(
        fields.Nested(Judgement),
        metadata={"description": "Stewards' judgements in force on two or more of its records."},
    )
    next = next_link()


class Ingestion(Schema):
    """How a source's last ingestion went."""

    started_at = time("When it began.")
    finished_at = time("When it ended; null while it runs or if it broke off.", allow_none=True)
    read = count("Rows read.", 5000)
    created = count("Records that were new.", 120, attribute="taken.created")
    changed = count("Records whose content changed.", 7, attribute="taken.changed")
    unchanged = count("Records as they were.", 4860, attribute="taken.unchanged")
    stale = count("Rows older than what is kept.", 1, attribute="taken.stale")
    quarantined = count("Rows that could not be taken.", 12)


class Source(Schema):
    """A department's system and how its records are doing."""

    name = text("The department's system.", "core_banking")
    kind = text("`operational`, `marketing` or `external`.", "operational")
    trust = fields.Float(
        metadata={"description": "0 to 1; more is more believable.", "example": 0.9}
    )
    live = count("Records in use.", 4987)
    retired = count("Records that the department retired.", 13)
    pending = count("Records that wait for the next resolve.", 0)
    duplicates = count("Records beyond the first of each golden record in this source.", 212)
    quarantined = count("Rows in quarantine.", 12)
    last_ingestion = fields.Nested(
        Ingestion, allow_none=True, metadata={"description": "Null before the first one."}
    )


class Sources(Schema):
    """Every declared source, by name."""

    items = fields.List(fields.Nested(Source))


class Health(Schema):
    """Whether the service is well."""

    status = text("Always `ok`; otherwise the answer is a problem.", "ok")


class FieldFault(Schema):
    """One field at fault."""

    field = text("Which.", "limit", required=True)
    message = text("What is wrong and what would be right.", "Must be at most 200.", required=True)


class Problem(Schema):
    """What went wrong, as RFC 9457 has it."""

    type = text("The kind of problem; its page explains it.", "/problems/pending", required=True)
    title = text("The kind of problem in words.", "Not resolved yet", required=True)
    status = fields.Integer(
        metadata={"description": "The HTTP status.", "example": 404}, required=True
    )
    detail = text("What went wrong this time.", "no golden record yet", required=True)
    errors = fields.List(
        fields.Nested(FieldFault), metadata={"description": "The fields at fault, if any."}
    )
