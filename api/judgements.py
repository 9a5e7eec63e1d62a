"""Stewards' judgements: given, read, withdrawn."""

from typing import Any

from flask import url_for

from api import problems
from api.bodies import JsonBlueprint
from api.errors import BadParametersError
from api.hub import hub, reading
from api.judgement_schemas import (
    GivenJudgement,
    JudgementDone,
    JudgementQuery,
    KeptJudgement,
    KeptJudgements,
    WithdrawalQuery,
)
from api.openapi import problem_responses
from api.parameters import NoQuery, next_page, position
from api.preview_schemas import Preview
from api.problems import FieldFault
from mdm.model import previews, views
from mdm.model.judgements import Proposal
from mdm.model.records import RecordRef

blueprint = JsonBlueprint(
    "judgements",
    __name__,
    url_prefix="/v1/judgements",
    description="What stewards say of records outranks the model, until a steward withdraws it.",
)
_ACT = (
    problems.MALFORMED,
    problems.NOT_FOUND,
    problems.CONTRADICTION,
    problems.NOT_READY,
    problems.BUSY,
)


@blueprint.route("", methods=["POST"])
@blueprint.arguments(NoQuery, location="query", unknown=None)
@blueprint.arguments(GivenJudgement)
@blueprint.response(201, JudgementDone)
@problem_responses(blueprint, *_ACT, problems.TOO_LARGE, problems.PRECONDITION_FAILED)
def judge(_: dict[str, Any], proposal: Proposal) -> tuple[views.JudgementDone, dict[str, str]]:
    """Judge the records that were shown, and re-cluster them at once.

    `parts` must hold every record of their golden records: 412 when one of them has others by now.
    What contradicts judgements in force is refused with their numbers, unless it `supersedes` them.
    """
    done = hub().judge(proposal)
    location = url_for("judgements.read", judgement_id=done.judgement_id)
    return done, {"Location": location, "Cache-Control": "no-store"}


@blueprint.route("/preview", methods=["POST"])
@blueprint.arguments(NoQuery, location="query", unknown=None)
@blueprint.arguments(GivenJudgement)
@blueprint.response(200, Preview)
@problem_responses(blueprint, *_ACT, problems.TOO_LARGE, problems.PRECONDITION_FAILED)
def preview(_: dict[str, Any], proposal: Proposal) -> tuple[previews.Preview, dict[str, str]]:
    """Tell what a judgement would give, golden records and golden IDs; nothing is kept.

    It is refused where the judgement would be.
    """
    return hub().preview(proposal), {"Cache-Control": "no-store"}


@blueprint.route("")
@blueprint.arguments(JudgementQuery, location="query", unknown=None)
@blueprint.response(200, KeptJudgements)
@problem_responses(blueprint, problems.MALFORMED, problems.NOT_FOUND)
def listing(query: dict[str, Any]) -> dict[str, object]:
    """List judgements, oldest first, those out of force too."""
    after = position(query, length=1)
    if ("source" in query) != ("key" in query):
        missing = "key" if "source" in query else "source"
        raise BadParametersError(FieldFault(missing, "is missing: `source` goes with `key`"))
    ref = RecordRef(query["source"], query["key"]) if "key" in query else None
    page = reading().judgements(ref, after=after, limit=query["limit"])
    return {"items": page.items, "next": next_page(page.after)}


@blueprint.route("/<int(max=9007199254740991):judgement_id>")
@blueprint.arguments(NoQuery, location="query", unknown=None)
@blueprint.response(200, KeptJudgement)
@problem_responses(blueprint, problems.MALFORMED, problems.NOT_FOUND)
def read(_: dict[str, Any], judgement_id: int) -> views.KeptJudgement:
    """Read a judgement."""
    return reading().judgement(judgement_id)


@blueprint.route("/<int(max=9007199254740991):judgement_id>", methods=["DELETE"])
@blueprint.arguments(WithdrawalQuery, location="query", unknown=None)
@blueprint.response(200, JudgementDone)
@problem_responses(blueprint, *_ACT, problems.NOT_IN_FORCE)
def withdraw(
    query: dict[str, Any], judgement_id: int
) -> tuple[views.JudgementDone, dict[str, str]]:
    """Take a judgement back, and re-cluster.

    No opinion is left, so the model may link again. The judgements that it superseded count again;
    where one of them would contradict others by now, nothing is withdrawn.
    """
    done = hub().withdraw(judgement_id, query["actor"], query["reason"])
    return done, {"Cache-Control": "no-store"}


@blueprint.route("/<int(max=9007199254740991):judgement_id>/withdrawal")
@blueprint.arguments(NoQuery, location="query", unknown=None)
@blueprint.response(200, Preview)
@problem_responses(blueprint, *_ACT, problems.NOT_IN_FORCE)
def preview_withdrawal(
    _: dict[str, Any], judgement_id: int
) -> tuple[previews.Preview, dict[str, str]]:
    """Tell what withdrawing a judgement would give; nothing is kept.

    It is refused where the withdrawal would be.
    """
    return hub().preview_withdrawal(judgement_id), {"Cache-Control": "no-store"}
