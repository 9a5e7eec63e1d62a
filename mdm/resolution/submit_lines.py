"""Submitting many records: lines of JSON in, an answer for each line out, chunk by chunk.

Each chunk is one transaction, and its answers are given once it is committed, so that they hold.  A
line that cannot be taken gets its own error, and the others are taken.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from mdm.model.errors import Malformed, MdmError, StoreNotReady
from mdm.model.strict_json import read_json, text_named
from mdm.model.submissions import Submission, submission_of
from mdm.model.views import AnsweredLine
from mdm.resolution.submit import Answer, Submitter, distinct

LINES_AT_ONCE = 1_000


@dataclass(frozen=True, slots=True)
class _Line:
    """A line (counted from 1), its record or why it is none, and the key that it names."""

    number: int
    read: Submission | MdmError
    key: str | None = None


def submit_lines(
    submitter: Submitter, source: str, lines: Iterable[bytes | Malformed]
) -> Iterator[AnsweredLine]:
    """Submit a source's records, a JSON object a line; empty lines count but are not answered.

    Once the store fails, what is left is not tried, and each line says so that is a record: what
    the rules say of it is in the store.  NotFound for an unknown source, before anything is taken.
    """
    failed: MdmError | None = None
    for chunk in _chunks(_wanted(lines)):
        if failed is None:
            try:
                yield from _submitted(submitter, source, chunk)
                continue
            except StoreNotReady as error:
                failed = error
        yield from _answered(chunk, [failed] * len(_records(chunk)))


def _chunks(lines: Iterator[_Line]) -> Iterator[list[_Line]]:
    """Put lines together that go into one transaction: no key twice."""
    while several := list(islice(lines, LINES_AT_ONCE)):
        for start, end in distinct([each.key or each.number for each in several]):
            yield several[start:end]


def _wanted(lines: Iterable[bytes | Malformed]) -> Iterator[_Line]:
    for number, line in enumerate(lines, start=1):
        if isinstance(line, Malformed):
            yield _Line(number, line)
        elif line.strip():
            yield _read(number, line)


def _read(number: int, line: bytes) -> _Line:
    try:
        submission = submission_of(read_json(line))
    except MdmError as error:
        return _Line(number, error, text_named(line, "key"))
    return _Line(number, submission, submission.key)


def _submitted(submitter: Submitter, source: str, chunk: Sequence[_Line]) -> Iterator[AnsweredLine]:
    return _answered(chunk, submitter.submit(source, _records(chunk)))


def _records(chunk: Sequence[_Line]) -> list[Submission]:
    return [line.read for line in chunk if isinstance(line.read, Submission)]


def _answered(chunk: Sequence[_Line], answers: Sequence[Answer]) -> Iterator[AnsweredLine]:
    """Answer a chunk; `answers` are those of its records, what is none has its own error."""
    given = iter(answers)
    for line in chunk:
        answer = next(given) if isinstance(line.read, Submission) else line.read
        yield AnsweredLine(line.number, line.key, answer)
