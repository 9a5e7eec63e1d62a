"""A bulk that saw whom it meets, and has not yet taken the write lock."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager

from mdm.model.submissions import Submission
from mdm.resolution.requests import Request
from mdm.resolution.submit import Submitter


@contextmanager
def seen_ahead(submitter: Submitter, source: str, given: Sequence[Submission]) -> Iterator[None]:
    """Weigh a bulk ahead; what it saw is used by who submits the same before the end."""
    request = Request.of(source, given, None, submitter.model_for(source))
    with ExitStack() as ahead:
        submitter._weigh_ahead(request, ahead)
        yield
