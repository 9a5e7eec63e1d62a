"""The one place where errors become answers; the HTTP statuses of our errors are chosen here."""

import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from flask import Flask, Response, current_app, jsonify, make_response, request, url_for
from marshmallow.exceptions import SCHEMA
from werkzeug.exceptions import (
    HTTPException,
    MethodNotAllowed,
    NotFound,
    RequestEntityTooLarge,
)

from api import problems
from api.problems import FieldFault, ProblemType, answer, answer_status
from mdm.model.errors import (
    Contradiction,
    Malformed,
    MdmError,
    NothingToDo,
    NotInForce,
    Pending,
    PinRemoved,
    PreconditionFailed,
    RecordInvalid,
    ResolvedElsewhere,
    Retired,
    ReviewClosed,
    ReviewHeld,
    Stale,
    StoreBusy,
    StoreNotReady,
    StoreTooNew,
)
from mdm.model.errors import NotFound as Unknown

LOG = logging.getLogger(__name__)

MOST_FAULTS = 50
RETRY_AFTER = 5
"""Seconds."""
NOT_TAKEN = "nothing of it was taken: send it again"
LONGEST_NAME = 100
"""Characters of a field's name that are repeated."""

ERRORS: Mapping[type[MdmError], ProblemType] = {
    Pending: problems.PENDING,
    Unknown: problems.NOT_FOUND,
    Retired: problems.RETIRED,
    NothingToDo: problems.NOT_READY,
    Stale: problems.STALE,
    Contradiction: problems.CONTRADICTION,
    NotInForce: problems.NOT_IN_FORCE,
    PinRemoved: problems.PIN_REMOVED,
    PreconditionFailed: problems.PRECONDITION_FAILED,
    ReviewClosed: problems.REVIEW_CLOSED,
    ReviewHeld: problems.REVIEW_HELD,
}
"""Each of our errors and its problem; the first that fits counts, so subclasses come first."""


class BadParametersError(Exception):
    """The parameters of a request break their rules; `faults` names each one."""

    def __init__(self, *faults: FieldFault) -> None:
        super().__init__("; ".join(f"{fault.field}: {fault.message}" for fault in faults))
        self.faults = faults


class MalformedError(Exception):
    """A request that cannot be read at all; the text says why."""


def register(app: Flask) -> None:
    """Make `app` answer every error with a problem document."""
    app.register_error_handler(MdmError, answer_ours)
    app.register_error_handler(StoreNotReady, answer_not_ready)
    app.register_error_handler(StoreBusy, answer_busy)
    app.register_error_handler(StoreTooNew, answer_not_ready)
    app.register_error_handler(ResolvedElsewhere, answer_elsewhere)
    app.register_error_handler(RecordInvalid, answer_record)
    app.register_error_handler(BadParametersError, answer_parameters)
    app.register_error_handler(MalformedError, lambda error: answer(problems.MALFORMED, str(error)))


def answer_ours(error: MdmError) -> Response:
    """Answer one of our errors with its problem; one that is not listed is a fault of ours."""
    for kind, problem in ERRORS.items():
        if isinstance(error, kind):
            return answer(problem, error.message)
    raise error


def problem_of(error: MdmError, what: str) -> dict[str, object]:
    """Make the problem document of an error among many answers; `what` is what it is about."""
    if isinstance(error, RecordInvalid):
        told = _told(faults_of(error))
        return problems.document(problems.INVALID, *told)
    if isinstance(error, Malformed):
        return problems.document(problems.MALFORMED, f"{what} {error.message}")
    if isinstance(error, StoreBusy):
        return problems.document(problems.BUSY, NOT_TAKEN)
    for kind, problem in ERRORS.items():
        if isinstance(error, kind):
            return problems.document(problem, error.message)
    LOG.error("not taken: %s", error.message)
    return problems.document(problems.NOT_READY, NOT_TAKEN)


def answer_busy(error: StoreBusy) -> Response:
    """Answer that it took too long to come to the turn."""
    LOG.warning("busy: %s", error.message)
    response = answer(problems.BUSY, NOT_TAKEN)
    response.headers["Retry-After"] = str(RETRY_AFTER)
    return response


def answer_not_ready(error: MdmError) -> Response:
    """Answer that the database is not ready; its address and its driver's words are for the log."""
    LOG.error("not ready: %s", error.message)
    return answer(problems.NOT_READY, "the log of the service says what is wrong")


