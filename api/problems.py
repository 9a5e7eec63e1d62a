"""The kinds of problem that a request can meet, each with a stable type (RFC 9457).

A `type` is the path of the page that explains it, e.g. `/problems/pending`; it never changes.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from http import HTTPStatus

import orjson
from flask import Response

MEDIA_TYPE = "application/problem+json"


@dataclass(frozen=True)
class ProblemType:
    """One kind of problem: its name, its HTTP status, and what it means to who meets it."""

    name: str
    status: int
    title: str
    meaning: str

    @property
    def uri(self) -> str:
        """The stable `type`, relative to the service's root."""
        return f"/problems/{self.name}"


@dataclass(frozen=True)
class FieldFault:
    """One field at fault: which, what is wrong with it, and what would be right."""

    field: str
    message: str


MALFORMED = ProblemType(
    "malformed-request",
    400,
    "The request cannot be read",
    "The address is not valid UTF-8 or holds a NUL character, or the body is missing, no JSON or "
    "not whole. Correct the request; sending it again as it is will not help.",
)
INVALID = ProblemType(
    "invalid-parameters",
    422,
    "A parameter or a field breaks its rule",
    "A parameter, or a field of the body, is missing, unknown, given twice, too long, out of its "
    "range, of the wrong type, or does not go with another. `errors` names each one and says what "
    "would be right.",
)
TOO_LARGE = ProblemType(
    "too-large",
    413,
    "The body is too large",
    "A record, a question or a judgement takes a few hundred bytes. Send less at a time; many "
    "records go into one body of `POST /v1/sources/{source}/records`, which may be of any length.",
)
NOT_FOUND = ProblemType(
    "not-found",
    404,
    "Not found",
    "The service knows no golden ID, source, key or page of this name.",
)
PENDING = ProblemType(
    "pending",
    404,
    "Not resolved yet",
    "The record was taken and waits for the next resolve, which gives it a golden record. "
    "Ask again after `mdm resolve`.",
)
RETIRED = ProblemType(
    "retired",
    410,
    "Retired",
    "The source records that this stands for were all retired by their departments. The golden ID "
    "is kept and never given to another; it works again when one of its records returns.",
)
STALE = ProblemType(
    "stale",
    409,
    "Older than what is kept",
    "The record that is kept was changed later than the one that was submitted, by their times of "
    "modification (where one has none, by its arrival). Send its present state.",
)
CONTRADICTION = ProblemType(
    "contradiction",
    409,
    "Contradicts other judgements",
    "The judgement, or one that a withdrawal would bring back, says something else than the "
    "judgements in force that `detail` names, in this order. Withdraw them, or name them in the "
    "`supersedes` of a new judgement.",
)
NOT_IN_FORCE = ProblemType(
    "not-in-force",
    409,
    "The judgement does not count any more",
    "It was withdrawn or superseded. One that was superseded comes back when the judgement that "
    "superseded it is withdrawn.",
)
PIN_REMOVED = ProblemType(
    "pin-removed",
    409,
    "The pin was taken off already",
    "It does not count any more; `GET` of the pin says who took it off, and when.",
)
PRECONDITION_FAILED = ProblemType(
    "precondition-failed",
    412,
    "It is not as you saw it",
    "The record has another version by now or was retired, or a golden record has other records "
    "than you were shown. Nothing was changed: look again and decide anew.",
)
REVIEW_CLOSED = ProblemType(
    "review-closed",
    409,
    "The review is closed",
    "The question is not asked any more: a judgement answered it, a golden record of it is no "
    "more, or its records and weights are others by now. `GET` of the review says which.",
)
REVIEW_HELD = ProblemType(
    "review-held",
    409,
    "Another steward has the review",
    "It is theirs until the time that `detail` names, or until they release it. Take another one.",
)
METHOD_NOT_ALLOWED = ProblemType(
    "method-not-allowed",
    405,
    "Method not allowed",
    "The address exists but not for this method; the `Allow` header lists the methods it has.",
)
NOT_READY = ProblemType(
    "not-ready",
    503,
    "The service is not ready",
    "The database cannot be reached, has no tables yet (run `mdm init`), holds nothing resolved "
    "yet (run `mdm resolve`), or was upgraded by a newer version of this service.",
)
BUSY = ProblemType(
    "busy",
    503,
    "The service is busy",
    "Another process has been writing for longer than a request waits. Nothing was changed; "
    "`Retry-After` tells in how many seconds to send it again.",
)
INTERNAL = ProblemType(
    "internal-error",
    500,
    "Something went wrong on our side",
    "A fault of the service, which its log describes. Nothing was changed by this request.",
)

PROBLEMS = (
    MALFORMED,
    INVALID,
    TOO_LARGE,
    NOT_FOUND,
    PENDING,
    RETIRED,
    STALE,
    CONTRADICTION,
    NOT_IN_FORCE,
    PIN_REMOVED,
    PRECONDITION_FAILED,
    REVIEW_CLOSED,
    REVIEW_HELD,
    METHOD_NOT_ALLOWED,
    NOT_READY,
    BUSY,
    INTERNAL,
)
BY_NAME = {problem.name: problem for problem in PROBLEMS}


def answer(problem: ProblemType, detail: str, errors: Sequence[FieldFault] = ()) -> Response:
    """Answer with a problem document; `detail` is about this request, `errors` the fields."""
    return _response(document(problem, detail, errors), problem.status)


def answer_status(status: int, detail: str) -> Response:
    """Answer with a problem that is no more than its HTTP status: type `about:blank`."""
    found = _document("about:blank", HTTPStatus(status).phrase, status, detail, ())
    return _response(found, status)


def document(
    problem: ProblemType, detail: str, errors: Sequence[FieldFault] = ()
) -> dict[str, object]:
    """Make a problem document; arguments as of `answer`."""
    return _document(problem.uri, problem.title, problem.status, detail, errors)


def _document(
    uri: str, title: str, status: int, detail: str, errors: Sequence[FieldFault]
) -> dict[str, object]:
    found: dict[str, object] = {"type": uri, "title": title, "status": status, "detail": detail}
    if errors:
        found["errors"] = [asdict(fault) for fault in errors]
    return found


def _response(document: dict[str, object], status: int) -> Response:
    response = Response(orjson.dumps(document), status, content_type=MEDIA_TYPE)
    response.headers["Cache-Control"] = "no-store"
    return response
