"""The departments' systems and how they are doing."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask_smorest import Blueprint

from api.hub import reading
from api.parameters import NoQuery
from api.schemas import Sources
from mdm.model.views import SourceSummary

blueprint = Blueprint(
    "sources",
    __name__,
    url_prefix="/v1/sources",
    description="The departments' systems that records come from.",
)


@blueprint.route("")
@blueprint.arguments(NoQuery, location="query", unknown=None)
@blueprint.response(200, Sources)
def sources(_: dict[str, Any]) -> Mapping[str, Sequence[SourceSummary]]:
    """Read each source's counts, last ingestion, quarantine, pending records and duplicates."""
    return {"items": reading().sources()}
