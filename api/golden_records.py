"""Golden records: by their ID, by a department's key, by what is known of the customer."""

import re
from typing import Any

from flask import after_this_request, request
from flask_smorest import Blueprint

from api import problems
from api.history_schemas import History
from api.hub import reading
from api.openapi import GOLDEN_ID_PARAMETER, problem_responses
from api.parameters import NoQuery, PageQuery, SearchQuery, next_page, position, wanted
from api.schemas import Elsewhere, Explanation, GoldenRecord, GoldenRecords, SourceRecords
from mdm.model import views
from mdm.model.errors import NotFound
from mdm.model.records import RecordRef

GOLDEN_ID = re.compile(r"g[0-9a-f]{20}")


class ConditionalBlueprint(Blueprint):  # type: ignore[misc]
    """Leaves `If-None-Match` to Werkzeug, which knows weak ETags and what a 304 must carry."""

    def _check_not_modified(self, etag: str) -> None:
        """Raise nothing: flask-smorest would answer without ETag, and to strong ones alone."""


blueprint = ConditionalBlueprint(
    "golden records",
    __name__,
    url_prefix="/v1/golden-records",
    description="The single view of each customer. An ID is for ever: it answers with its record, "
    "with the way to the record that now holds what it stood for (307), or with 410.",
)

_ONE = (problems.NOT_FOUND, problems.PENDING, problems.RETIRED)


def known_form(golden_id: str) -> str:
    """Refuse what cannot be a golden ID without asking the store."""
    if not GOLDEN_ID.fullmatch(golden_id):
        raise NotFound("golden ID", golden_id)
    return golden_id


@blueprint.route("")
@blueprint.arguments(SearchQuery, location="query", unknown=None)
@blueprint.response(200, GoldenRecords)
@problem_responses(blueprint, problems.MALFORMED, *_ONE)
def search(query: dict[str, Any]) -> dict[str, object]:
    """Find golden records.

    Give exactly one of: `source` with `key`; `email`; `phone`; `identifier`; `given_name` with
    `family_name` and `date_of_birth`. Values are compared exactly, in their standardised form, so
    case, accents, spaces and punctuation do not matter. A `source` with a `key` answers with one
    golden record, or with the problem that there is none.
    """
    question = wanted(query)
    after = position(query, length=1)
    if isinstance(question, RecordRef):
        return {"items": [reading().golden_record_of(question)], "looked_for": None, "next": None}
    found = reading().search(question, after=after, limit=query["limit"])
    return {
        "items": found.page.items,
        "looked_for": found.looked_for,
        "next": next_page(found.page.after),
    }


@blueprint.route("/<golden_id>", parameters=[GOLDEN_ID_PARAMETER])
@blueprint.etag
@blueprint.arguments(NoQuery, location="query", unknown=None)
@blueprint.response(200, GoldenRecord)
@blueprint.alt_response(307, schema=Elsewhere, description="It is another golden record now")
@problem_responses(blueprint, problems.MALFORMED, *_ONE)
def golden_record(_: dict[str, Any], golden_id: str) -> tuple[views.GoldenRecord, dict[str, str]]:
    """Read a golden record by its ID.

    With `If-None-Match` and the `ETag` of an earlier answer, it answers 304 when nothing changed.
    An ID that resolves to another golden record by now answers 307; follow it and keep the new
    ID beside the old one, which goes on working.
    """
    found = reading().golden_record(known_form(golden_id))
    # versions count from 1 again when a golden record that was gone returns, and do not count what
    # waits: a record that changed is `pending` until the next publication
    waits = [[entry.own_id, entry.pending] for entry in found.crosswalk]
    blueprint.set_etag([found.golden_id, found.created_at, found.version, waits])
    after_this_request(lambda response: response.make_conditional(request))
    return found, {"Cache-Control": "private, no-cache"}


@blueprint.route("/<golden_id>/records", parameters=[GOLDEN_ID_PARAMETER])
@blueprint.arguments(PageQuery, location="query", unknown=None)
@blueprint.response(200, SourceRecords)
@blueprint.alt_response(307, schema=Elsewhere, description="It is another golden record now")
@problem_responses(blueprint, problems.MALFORMED, *_ONE)
def source_records(query: dict[str, Any], golden_id: str) -> dict[str, object]:
    """Read the source records of a golden record, as they came."""
    after = position(query, length=1)
    page = reading().source_records(known_form(golden_id), after=after, limit=query["limit"])
    return {"items": page.items, "next": next_page(page.after)}


@blueprint.route("/<golden_id>/explanation", parameters=[GOLDEN_ID_PARAMETER])
@blueprint.arguments(PageQuery, location="query", unknown=None)
@blueprint.response(200, Explanation)
@blueprint.alt_response(307, schema=Elsewhere, description="It is another golden record now")
@problem_responses(blueprint, problems.MALFORMED, *_ONE)
def explanation(query: dict[str, Any], golden_id: str) -> dict[str, object]:
    """Explain what holds a golden record together.

    The pairs of its records, strongest first, each with what its match weight is made of: the
    prior, then each comparison with its level in words and its bits, which sum to the weight.
    """
    after = position(query, length=3)
    told = reading().explanation(known_form(golden_id), after=after, limit=query["limit"])
    return {
        "golden_id": told.golden_id,
        "model_version": told.model_version,
        "link_bits": told.link_bits,
        "pairs": told.pairs.items,
        "judgements": told.judgements,
        "next": next_page(told.pairs.after),
    }


@blueprint.route("/<golden_id>/history", parameters=[GOLDEN_ID_PARAMETER])
@blueprint.arguments(PageQuery, location="query", unknown=None)
@blueprint.response(200, History)
@problem_responses(blueprint, problems.MALFORMED, problems.NOT_FOUND)
def history(query: dict[str, Any], golden_id: str) -> dict[str, object]:
    """Read what happened to a golden record, newest first.

    What publications changed, and what people did, why and on what evidence; an act stands before
    the changes that it brought. An ID keeps its history when it is merged or retired.
    """
    after = position(query, length=2)
    page = reading().history(known_form(golden_id), after=after, limit=query["limit"])
    return {"items": page.items, "next": next_page(page.after)}