def answer_elsewhere(error: ResolvedElsewhere) -> Response:
    """Send the reader on to the golden record that the ID resolves to now.

    307 and `no-store`, because an unmerge may bring the ID back.
    """
    arguments = {**(request.view_args or {}), "golden_id": error.golden_id}
    location = url_for(str(request.endpoint), **arguments)
    query = request.query_string.decode()
    response = jsonify(golden_id=error.golden_id, asked=error.asked)
    response.status_code = 307
    response.headers["Location"] = f"{location}?{query}" if query else location
    response.headers["Cache-Control"] = "no-store"
    return response


def answer_parameters(error: BadParametersError) -> Response:
    """Answer with every parameter at fault; of very many, with the first and how many more."""
    return answer(problems.INVALID, *_told(error.faults))


def _told(all_faults: Sequence[FieldFault]) -> tuple[str, list[FieldFault]]:
    """Tell in a line and in full what is wrong."""
    shown = all_faults[:MOST_FAULTS]
    faults = [replace(fault, field=fault.field[:LONGEST_NAME]) for fault in shown]
    names = ", ".join(dict.fromkeys(fault.field for fault in faults))
    more = len(all_faults) - len(shown)
    rest = f", and {more} more" if more else ""
    return f"see `errors` for what is wrong with: {names}{rest}", faults


def answer_record(error: RecordInvalid) -> Response:
    """Answer with every field at fault."""
    return answer_parameters(BadParametersError(*faults_of(error)))


def faults_of(error: RecordInvalid) -> list[FieldFault]:
    """Tell the fields at fault."""
    return [FieldFault(each.field, each.message) for each in error.faults]


def answer_http(error: HTTPException) -> Response:
    """Answer an error of Flask, Werkzeug or webargs; the headers that it came with stay."""
    if error.response is not None or (error.code or 500) < 400:
        return make_response(error.get_response())
    if isinstance(error, MethodNotAllowed) and not _has_any(error.valid_methods or ()):
        error = NotFound()
    response = _problem_of(error)
    allow = error.get_response().headers.get("Allow")
    if allow:
        response.headers["Allow"] = allow
    return response


def _has_any(methods: Iterable[str]) -> bool:
    """Tell whether the address has one of these methods.

    Werkzeug looks at methods first: of a number that is too large for any it says that the method
    is wrong, and names those of the smaller ones.
    """
    adapter = current_app.create_url_adapter(request)
    return adapter is not None and any(adapter.test(method=method) for method in methods)


def _problem_of(error: HTTPException) -> Response:
    if error.code == 422:
        return answer_parameters(BadParametersError(*_faults(getattr(error, "data", {}))))
    if isinstance(error, RequestEntityTooLarge):
        rule = f"has more than {current_app.config['MAX_CONTENT_LENGTH']:,} bytes"
        return answer(problems.TOO_LARGE, *_told([FieldFault("body", rule)]))
    if error.code == 405:
        detail = f"this address has no method {request.method}"
        return answer(problems.METHOD_NOT_ALLOWED, detail)
    if isinstance(error, NotFound):
        return answer(problems.NOT_FOUND, "there is no such page")
    if error.code == 500:
        return answer(problems.INTERNAL, "the fault was logged")
    return answer_status(error.code or 500, error.description or error.name)


def _faults(data: Mapping[str, Mapping[str, object]]) -> Iterator[FieldFault]:
    """Flatten webargs' `{"messages": {location: {field: [message, ...]}}}`."""
    for fields in data.get("messages", {}).values():
        yield from _faults_at("", fields)


def _faults_at(place: str, messages: object) -> Iterator[FieldFault]:
    """Flatten marshmallow's messages; those in lists lie under positions: `parts.0.1.key`."""
    if isinstance(messages, Mapping):
        for name, inside in messages.items():
            names = [str(each) for each in (place, name) if each not in ("", SCHEMA)]
            yield from _faults_at(".".join(names), inside)
    elif isinstance(messages, list):
        for message in messages:
            yield from _faults_at(place, message)
    else:
        yield FieldFault(place or "body", _BETTER_WORDS.get(str(messages), str(messages)))


_BETTER_WORDS: Mapping[str, str] = {
    "Invalid input type.": 'Must be an object of fields: {"field": value}. /docs lists the fields.',
    "Not a valid string.": 'Must be a text, in quotes: "text".',
    "Not a valid list.": "Must be a list: [one, two].",
    "Not a valid mapping type.": 'Must be an object: {"name": value}.',
    "Not a valid integer.": "Must be a whole number.",
    "Not a valid boolean.": "Must be true or false.",
    "Field may not be null.": "Must not be null: give a value.",
    "Unknown field.": "There is no such field: leave it out. /docs lists the fields.",
    "Missing data for required field.": "Is missing: it must be given.",
}
"""Marshmallow's words, and those that say what to send."""
