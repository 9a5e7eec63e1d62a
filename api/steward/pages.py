"""What all pages share: who may see them, how they are written, how they tell errors."""

import logging
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode, urlsplit

from flask import Blueprint, Flask, Response, flash, make_response, redirect, request, url_for
from flask import render_template as render
from flask import session as flask_session
from flask_wtf.csrf import CSRFError, CSRFProtect
from werkzeug.exceptions import HTTPException

from api import cursor
from api.errors import ERRORS, RETRY_AFTER, BadParametersError, MalformedError
from api.parameters import position
from api.steward import session, words
from mdm.model.errors import MdmError, RecordInvalid, StoreBusy, StoreNotReady, StoreTooNew
from mdm.model.views import Position

LOG = logging.getLogger(__name__)

POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)
"""What the pages may load: this service's own files, and nothing written into the page."""

NAVIGATION = (
    ("steward.queue", "Queue"),
    ("steward.find", "Find"),
    ("steward.overview", "Overview"),
)
"""The pages that each page leads to: endpoint and name."""

blueprint = Blueprint("steward", __name__, url_prefix=session.PATH)
_csrf = CSRFProtect()


def configure(app: Flask) -> None:
    """Make `app` check the token of every form of the pages, and know what templates use."""
    app.config.update(WTF_CSRF_CHECK_DEFAULT=False, WTF_CSRF_TIME_LIMIT=None)
    _csrf.init_app(app)
    app.jinja_env.filters.update(words.FILTERS)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True


def page(template: str, status: int = 200, **shown: Any) -> Response:  # noqa: ANN401
    """Write a page of a template in `steward/`."""
    navigation = [(url_for(name), told, request.endpoint == name) for name, told in NAVIGATION]
    html = render(
        f"steward/{template}",
        steward=session.steward(),
        last=flask_session.get("last"),
        navigation=navigation,
        **shown,
    )
    return make_response(html, status)


def to(endpoint: str, **arguments: Any) -> Response:  # noqa: ANN401
    """Send the browser to another page after a form."""
    return make_response(redirect(url_for(f"steward.{endpoint}", **arguments), 303))


def steward() -> str:
    """Name who is logged in; every page but the login has somebody."""
    name = session.steward()
    if name is None:
        raise RuntimeError("a page without a session was let through")
    return name


