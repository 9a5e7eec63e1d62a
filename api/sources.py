"""The departments' systems and how they are doing."""

from collections.abc import Mapping, Sequence

from flask_smorest import Blueprint

from api.hub import reading
from api.schemas import Sources
from mdm.model.views import SourceSummary

blueprint = Blueprint(
    "sources",
    __name__,
    url_prefix="/v1/sources",
    description="The departments' systems that records come from.",
)


@blueprint.route("")
@blueprint.response(200, Sources)
def sources() -> Mapping[str, Sequence[SourceSummary]]:
    """Read each source's counts, last ingestion, quarantine, pending records and duplicates."""
    return {"items": reading().sources()}
