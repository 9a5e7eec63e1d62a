"""What departments hand in: one record at a time, or many in one body."""

from collections.abc import Iterator
from tempfile import TemporaryFile
from typing import IO, Any

import orjson
from flask import Response, request, url_for
from werkzeug.exceptions import UnsupportedMediaType

from api import problems
from api.bodies import JsonBlueprint
from api.errors import MalformedError, problem_of
from api.hub import hub
from api.openapi import problem_responses
from api.parameters import NoQuery
from api.records import ADDRESS, SOURCE, state_headers
from api.submission_schemas import BULK, Submission, Submitted
from mdm.model import submissions, views
from mdm.model.errors import Malformed, MdmError
from mdm.model.records import RecordRef
from mdm.model.submissions import Precondition

LONGEST_BULK = 2**30
"""Bytes; it waits on disk."""
_BLOCK = 1_048_576
_LINES = ("application/x-ndjson", "application/jsonl", "application/json-lines")

blueprint = JsonBlueprint(
    "submissions",
    __name__,
    url_prefix="/v1/sources/<source>",
    description="What departments hand in is resolved at once: the answer tells which customer "
    "each record is.",
)

_ONE = (
    problems.MALFORMED,
    problems.NOT_FOUND,
    problems.PRECONDITION_FAILED,
    problems.NOT_READY,
    problems.BUSY,
)
_IF_MATCH = {
    "name": "If-Match",
    "in": "header",
    "required": False,
    "description": "The `ETag` of the record as you saw it; 412 when it is another one by now: the "
    "record has another version, was retired or came back.",
    "schema": {"type": "string"},
    "example": '"3"',
}


@blueprint.route("/records/<record_key:key>", methods=["PUT"], parameters=[*ADDRESS, _IF_MATCH])
@blueprint.arguments(NoQuery, location="query", unknown=None)
@blueprint.arguments(Submission)
@blueprint.response(200, Submitted)
@blueprint.alt_response(201, schema=Submitted, description="There was no such record before")
@problem_responses(blueprint, *_ONE, problems.TOO_LARGE, problems.STALE)
def put(
    _: dict[str, Any], given: dict[str, Any], source: str, key: str
) -> tuple[views.Submitted, int, dict[str, str]]:
    """Create a record, or replace it, and resolve it at once.

    The same content again is `unchanged` and writes nothing. With `If-Match` a record is replaced
    only if it is as you saw it, live or retired; with `If-None-Match: *` only a record that is not
    there is created.
    """
    submission = submissions.Submission(key, given["attributes"], given["modified_at"])
    (answer,) = hub().submitting.submit(source, [submission], precondition=_precondition())
    if isinstance(answer, MdmError):
        raise answer
    headers = state_headers(answer.version, retired=False)
    if answer.created:
        headers["Location"] = url_for("source records.record", source=source, key=key)
    return answer, 201 if answer.created else 200, headers


@blueprint.route("/records/<record_key:key>", methods=["DELETE"], parameters=[*ADDRESS, _IF_MATCH])
@blueprint.arguments(NoQuery, location="query", unknown=None)
@blueprint.response(200, Submitted)
@problem_responses(blueprint, *_ONE)
def delete(_: dict[str, Any], source: str, key: str) -> tuple[views.Submitted, dict[str, str]]:
    """Retire a record, and resolve anew what it held together.

    It stays readable, and comes back when it is submitted again.
    """
    answer = hub().submitting.retire(RecordRef(source, key), precondition=_precondition())
    return answer, state_headers(answer.version, retired=True)


@blueprint.route("/records", methods=["POST"], parameters=[SOURCE])
@blueprint.arguments(NoQuery, location="query", unknown=None)
@blueprint.doc(**BULK)
@problem_responses(blueprint, problems.MALFORMED, problems.NOT_FOUND, problems.NOT_READY)
def post(_: dict[str, Any], source: str) -> Response:
    """Submit many records: JSON Lines, or one JSON array.

    The answers come one a line, in order, while the work goes on; each holds once it is there. A
    record that cannot be taken gets its problem, and the others are taken. Each has its `key` in
    it, beside `attributes` and `modified_at` as in a single submission.
    """
    _refuse_precondition()
    array = _is_array()
    file = _spooled()
    try:
        answers = hub().submit_file(source, file, array=array)
    except Malformed as error:
        raise MalformedError(f"the body {error.message}") from error
    return Response(_written(source, answers), content_type="application/x-ndjson")


def _refuse_precondition() -> None:
    for name in ("If-Match", "If-None-Match"):
        if name in request.headers:
            raise MalformedError(
                f"{name} is about one record, not many: nothing was taken; put it on single "
                "records, each in a PUT of its own, or leave it out"
            )


def _is_array() -> bool:
    if request.mimetype in _LINES:
        return False
    if request.is_json:
        return True
    wanted = "send JSON Lines as Content-Type: application/x-ndjson, or application/json"
    raise UnsupportedMediaType(wanted)


def _spooled() -> IO[bytes]:
    """Take the whole body, on disk, so that a client may send all before it reads."""
    request.max_content_length = LONGEST_BULK
    file = TemporaryFile(prefix="mdm-")  # noqa: SIM115 - the answer reads it and drops it
    while block := request.stream.read(_BLOCK):
        file.write(block)
    if not file.tell():
        raise MalformedError("the body is missing: send records")
    file.seek(0)
    return file


def _written(source: str, answers: Iterator[views.AnsweredLine]) -> Iterator[bytes]:
    schema = Submitted()
    for each in answers:
        told: dict[str, Any] = {"line": each.line}
        if isinstance(each.answer, views.Submitted):
            told |= {"status": 201 if each.answer.created else 200, **schema.dump(each.answer)}
        else:
            told |= {"source": source, "key": each.key}
            told |= problem_of(each.answer, "the line")
        yield orjson.dumps(told, option=orjson.OPT_APPEND_NEWLINE)


def _precondition() -> Precondition | None:
    absent = "If-None-Match" in request.headers
    if absent and not request.if_none_match.star_tag:
        raise MalformedError("If-None-Match goes with `*` here: only create, replace nothing")
    if "If-Match" not in request.headers:
        return Precondition(absent=True) if absent else None
    seen = request.if_match
    if absent:  # nothing is there and not there
        return Precondition(frozenset())
    return Precondition(None if seen.star_tag else frozenset(seen.as_set()))
