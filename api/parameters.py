"""What may stand in a query: each parameter with its rule, and how they go together."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from flask import request, url_for
from marshmallow import RAISE, Schema, ValidationError, fields, validate

from api import cursor
from api.errors import BadParametersError
from api.problems import FieldFault
from mdm.model.records import RecordRef
from mdm.model.search import ByName, ByValue, Search
from mdm.model.views import Position

LONGEST = 500
"""Characters; longer than any real key, address or name."""
LARGEST_PAGE = 200
USUAL_PAGE = 50

NAME = ("given_name", "family_name", "date_of_birth")
WAYS: tuple[tuple[str, ...], ...] = (
    ("source", "key"),
    ("email",),
    ("phone",),
    ("identifier",),
    NAME,
)
"""The sets of parameters of which a search takes exactly one."""

ASKED_FOR = frozenset(name for way in WAYS for name in way)


class Text(fields.String):
    """A text that is neither empty nor absurdly long."""

    def __init__(self, description: str, example: str, *, required: bool = False) -> None:
        super().__init__(
            required=required,
            validate=[validate.Length(min=1, max=LONGEST), validate.Regexp(r"^[^\x00]+$")],
            metadata={"description": description, "example": example},
        )


class Day(fields.String):
    """A calendar day as year-month-day."""

    def __init__(self, description: str, example: str, *, required: bool = False) -> None:
        metadata = {"description": description, "example": example, "format": "date"}
        super().__init__(
            required=required,
            validate=[validate.Regexp(r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"), _exists],
            metadata=metadata,
        )


def _exists(day: str) -> None:
    try:
        date.fromisoformat(day)
    except ValueError as error:
        raise ValidationError("There is no such day.") from error


class Count(fields.Integer):
    """A number in plain digits: `int` would read `1_0`, `+5` and other scripts' digits too."""

    def _validated(self, value: object) -> int:
        if isinstance(value, str) and not (value.isascii() and value.isdigit()):
            raise self.make_error("invalid", input=value)
        return super()._validated(value)


class NoQuery(Schema):
    """No parameter at all."""

    class Meta:
        """Anything that is not a parameter is refused, so that a misspelt one is noticed."""

        unknown = RAISE


class PageQuery(NoQuery):
    """Which part of a long answer to give."""

    limit = Count(
        load_default=USUAL_PAGE,
        validate=validate.Range(1, LARGEST_PAGE),
        metadata={"description": "The most items to give at once."},
    )
    cursor = Text("Where the page before ended: from its `next` link.", "WzQyXQ")


class SearchQuery(PageQuery):
    """One way to ask for golden records, and which part of the answer to give."""

    source = Text("A department's system; goes with `key`.", "core_banking")
    key = Text("The department's own key of a record, as it writes it.", "C-004711")
    email = Text("An e-mail address.", "jane.doe@example.com")
    phone = Text("A phone number; with its country code if in doubt.", "+44 20 7946 0958")
    identifier = Text("A value of any attribute of the kind `identifier`.", "QQ 12 34 56 C")
    given_name = Text("A given name; goes with `family_name` and `date_of_birth`.", "Jane")
    family_name = Text("A family name; goes with `given_name` and `date_of_birth`.", "Doe")
    date_of_birth = Day("A birth date; goes with `given_name` and `family_name`.", "1980-02-29")


def position(query: Mapping[str, Any], *, length: int) -> Position | None:
    """Read the cursor of a query, if it has one; BadParametersError when it is none of ours."""
    if "cursor" not in query:
        return None
    try:
        return cursor.decode(query["cursor"], length=length)
    except ValueError as error:
        fault = FieldFault("cursor", "is not a cursor of this listing; take it from a `next` link")
        raise BadParametersError(fault) from error


def next_page(after: Position | None) -> str | None:
    """Make the link to the next page: the present address with another cursor."""
    if after is None:
        return None
    arguments = {**(request.view_args or {}), **request.args, "cursor": cursor.encode(after)}
    return url_for(str(request.endpoint), **arguments)


def wanted(query: Mapping[str, str]) -> RecordRef | Search:
    """Tell what a query asks for: one record's golden record, or a search.

    BadParametersError unless exactly one of the ways to ask is used, and used in full.
    """
    way = _way(query)
    if way == ("source", "key"):
        return RecordRef(query["source"], query["key"])
    if way == NAME:
        return ByName(query["given_name"], query["family_name"], query["date_of_birth"])
    if way == ("email",):
        return ByValue("email", query["email"])
    if way == ("phone",):
        return ByValue("phone", query["phone"])
    return ByValue("identifier", query["identifier"])


def _way(query: Mapping[str, str]) -> tuple[str, ...]:
    given = query.keys() & ASKED_FOR
    touched = [way for way in WAYS if given & set(way)]
    if not touched:
        possible = "; ".join(" with ".join(f"`{name}`" for name in way) for way in WAYS)
        raise BadParametersError(
            FieldFault("query", f"says nothing to look for; give one of: {possible}")
        )
    if len(touched) > 1:
        raise BadParametersError(
            *(_conflict(name, touched[0]) for name in sorted(given - set(touched[0])))
        )
    missing = [name for name in touched[0] if name not in given]
    if missing:
        raise BadParametersError(*(_missing(name, given) for name in missing))
    return touched[0]


def _conflict(name: str, way: tuple[str, ...]) -> FieldFault:
    others = ", ".join(f"`{other}`" for other in way)
    return FieldFault(name, f"does not go with {others}: search by one or the other")


def _missing(name: str, given: set[str]) -> FieldFault:
    others = ", ".join(f"`{other}`" for other in sorted(given))
    return FieldFault(name, f"is missing: it goes with {others}")
