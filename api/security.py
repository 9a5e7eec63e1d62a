"""What every request must be before it is looked at, and what every answer carries."""

from collections import Counter
from urllib.parse import unquote_to_bytes

from flask import Flask, Response, request
from werkzeug.datastructures import Headers

from api.errors import BadParametersError, MalformedError
from api.problems import FieldFault

HEADERS = Headers(
    {
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
        "X-Frame-Options": "DENY",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
        "Cache-Control": "no-store",
    }
)
"""Set on every answer that does not say otherwise itself; golden records are personal data."""


def register(app: Flask) -> None:
    """Make `app` refuse unreadable requests and set the headers on every answer."""
    app.before_request(refuse_unreadable)
    app.before_request(refuse_repeated)
    app.after_request(add_headers)


def refuse_unreadable() -> None:
    """Refuse an address that is not valid UTF-8 or holds a NUL character.

    Werkzeug turns invalid UTF-8 into U+FFFD, so that a wrong key would be looked up; PostgreSQL
    refuses NUL in a text.  WSGI hands over the path unquoted and as Latin-1.
    """
    path = request.environ["PATH_INFO"].encode("latin-1")
    query = unquote_to_bytes(request.environ.get("QUERY_STRING", ""))
    for part, text in (("path", path), ("query", query)):
        try:
            text.decode("utf-8")
        except UnicodeDecodeError as error:
            raise MalformedError(f"the {part} is not valid UTF-8") from error
        if b"\0" in text:
            raise MalformedError(f"the {part} holds a NUL character")


def refuse_repeated() -> None:
    """Refuse a parameter that is given twice: nobody could tell which was meant."""
    counts = Counter(name for name, _ in request.args.items(multi=True))
    repeated = [name for name, count in counts.items() if count > 1]
    if repeated:
        raise BadParametersError(
            *(FieldFault(name, "is given more than once") for name in repeated)
        )


def add_headers(response: Response) -> Response:
    """Add the headers that the answer does not have yet."""
    for name, value in HEADERS:
        response.headers.setdefault(name, value)
    return response
