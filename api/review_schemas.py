"""Reviews as they are asked for, read and acted upon."""

from typing import Any

from marshmallow import RAISE, Schema, fields, validate

from api.described import BITS, count, next_link, text, time
from api.judgement_schemas import LONGEST_ACTOR, LONGEST_REASON, said
from api.parameters import Day, PageQuery, Text
from api.schemas import GoldenRecord, Judgement, Pair
from mdm.model.reviews import ReviewFilter

REVIEW_ID = {
    "name": "review_id",
    "in": "path",
    "required": True,
    "description": "A review.",
    "schema": {"type": "string", "pattern": "^r[0-9a-f]{20}$"},
    "example": "r3f9a1c0b7d2e4f608a1b",
}
KINDS = ("match", "cluster")
_KIND = "`match`: are these two golden records one customer? `cluster`: is this one customer?"
_FILTER = (
    "kind",
    "source",
    "attribute",
    "min_weight",
    "max_weight",
    "assignee",
    "deferred",
)


def _weight(description: str) -> fields.Float:
    return fields.Float(
        allow_nan=False,
        validate=validate.Range(-1000, 1000),
        metadata={"description": f"{description} {BITS}", "example": -2.0},
    )


class ChosenReviews(Schema):
    """Which reviews are meant."""

    kind = fields.String(
        validate=validate.OneOf(KINDS), metadata={"description": _KIND, "example": "match"}
    )
    source = Text("Only those with a record of this department.", "core_banking")
    attribute = Text("Only those with different values of this attribute.", "date_of_birth")
    min_weight = _weight("Only those of this weight or more.")
    max_weight = _weight("Only those of this weight or less.")
    opened_from = Day("Only those opened on this day (UTC) or later.", "2026-01-31")
    opened_to = Day("Only those opened on this day (UTC) or earlier.", "2026-01-31")
    assignee = Text("Only those that this steward has.", "ann")
    deferred = fields.Boolean(
        load_default=False,
        truthy={"true"},
        falsy={"false"},
        metadata={"description": "Those that are put off, instead of the others."},
    )


def chosen(query: dict[str, Any]) -> ReviewFilter:
    """Make the filter that a query asks for."""
    first, last = query.get("opened_from"), query.get("opened_to")
    return ReviewFilter(
        **{name: query[name] for name in _FILTER if name in query},
        opened_from=first and f"{first}T00:00:00.000000Z",
        opened_to=last and f"{last}T23:59:59.999999Z",
    )


class ReviewsQuery(ChosenReviews, PageQuery):
    """Which reviews to list."""


class NextQuery(ChosenReviews):
    """Which reviews to take the next of, and who takes it."""

    class Meta:
        """Anything else is refused."""

        unknown = RAISE

    actor = Text("Who reviews.", "ann", required=True)
    skip = fields.String(
        validate=validate.Regexp(r"^r[0-9a-f]{20}\Z"),
        metadata={
            "description": "Look behind this review, and release it if the actor has it.",
            "example": "r3f9a1c0b7d2e4f608a1b",
        },
    )


class _Strict(Schema):
    class Meta:
        """Anything else is refused, so that a misspelt field is noticed."""

        unknown = RAISE


class Actor(_Strict):
    """Who acts."""

    actor = said("Who reviews.", "ann", LONGEST_ACTOR)


class Claim(Actor):
    """Who takes a review, and for whom."""

    assignee = fields.String(
        load_default=None,
        allow_none=True,
        validate=[
            validate.Length(1, LONGEST_ACTOR),
            validate.ContainsNoneOf("\0", error="Must hold no NUL character."),
        ],
        metadata={"description": "Who is to have it, if not the actor.", "example": "bob"},
    )


class Deferral(Actor):
    """Until when a review is put off."""

    until = Day("The day (UTC) from which on it is asked again.", "2026-12-24", required=True)


class GivenComment(Actor):
    """A note beside a review."""

    comment = said("What to note.", "Called them, no answer yet.", LONGEST_REASON)