def safe(address: str) -> str | None:
    """Give an address back when it is one of the pages, None when it leads elsewhere."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return None
    inside = parts.path == session.PATH or parts.path.startswith(f"{session.PATH}/")
    own = not parts.scheme and not parts.netloc and inside and "\\" not in address
    return address if own and address.isprintable() else None


def by_script() -> bool:
    """Tell whether a script of a page (htmx) asks, which wants a part of a page, or none."""
    return "HX-Request" in request.headers


def _came_from() -> str | None:
    """Tell which page a request came from; None for none, or one elsewhere."""
    try:
        path = urlsplit(request.referrer or "").path
    except ValueError:
        return None
    return safe(path)


def behind(length: int) -> Position | None:
    """Read where the page before ended, from the address; BadParametersError for a wrong one."""
    after = request.args.get("after")
    return None if after is None else position({"cursor": after}, length=length)


def further(after: Position | None) -> str | None:
    """Make the address of the next part of a list: the present one with another `after`."""
    if after is None:
        return None
    return here(after=cursor.encode(after))


def here(after: str | None = None, **parts: str) -> str:
    """Make the address of the present page with other `parts` of its path, or another `after`.

    What was asked for behind the path goes along as it is, and is never taken for more.
    """
    path = url_for(str(request.endpoint), **{**(request.view_args or {}), **parts})
    asked = [pair for pair in request.args.items(multi=True) if pair[0] != "after"]
    query = urlencode([*asked, *([("after", after)] if after else [])])
    return f"{path}?{query}" if query else path


@blueprint.before_request
def let_through() -> Response | None:
    """Let nobody in who is not logged in, and no form without its token."""
    anyone = request.endpoint == "steward.login"
    if not anyone and session.steward() is None:
        return _to_login()
    _csrf.protect()
    return None


def _to_login() -> Response:
    """Ask for the login, and come back to the page, or to that of the form, after it.

    What a script of the page asked for goes nowhere: the page itself is led there.
    """
    if by_script():
        response = make_response("", 204)
        response.headers["HX-Redirect"] = to("login", next=_came_from()).location
        return response
    if request.method == "POST":
        flash("Your session has ended and nothing was kept: log in, then do it again.", "bad")
        back = _came_from()
    else:
        back = safe(request.full_path.rstrip("?"))
    return to("login", next=back) if back else to("login")


@blueprint.after_request
def add_headers(response: Response) -> Response:
    """Say what the page may load; browsers keep no copy of it."""
    response.headers["Content-Security-Policy"] = POLICY
    # forms over HTTPS are checked by where they come from
    response.headers["Referrer-Policy"] = "same-origin"
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.get("/")
def home() -> Response:
    """Lead to the page that a steward begins with."""
    return to("queue")


@blueprint.get("/<path:name>")
def missing(name: str) -> Response:  # noqa: ARG001
    """Tell that there is no such page, as a page."""
    return _failed(404, "There is no such page.")


@blueprint.errorhandler(CSRFError)
def without_token(_: CSRFError) -> Response:
    """Tell why a form was refused."""
    told = "The form did not come with the token of your session, so nothing was kept. "
    if not session.on_this_machine() and not request.is_secure:
        told += "Sessions need HTTPS here: open the page by its https:// address. "
    return _failed(400, f"{told}Go back, load the page again, and send the form once more.")


@blueprint.errorhandler(StoreBusy)
def busy(_: StoreBusy) -> Response:
    """Tell that another writer took too long; a script asks again by itself."""
    if by_script():
        return make_response("", 503)
    response = _failed(503, "The service is busy and kept nothing of it: try again in a moment.")
    response.headers["Retry-After"] = str(RETRY_AFTER)
    return response


@blueprint.errorhandler(StoreNotReady)
@blueprint.errorhandler(StoreTooNew)
def not_ready(error: MdmError) -> Response:
    """Tell that the database cannot be read; why is for the log."""
    LOG.error("not ready: %s", error.message)
    return _failed(503, "The database is not ready. Whoever runs the service finds why in its log.")


@blueprint.errorhandler(MdmError)
def ours(error: MdmError) -> Response:
    """Tell one of our errors in its own words."""
    if isinstance(error, RecordInvalid):
        return _failed(422, error.message)
    for kind, problem in ERRORS.items():
        if isinstance(error, kind):
            return _failed(problem.status, error.message)
    raise error


@blueprint.errorhandler(BadParametersError)
def misled(error: BadParametersError) -> Response:
    """Tell which part of the address breaks its rule."""
    return _failed(422, str(error))


@blueprint.errorhandler(MalformedError)
def malformed(error: MalformedError) -> Response:
    """Tell that the address cannot be read."""
    return _failed(400, str(error))


@blueprint.errorhandler(HTTPException)
def http(error: HTTPException) -> Response:
    """Tell an error of Flask or Werkzeug as a page."""
    code = error.code or 500
    if code < 400:
        return make_response(error.get_response())
    told = {
        404: "There is no such page.",
        405: "This address takes no such request: go back and use the page's buttons.",
        413: "That is too much text: shorten it, and send it again.",
        500: "Something is wrong with the service. The fault was logged; nothing was kept.",
    }.get(code, error.description or error.name)
    return _failed(code, told)


def _failed(status: int, told: str) -> Response:
    """Tell what failed, as a page, or to a script in the place of what it asked for."""
    if by_script():
        return page("failed_part.html", told=told)
    title = HTTPStatus(status).phrase
    return page("failed.html", status, title=title, told=told)
