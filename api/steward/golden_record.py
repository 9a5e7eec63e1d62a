"""A golden record: its values and where they came from, its records, what holds them together."""

from collections.abc import Mapping
from typing import Any

from flask import Response, flash, make_response, redirect, request

from api.golden_records import GOLDEN_ID
from api.hub import hub, reading
from api.steward import naming, provenance, timeline
from api.steward.graph import MOST_RECORDS, graph, letters
from api.steward.pages import behind, blueprint, further, here, page, to
from mdm.model.errors import NotFound, ResolvedElsewhere
from mdm.model.inside import Inside
from mdm.model.views import Page, SourceRecord

SHOWN = 12
"""Records on the page itself; the others are a page away."""
PAGE = 25


@blueprint.errorhandler(ResolvedElsewhere)
def elsewhere(error: ResolvedElsewhere) -> Response:
    """Lead on to the golden record that an ID resolves to now; a form was not kept."""
    told = f"{error.asked} is a part of this golden record by now"
    if request.method == "POST":
        flash(f"Nothing was kept: {told}. Look at it, then do it again.", "bad")
        return to("golden_record", golden_id=error.golden_id)
    flash(f"{told}.", "good")
    return make_response(redirect(here(golden_id=error.golden_id), 303))


@blueprint.get("/golden-records/<golden_id>")
def golden_record(golden_id: str) -> Response:
    """Show a golden record."""
    inside = shown_inside(golden_id)
    named = letters(inside.members)
    records = reading().source_records(golden_id, after=None, limit=SHOWN)
    history = reading().history(golden_id, after=None, limit=timeline.SHOWN)
    return page(
        "golden_record.html",
        timeline=timeline.told(golden_id, history),
        older=history.after is not None,
        **headed(inside),
        rows=provenance.rows(inside, named, _names()),
        graph=graph(inside),
        most_drawn=MOST_RECORDS,
        letters=named,
        records=_told(records),
        more=len(inside.members) - len(records.items),
    )


@blueprint.get("/golden-records/<golden_id>/records")
def records(golden_id: str) -> Response:
    """List the source records of a golden record."""
    inside = shown_inside(golden_id)
    found = reading().source_records(golden_id, after=behind(1), limit=PAGE)
    return page(
        "golden_record_records.html",
        **headed(inside),
        letters=letters(inside.members),
        records=_told(found),
        further=further(found.after),
    )


@blueprint.get("/golden-records/<golden_id>/links")
def links(golden_id: str) -> Response:
    """List what holds a golden record's records together, the strongest links first."""
    inside = shown_inside(golden_id)
    found = reading().explanation(golden_id, after=behind(3), limit=PAGE)
    return page(
        "golden_record_links.html",
        **headed(inside),
        letters=letters(inside.members),
        pairs=found.pairs.items,
        known={(link.left, link.right): link for link in inside.links},
        further=further(found.pairs.after),
    )


def shown_inside(golden_id: str) -> Inside:
    """Read a golden record from inside; NotFound for what cannot be a golden ID."""
    if not GOLDEN_ID.fullmatch(golden_id):
        raise NotFound("golden ID", golden_id)
    return reading().inside(golden_id)


def headed(inside: Inside) -> Mapping[str, Any]:
    """Give what every page about a golden record is headed with."""
    record = inside.golden_record
    return {
        "inside": inside,
        "record": record,
        "name": naming.called(record.attributes, hub().rules),
        "sources": sorted({member.ref.source for member in inside.members.values()}),
    }


def _told(found: Page[SourceRecord]) -> list[tuple[SourceRecord, list[tuple[str, str]]]]:
    """Pair each record with its attributes, told in the order of the rules."""
    return [
        (
            record,
            [
                (naming.title(name), naming.text(record.attributes[name]))
                for name in provenance.in_order(record.attributes, _names())
            ],
        )
        for record in found.items
    ]


def _names() -> list[str]:
    return [attribute.name for attribute in hub().rules.attributes]
