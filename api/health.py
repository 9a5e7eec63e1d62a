"""Whether the service runs, and whether it can answer."""

from collections.abc import Mapping

from flask_smorest import Blueprint

from api import problems
from api.hub import reading
from api.openapi import problem_responses
from api.schemas import Health

blueprint = Blueprint("health", __name__, description="For whoever watches over the service.")


@blueprint.route("/healthz")
@blueprint.response(200, Health)
def healthz() -> Mapping[str, str]:
    """Tell that the process runs."""
    return {"status": "ok"}


@blueprint.route("/readyz")
@blueprint.response(200, Health)
@problem_responses(blueprint, problems.NOT_READY)
def readyz() -> Mapping[str, str]:
    """Tell that the database has the tables that this version needs, and answers a query."""
    reading().check()
    return {"status": "ok"}
