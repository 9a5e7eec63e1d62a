"""Judgements as stewards give them and as they are read."""

from typing import Any

from marshmallow import RAISE, Schema, fields, post_load, validate

from api.described import count, next_link, text, time
from api.match_schemas import Whole
from api.parameters import NoQuery, PageQuery, Text
from api.schemas import Judgement
from mdm.model.judgements import Proposal, Shown
from mdm.model.records import RecordRef

LONGEST_REASON = 2_000
LONGEST_ACTOR = 200


class _Strict(Schema):
    class Meta:
        """Anything else is refused, so that a misspelt field is noticed."""

        unknown = RAISE


def said(description: str, example: str, longest: int, *, required: bool = True) -> fields.String:
    """Make a field of what somebody says, which must say something."""
    return fields.String(
        required=required,
        validate=[
            validate.Length(1, longest),
            validate.ContainsNoneOf("\0", error="Must hold no NUL character."),
        ],
        metadata={"description": description, "example": example},
    )


class ShownRecord(_Strict):
    """A record as the steward saw it."""

    source = said("The department's system.", "core_banking", 100)
    key = said("The department's own key.", "C-004711", 10_000)
    version = Whole(
        load_default=None,
        allow_none=True,
        metadata={
            "description": "The version that was seen; 412 when it is another one by now.",
            "example": 1,
        },
    )

    @post_load
    def _make(self, data: dict[str, Any], **_: object) -> Shown:
        return Shown(RecordRef(data["source"], data["key"]), data["version"])


class GivenJudgement(_Strict):
    """What a steward says of the records that were shown."""

    kind = fields.String(
        load_default="partition",
        validate=validate.OneOf(("partition", "unsure")),
        metadata={
            "description": "`partition`: records of one part are one customer, of two parts are "
            "not; `unsure`: nobody can tell of records in different parts.",
            "example": "partition",
        },
    )
    parts = fields.List(
        fields.List(fields.Nested(ShownRecord)),
        required=True,
        metadata={
            "description": "Every record of the golden records that were shown, by part. One part "
            "merges or confirms; several split or keep apart."
        },
    )
    actor = said("Who judges.", "steward@bank.example", LONGEST_ACTOR)
    reason = said("Why.", "Confirmed by phone.", LONGEST_REASON)
    supersedes = fields.List(
        Whole(validate=validate.Range(1, 2**53)),
        load_default=list,
        metadata={
            "description": "The judgements that go out of force with this one.",
            "example": [12],
        },
    )
    keeps_part = Whole(
        load_default=None,
        allow_none=True,
        metadata={
            "description": "The number of the part, from 0 on, that keeps the golden ID; null: "
            "the usual rule decides.",
            "example": None,
        },
    )

    @post_load
    def _make(self, data: dict[str, Any], **_: object) -> Proposal:
        return Proposal(**data)


class KeptJudgement(Judgement):
    """A judgement, and whether it counts."""

    keeps_part = fields.Integer(
        allow_none=True, metadata={"description": "The part that keeps the golden ID, if said."}
    )
    superseded_by = fields.Integer(
        allow_none=True, metadata={"description": "The judgement that took its place, if any."}
    )
    withdrawn_at = time("When it was withdrawn; null while it was not.", allow_none=True)
    withdrawn_by = text("Who withdrew it.", "steward@bank.example", allow_none=True)
    withdrawn_reason = text(
        "Why it was withdrawn; null also where nobody was asked yet.",
        "It was the other branch's customer.",
        allow_none=True,
    )


class KeptJudgements(Schema):
    """Judgements, oldest first."""

    items = fields.List(fields.Nested(KeptJudgement))
    next = next_link()


class JudgementDone(Schema):
    """What a judgement, or its withdrawal, did."""

    judgement_id = count("The judgement's number.", 12)
    changed = fields.List(
        fields.String(),
        metadata={
            "description": "The golden IDs whose golden records this changed, made or ended.",
            "example": ["g3f9a1c0b7d2e4f608a1b"],
        },
    )


class JudgementQuery(PageQuery):
    """Which judgements to give."""

    source = Text("Only those on a record of this department; goes with `key`.", "core_banking")
    key = Text("Only those on the record with this key; goes with `source`.", "C-004711")


class WithdrawalQuery(NoQuery):
    """Who takes a judgement back, and why."""

    actor = Text("Who withdraws it.", "steward@bank.example", required=True)
    reason = Text("Why.", "It was the other branch's customer.", required=True)