class ReviewSummary(Schema):
    """A question to stewards."""

    review_id = text("Its name: a hash of its kind and golden IDs.", "r3f9a1c0b7d2e4f608a1b")
    kind = text(_KIND, "match")
    golden_ids = fields.List(
        fields.String(),
        metadata={
            "description": "What it is about, the older first.",
            "example": ["g3f9a1c0b7d2e4f608a1b"],
        },
    )
    weight_bits = fields.Float(
        metadata={
            "description": "The mean of all pairs between the two; of a cluster, of its bridges "
            f"and of the mean inside the least. {BITS}",
            "example": -1.5,
        }
    )
    match_probability = fields.Float(
        metadata={"description": "The weight as a probability, 0 to 1.", "example": 0.26}
    )
    records = count("How many records are behind it.", 5)
    reasons = fields.List(
        fields.String(),
        metadata={
            "description": "Why a cluster is asked about: `weak` (the mean weight inside is below "
            "the link threshold), `bridge` (one pair alone holds two parts together), "
            "`identifiers` (its records have different ones), `large` (more records than are "
            "clustered by all their pairs).",
            "example": ["bridge"],
        },
    )
    worth = fields.Float(
        metadata={
            "description": "What an answer is worth, in records: closeness to even odds (0 to 1) "
            "times the records behind it. The list is in this order.",
            "example": 2.6,
        }
    )
    opened_at = time("When it was first asked, since it was last closed.")
    assignee = text("Who has it now.", "ann", allow_none=True)
    lease_until = time("Until when they have it.", allow_none=True)
    deferred_until = time("Until when it is put off.", allow_none=True)
    deferred_by = text("Who put it off.", "ann", allow_none=True)
    comments = count("How many comments there are.", 0)


class Reviews(Schema):
    """Open reviews, those of most worth first."""

    items = fields.List(fields.Nested(ReviewSummary))
    next = next_link()


class ClosedReview(Schema):
    """A question that is not asked any more."""

    review_id = text("Its name.", "r3f9a1c0b7d2e4f608a1b")
    kind = text(_KIND, "match")
    golden_ids = fields.List(fields.String(), metadata={"description": "What it was about."})
    opened_at = time("When it was first asked.")
    closed_at = time("When it closed.")
    why = text(
        "`judged`: a judgement answered it; `gone`: a golden record of it is no more; `evidence`: "
        "its records and weights are others by now.",
        "judged",
    )


class Comment(Schema):
    """What a steward noted."""

    actor = text("Who.", "ann")
    made_at = time("When.")
    comment = text("What.", "Called them, no answer yet.")


class Review(Schema):
    """A question with all that is needed to answer it."""

    open = fields.Nested(
        ReviewSummary, allow_none=True, metadata={"description": "Null once it is closed."}
    )
    closed = fields.Nested(
        ClosedReview, allow_none=True, metadata={"description": "Null while it is open."}
    )
    golden_records = fields.List(
        fields.Nested(GoldenRecord),
        metadata={"description": "What it is about, as far as it is published."},
    )
    pairs = fields.List(
        fields.Nested(Pair),
        metadata={"description": "Pairs between the two, or inside the one, strongest first."},
    )
    pair_count = count("How many there are; the strongest 50 are shown.", 1)
    judgements = fields.List(
        fields.Nested(Judgement),
        metadata={"description": "Judgements in force on two or more of its records."},
    )
    comments = fields.List(fields.Nested(Comment))
    model_version = fields.Integer(
        allow_none=True, metadata={"description": "The model that scored.", "example": 1}
    )
    link_bits = fields.Float(allow_none=True, metadata={"description": BITS, "example": 0.0})
    review_bits = fields.Float(allow_none=True, metadata={"description": BITS, "example": -4.0})


class Next(Schema):
    """The next review, if there is one."""

    review = fields.Nested(
        ReviewSummary, allow_none=True, metadata={"description": "Null: nothing is left."}
    )


class Backlog(Schema):
    """How much there is to review."""

    open = count("Open reviews.", 120)
    claimed = count("Of these, those that a steward has.", 3)
    deferred = count("Of these, those that are put off.", 5)
    by_kind = fields.Dict(
        keys=fields.String(),
        values=fields.Integer(),
        metadata={"description": "Open reviews by kind.", "example": {"match": 100, "cluster": 20}},
    )
    by_age = fields.Dict(
        keys=fields.String(),
        values=fields.Integer(),
        metadata={
            "description": "By when they were opened: in the last `day`, in the `week` before "
            "that, in the `month`, `older`.",
            "example": {"day": 10, "week": 60, "month": 50, "older": 0},
        },
    )
    oldest_opened_at = time("When the oldest was opened; null when there is none.", allow_none=True)
