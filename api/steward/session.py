"""Who a steward's browser belongs to: a signed cookie, for the pages alone.

The cookie names a user, the user's generation and two times; whether the session lasts is read
from the store at every request, so that it ends the moment that a password changes or a user is
disabled.  `docs/adr/0020-sessions.md` says why it is made so.
"""

import time
from ipaddress import ip_address
from urllib.parse import urlsplit

from flask import Flask, Request, g, request, session
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface

from api.hub import hub
from mdm.model.users import User

PATH = "/steward"
LONGEST = 12 * 60 * 60
"""Seconds after the login when a session ends, whatever happens in it."""
IDLE = 2 * 60 * 60
"""Seconds after the last request when it ends."""
_NOTED_EVERY = 60
"""Seconds between two notes of the last request: not each answer sets the cookie."""


class PageSessions(SecureCookieSessionInterface):
    """Flask's signed cookies, on the pages alone, with the key that the store keeps."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """Open the session of a page; other addresses have none."""
        if request.path != PATH and not request.path.startswith(f"{PATH}/"):
            return None
        if app.secret_key is None:
            app.secret_key = hub().users.session_key()
        return super().open_session(app, request)

    def get_cookie_secure(self, app: Flask) -> bool:  # noqa: ARG002
        """Tell whether the cookie may travel by HTTPS alone: everywhere but on this machine."""
        return not on_this_machine()


def configure(app: Flask) -> None:
    """Make `app` keep sessions of the pages."""
    app.session_interface = PageSessions()
    app.config.update(
        SESSION_COOKIE_NAME="mdm_steward",
        SESSION_COOKIE_PATH=PATH,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        PERMANENT_SESSION_LIFETIME=LONGEST,
    )


def on_this_machine() -> bool:
    """Tell whether the browser asked this machine itself, by the host that it named."""
    try:
        host = urlsplit(f"//{request.host}").hostname or ""
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def begin(user: User) -> None:
    """Begin a session; whatever the browser had before is over."""
    moment = int(time.time())
    session.clear()
    session.update(user=user.name, generation=user.generation, began=moment, seen=moment)


def end() -> None:
    """End the session of this browser."""
    session.clear()


def steward() -> str | None:
    """Name the steward whose session this is, None when there is none or it is over."""
    if "steward" not in g:
        g.steward = _steward()
    found: str | None = g.steward
    return found


def _steward() -> str | None:
    if "user" not in session:
        return None
    moment = int(time.time())
    if moment - session["began"] >= LONGEST or moment - session["seen"] >= IDLE:
        return None
    user = hub().users.logged_in(session["user"], session["generation"])
    if user is None:
        return None
    if moment - session["seen"] >= _NOTED_EVERY:
        session["seen"] = moment
    return user.name
