"""Source records by their department's own key."""

from typing import Any
from urllib.parse import quote

from flask_smorest import Blueprint
from werkzeug.routing import BaseConverter

from api import problems
from api.hub import reading
from api.openapi import path_parameter, problem_responses
from api.parameters import NoQuery, PageQuery, next_page, position
from api.schemas import ResolvedRecord, SourceVersions
from mdm.model import views
from mdm.model.records import RecordRef
from mdm.model.submissions import state_of


class RecordKey(BaseConverter):
    """A department's key in an address: anything, slashes too, for it stands last."""

    regex = "(?s:.+)"
    part_isolating = False

    def to_url(self, value: str) -> str:
        """Write a key so that no client takes a part of it for a step in the path.

        Of dots alone it is a step even so for some, which read `%2E` as a dot.
        """
        written = quote(value, safe="!$&'()*+,:;=@")
        return written.replace(".", "%2E") if value in (".", "..") else written


SOURCE = path_parameter("source", "A department's system.", "core_banking", minLength=1)
ADDRESS = [
    SOURCE,
    path_parameter(
        "key",
        "The department's own key of a record, as it writes it; percent-encoded.",
        "C-004711",
        minLength=1,
    ),
]

blueprint = Blueprint(
    "source records",
    __name__,
    url_prefix="/v1/sources/<source>",
    description="What each department gave us, as it came.",
)


@blueprint.route("/records/<record_key:key>", parameters=ADDRESS)
@blueprint.arguments(NoQuery, location="query", unknown=None)
@blueprint.response(200, ResolvedRecord)
@problem_responses(blueprint, problems.MALFORMED, problems.NOT_FOUND)
def record(_: dict[str, Any], source: str, key: str) -> tuple[views.ResolvedRecord, dict[str, str]]:
    """Read a source record.

    One that its department retired is there too, with `retired_at`; it is in no golden record. The
    `ETag` names the version of the record and whether it is retired, for `If-Match` when it is
    replaced.
    """
    found = reading().record(RecordRef(source, key))
    return found, state_headers(found.version, retired=found.retired_at is not None)


def state_headers(version: int, *, retired: bool) -> dict[str, str]:
    """Name the state of a record that an answer is about."""
    return {"ETag": f'"{state_of(version, retired=retired)}"', "Cache-Control": "no-store"}


@blueprint.route("/versions/<record_key:key>", parameters=ADDRESS)
@blueprint.arguments(PageQuery, location="query", unknown=None)
@blueprint.response(200, SourceVersions)
@problem_responses(blueprint, problems.MALFORMED, problems.NOT_FOUND)
def versions(query: dict[str, Any], source: str, key: str) -> dict[str, object]:
    """Read every version of a source record, oldest first."""
    after = position(query, length=1)
    page = reading().versions(RecordRef(source, key), after=after, limit=query["limit"])
    return {"items": page.items, "next": next_page(page.after)}
