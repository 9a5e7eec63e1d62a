"""The queue: what there is to review, in the order of what an answer is worth."""

from flask import Response

from api.hub import hub, reading
from api.steward import naming
from api.steward.choosing import choice
from api.steward.noting import next_one
from api.steward.pages import behind, blueprint, further, page
from api.steward.review import stewards
from mdm.model.errors import RecordInvalid
from mdm.model.reviews import ReviewSummary

PAGE = 25
REASONS = {
    "weak": "held together weakly",
    "bridge": "joined by one record alone",
    "identifiers": "identifiers contradict each other",
    "large": "very large",
}


@blueprint.get("/queue")
def queue() -> Response:
    """List the open reviews that the filters choose, and the backlog."""
    chosen = choice()
    faults = dict(chosen.faults)
    items, after = [], None
    if not faults:
        try:
            found = hub().reviews.listing(chosen.filter, after=behind(3), limit=PAGE)
            items, after = list(found.items), found.after
        except RecordInvalid as error:
            faults = {fault.field: [fault.message] for fault in error.faults}
    return page(
        "queue.html",
        422 if faults else 200,
        items=items,
        names=names(items),
        reasons=REASONS,
        further=further(after),
        backlog=hub().reviews.backlog(),
        chosen=chosen.given,
        faults=faults,
        sources=[(name, name) for name in reading().source_names()],
        attributes=[(each.name, naming.title(each.name)) for each in hub().rules.attributes],
        stewards=[(name, name) for name in stewards()],
    )


@blueprint.post("/queue/next")
def take_next() -> Response:
    """Take the review of most worth that nobody else has, and show it."""
    return next_one(None)


def names(items: list[ReviewSummary]) -> dict[str, str]:
    """Name the golden records that reviews are about, by their IDs."""
    rules = hub().rules
    asked = {golden_id for each in items for golden_id in each.golden_ids}
    return {
        golden_id: naming.called(attributes, rules)
        for golden_id, attributes in reading().contents(asked).items()
    }
