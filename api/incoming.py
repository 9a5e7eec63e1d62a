"""Bodies as they come in: read whole, or refused; never cut off in silence, and never logged."""

from io import RawIOBase
from typing import IO, cast

import flask
from gunicorn.http.errors import ParseException  # type: ignore[import-untyped]
from werkzeug.exceptions import RequestEntityTooLarge, UnsupportedMediaType
from werkzeug.utils import cached_property

from api.errors import LONGEST_NAME, MalformedError

_BROKEN_CHUNKS = "the body's chunks are broken or break off: send it again whole"
_BROKEN_OFF = "the body breaks off before its Content-Length: send it again whole"


class Request(flask.Request):
    """A request whose body is read to its end."""

    @cached_property
    def stream(self) -> IO[bytes]:
        """Give the body; Werkzeug's own would stop in silence at the most bytes.

        UnsupportedMediaType for one that is compressed or otherwise encoded.
        """
        coding = self.headers.get("Content-Encoding", "identity")
        if coding.strip().lower() != "identity":
            raise UnsupportedMediaType(
                f"Content-Encoding: {coding[:LONGEST_NAME]} is not understood: send the body as it "
                "is, without Content-Encoding"
            )
        length = self.content_length
        if length is None and "wsgi.input_terminated" not in self.environ:
            length = 0
        body = _Body(self.environ["wsgi.input"], length, self.max_content_length)
        return cast("IO[bytes]", body)


class _Body(RawIOBase):
    """A body of `length` bytes; None: in chunks, which the server takes apart.

    RequestEntityTooLarge when it has more than `most` bytes, MalformedError when it does not come
    whole.  What the server says of broken chunks quotes them, personal data: it goes no further.
    """

    def __init__(self, source: IO[bytes], length: int | None, most: int | None) -> None:
        super().__init__()
        self._source = source
        self._length = length
        self._most = most
        self._taken = 0
        self._refuse_too_large(length or 0)

    def readable(self) -> bool:
        """Say that it can be read, as `RawIOBase` wants to know."""
        return True

    def readinto(self, buffer: bytearray) -> int:  # type: ignore[override]
        """Take what comes next; 0 at the end."""
        size = len(buffer)
        if self._length is not None:
            size = min(size, self._length - self._taken)
        data = self._next(size) if size else b""
        self._taken += len(data)
        self._refuse_too_large(self._taken)
        buffer[: len(data)] = data
        return len(data)

    def _next(self, size: int) -> bytes:
        try:
            data = self._source.read(size)
        except (OSError, ParseException):
            in_chunks = self._length is None
            raise MalformedError(_BROKEN_CHUNKS if in_chunks else _BROKEN_OFF) from None
        if self._length is not None and not data:
            raise MalformedError(_BROKEN_OFF)
        return data

    def _refuse_too_large(self, size: int) -> None:
        if self._most is not None and size > self._most:
            raise RequestEntityTooLarge
