"""Logging in and out."""

from flask import Response, flash, make_response, redirect, request, url_for

from api.hub import hub
from api.steward import session
from api.steward.pages import blueprint, page, safe, to
from mdm.model.errors import LoginFailed, LoginThrottled


@blueprint.route("/login", methods=["GET", "POST"])
def login() -> Response:
    """Ask for name and password; who has a session already goes on."""
    back = safe(request.values.get("next", "")) or url_for("steward.home")
    if session.steward() is not None:
        return make_response(redirect(back, 303))
    if request.method == "GET":
        return page("login.html", back=back, name="", failed=None)
    name, password = request.form.get("name", ""), request.form.get("password", "")
    try:
        user = hub().users.log_in(name.strip(), password, request.remote_addr or "")
    except LoginFailed as error:
        return page("login.html", 401, back=back, name=name, failed=error.message)
    except LoginThrottled as error:
        response = page("login.html", 429, back=back, name=name, failed=error.message)
        response.headers["Retry-After"] = str(error.seconds)
        return response
    session.begin(user)
    return make_response(redirect(back, 303))


@blueprint.post("/logout")
def logout() -> Response:
    """End this browser's session."""
    session.end()
    flash("You are logged out.", "good")
    return to("login")
