"""How much there is of everything."""

from typing import Any

from flask_smorest import Blueprint

from api.hub import reading
from api.overview_schemas import Overview
from api.parameters import NoQuery
from mdm.model import overview as views

blueprint = Blueprint(
    "overview",
    __name__,
    url_prefix="/v1/overview",
    description="How much there is of everything, kept up to date by whatever publishes.",
)


@blueprint.route("")
@blueprint.arguments(NoQuery, location="query", unknown=None)
@blueprint.response(200, Overview)
def overview(_: dict[str, Any]) -> views.Overview:
    """Read how many records, golden records, duplicates, pairs and questions there are."""
    return reading().overview()
