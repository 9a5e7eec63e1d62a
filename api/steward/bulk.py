"""Bulk accept: yes to all open questions of one kind from a weight on, seen by a sample first."""

from dataclasses import dataclass

from flask import Response, flash, request, url_for
from marshmallow import Schema, ValidationError, fields, validate

from api.hub import accepting, hub, reading
from api.review_schemas import KINDS
from api.steward import deciding, showing
from api.steward.pages import blueprint, by_script, page, steward, to
from api.steward.words import count
from mdm.model.acceptances import MOST_QUESTIONS, Acceptance, Surveyed
from mdm.model.errors import AcceptanceBegun, NotFound, RecordInvalid
from mdm.model.judgements import Shown
from mdm.model.reviews import ClosedReview, Review

SHORT, LONG = 0.7, 20.0
"""Seconds that a page waits for the next steps: one that shows the progress, and one that is a
plain form."""
TELLS = 4
"""Times at most that a screen reader tells how far an act is, before its end."""
APART = 1_000
"""Questions that are at least between two of them: some ten seconds."""
MOST_LISTED = 50
IN_PLACE = {"HX-Retarget": "#content", "HX-Reselect": "#content > *", "HX-Reswap": "innerHTML"}
"""Lets a script put the content of a page in the place of that of its own page."""
_NUMBER = "<int(max=9007199254740991):number>"


class _Asked(Schema):
    kind = fields.String(required=True, validate=validate.OneOf(KINDS, error="Choose one kind."))
    min_weight = fields.Float(
        required=True,
        allow_nan=False,
        validate=validate.Range(-1000, 1000, error="From -1000 to 1000 bits."),
        error_messages={"required": "Say from which weight on.", "invalid": "Give a number."},
    )


@dataclass(frozen=True)
class Sampled:
    """A question of the sample with its values side by side; `review` None if it changed since."""

    review_id: str
    review: Review | None
    columns: list[showing.Side]
    rows: list[showing.Row]


@blueprint.get("/bulk")
def bulk() -> Response:
    """Ask which questions, and list what was accepted before."""
    given = {name: request.args.get(name, "") for name in _Asked().fields}
    return _asking(given, {})


@blueprint.post("/bulk")
def survey() -> Response:
    """Find the questions, and lead to a sample of them."""
    given = {name: request.form.get(name, "").strip() for name in _Asked().fields}
    try:
        asked = _Asked().load({name: text for name, text in given.items() if text})
    except ValidationError as error:
        return _asking(given, error.messages_dict)
    found = accepting().survey(asked["kind"], asked["min_weight"], steward())
    return to("acceptance", number=found.acceptance_id)


def _asking(given: dict[str, str], faults: dict[str, list[str]]) -> Response:
    latest = accepting().latest()
    status = 422 if faults else 200
    return page("bulk.html", status, given=given, faults=faults, latest=latest, most=MOST_QUESTIONS)


@blueprint.get(f"/bulk/{_NUMBER}")
def acceptance(number: int) -> Response:
    """Show a survey and its sample, or how far its questions are accepted or undone."""
    return _shown(accepting().acceptance(number))


@blueprint.post(f"/bulk/{_NUMBER}/accept")
def accept(number: int) -> Response:
    """Begin to accept all of them."""
    return _begun(number, "accept")


@blueprint.post(f"/bulk/{_NUMBER}/undo")
def undo_acceptance(number: int) -> Response:
    """Begin to take all of them back."""
    return _begun(number, "undo")


@blueprint.post(f"/bulk/{_NUMBER}/stop")
def stop(number: int) -> Response:
    """Leave out what is still to come."""
    accepting().stop(number, steward())
    return to("acceptance", number=number)


@blueprint.post(f"/bulk/{_NUMBER}/go-on")
def go_on(number: int) -> Response:
    """Do the next steps; a page that shows the progress gets that alone, and in the end what came.

    There the content is put in place, so that the live region stays and is read aloud.
    """
    short = by_script()
    found = accepting().go_on(number, seconds=SHORT if short else LONG)
    if not short:
        return to("acceptance", number=number)
    if found.to_come:
        told = "" if request.form.get("mark") == str(_mark(found)) else _told(found)
        return page("bulk_progress.html", act=found, mark=_mark(found), told=told)
    response = _shown(found, told=_told(found))
    response.headers.update(IN_PLACE)
    return response


def _mark(act: Acceptance) -> int:
    """Tell to which part an act has come; the next one is read aloud."""
    return (act.total - act.to_come) // max(act.total // TELLS, APART)


def _told(act: Acceptance) -> str:
    """Tell how far an act is, or what came of it, in a sentence to be read aloud."""
    undo = act.undone_at is not None
    if act.to_come:
        word = "Undoing" if undo else "Accepting"
        return f"{word}: {act.total - act.to_come:,} of {act.total:,}."
    if undo:
        return f"Undone: {count(act.withdrawn, 'question')}, {act.kept:,} not undone."
    return f"Accepted: {count(act.accepted, 'question')}, {act.left_out:,} left out."


def _begun(number: int, word: str) -> Response:
    """Note that an acceptance, or its undo, begins; what began already is shown."""
    try:
        reason = deciding.said(request.form, "reason")
    except RecordInvalid as error:
        faults = {fault.field: [f"The reason {fault.message}."] for fault in error.faults}
        return _shown(accepting().acceptance(number), faults)
    begin = accepting().accept if word == "accept" else accepting().undo
    try:
        begin(number, steward(), reason)
    except AcceptanceBegun as error:
        flash(f"Nothing was done: {error.message}.", "warn")
    return to("acceptance", number=number)


def _shown(act: Acceptance, faults: dict[str, list[str]] | None = None, told: str = "") -> Response:
    number = act.acceptance_id
    surveyed = act.state == "surveyed"
    return page(
        "acceptance.html",
        422 if faults else 200,
        act=act,
        mark=_mark(act),
        told=told,
        faults=faults or {},
        reason=request.form.get("reason", ""),
        sample=[_sampled(each) for each in accepting().sample(number)] if surveyed else [],
        left_out=accepting().left_out(number, most=MOST_LISTED),
        kept=accepting().kept(number, most=MOST_LISTED),
        again=url_for("steward.bulk", kind=act.kind, min_weight=act.min_weight),
    )


def _sampled(question: Surveyed) -> Sampled:
    changed = Sampled(question.review_id, None, [], [])
    try:
        found = hub().reviews.review(question.review_id)
    except NotFound:
        return changed
    shown = {Shown(ref, member.version) for ref, member in found.members.items()}
    if isinstance(found.summary, ClosedReview) or shown != {*question.shown}:
        return changed
    columns = showing.sides(found, hub().rules)
    rows = showing.rows(columns, found.members, hub().rules, reading().forms)
    return Sampled(question.review_id, found, columns, rows)
