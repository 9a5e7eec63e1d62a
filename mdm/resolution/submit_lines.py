"""Submitting many records: lines of JSON in, an answer for each line out, chunk by chunk.

Each chunk is one transaction, and its answers are given once it is committed, so that they hold.  A
line that cannot be taken gets its own error, and the others are taken.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from mdm.model.errors import Malformed, MdmError, StoreNotReady
from mdm.model.strict_json import read_json
from mdm.model.submissions import Submission, submission_of
from mdm.model.views import AnsweredLine
from mdm.resolution.submit import Answer, Submitter

LINES_AT_ONCE = 1_000


_Read = tuple[int, Submission | MdmError]


def submit_lines(
    submitter: Submitter, source: str, lines: Iterable[bytes | Malformed]
) -> Iterator[AnsweredLine]:
    """Submit a source's records, a JSON object a line; empty lines count but are not answered.

    Once the store fails, what is left is not tried, and each line says so.  NotFound for an unknown
    source, before anything is taken.
    """
    failed: MdmError | None = None
    numbered = enumerate(map(_read, lines), start=1)
    wanted = ((number, read) for number, read in numbered if read is not None)
    while chunk := list(islice(wanted, LINES_AT_ONCE)):
        if failed is None:
            try:
                yield from _submitted(submitter, source, chunk)
                continue
            except StoreNotReady as error:
                failed = error
        yield from _answered(chunk, [failed] * len(chunk))


def _read(line: bytes | Malformed) -> Submission | MdmError | None:
    if isinstance(line, Malformed):
        return line
    if not line.strip():
        return None
    try:
        return submission_of(read_json(line))
    except MdmError as error:
        return error


def _submitted(submitter: Submitter, source: str, chunk: Sequence[_Read]) -> Iterator[AnsweredLine]:
    good = [read for _, read in chunk if isinstance(read, Submission)]
    answers = iter(submitter.submit(source, good))
    return _answered(
        chunk, [next(answers) if isinstance(read, Submission) else read for _, read in chunk]
    )


def _answered(chunk: Sequence[_Read], answers: Sequence[Answer]) -> Iterator[AnsweredLine]:
    for (number, read), answer in zip(chunk, answers, strict=True):
        yield AnsweredLine(number, read.key if isinstance(read, Submission) else None, answer)
