"""The marshmallow schema of a sources file: which keys there are, and what each may say."""

import codecs
import re
from typing import Any

from marshmallow import Schema, ValidationError, fields, post_load, validate, validates_schema

from mdm.model.records import SOURCE_NAME, SOURCE_NAME_RULE, Source
from mdm.sources.config import (
    CsvFile,
    Database,
    JsonLinesFile,
    Location,
    ModifiedAt,
    ParquetFile,
    SourceConfig,
)
from mdm.sources.mapped import AttributesField, Known, Word, WordOrWords

_PLACES = ("csv", "json_lines", "parquet", "url")


def _is_text_encoding(name: str) -> None:
    try:
        "a".encode(name).decode(name)
    except (LookupError, UnicodeError, ValueError, AttributeError, TypeError):
        raise ValidationError(
            "is no text encoding that Python knows, such as utf-8, latin-1 or cp1252"
        ) from None


def _is_delimiter(text: str) -> None:
    if len(text) != 1 or text in '"\r\n\0 ':
        raise ValidationError('must be one character such as "," or ";" or "\\t"')


def _is_select(query: str) -> None:
    if not re.match(r"\s*(select|with)\b", query, re.IGNORECASE):
        raise ValidationError("must be a single SELECT (or WITH ... SELECT): sources are only read")


class LocationSchema(Schema):
    """`from`: a file of one of three formats, or a database with a table or a query."""

    csv = Word()
    delimiter = fields.String(validate=_is_delimiter)
    encoding = fields.String(validate=_is_text_encoding)
    json_lines = Word()
    parquet = Word()
    url = Word()
    table = Word()
    query = fields.String(validate=_is_select)

    @validates_schema(skip_on_field_errors=False, pass_original=True)
    def _check_places(self, _: Any, said: Any, **__: Any) -> None:  # noqa: ANN401
        if not isinstance(said, dict):
            return
        if sum(place in said for place in _PLACES) != 1:
            raise ValidationError(f"needs exactly one of {', '.join(_PLACES)}")
        if "csv" not in said and ("delimiter" in said or "encoding" in said):
            raise ValidationError("delimiter and encoding go with csv only")
        if ("url" in said) != (("table" in said) != ("query" in said)):
            raise ValidationError("url goes with either table or query, and files with neither")

    @post_load
    def _make(self, data: dict[str, Any], **_: Any) -> Location:  # noqa: ANN401
        directory = Known.get().directory
        if "url" in data:
            return Database(data["url"], directory, data.get("table"), data.get("query"))
        if "parquet" in data:
            return ParquetFile(directory / data["parquet"])
        if "json_lines" in data:
            return JsonLinesFile(directory / data["json_lines"])
        # Python's own name of an encoding: `UTF8` is `utf-8`.
        encoding = codecs.lookup(data.get("encoding", "utf-8")).name
        return CsvFile(directory / data["csv"], data.get("delimiter", ","), encoding)


class ModifiedAtField(fields.Field[Any]):
    """The name of a column, or `{column, format}`."""

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> ModifiedAt:  # noqa: ANN401
        said = {"column": value} if isinstance(value, str) else value
        loaded: ModifiedAt = ModifiedAtSchema().load(said)
        return loaded


class ModifiedAtSchema(Schema):
    """`modified_at`: when the source last changed a row."""

    column = Word(required=True)
    format = Word()

    @post_load
    def _make(self, data: dict[str, Any], **_: Any) -> ModifiedAt:  # noqa: ANN401
        return ModifiedAt(data["column"], data.get("format"))


class SourceSchema(Schema):
    """One department."""

    kind = fields.String(
        required=True,
        validate=validate.OneOf(
            ("operational", "marketing", "external"), error="must be one of: {choices}"
        ),
    )
    trust = fields.Float(
        required=True,
        validate=validate.Range(0, 1, error="must be a number from 0 to 1, such as 0.8"),
    )
    location = fields.Nested(LocationSchema, data_key="from", required=True)
    key = WordOrWords(required=True)
    modified_at = ModifiedAtField()
    attributes = AttributesField(required=True)


_NAME = validate.Regexp(SOURCE_NAME, error=SOURCE_NAME_RULE)


class SourcesSchema(Schema):
    """The whole file."""

    sources = fields.Dict(
        keys=fields.String(validate=_NAME),
        values=fields.Nested(SourceSchema),
        required=True,
        validate=validate.Length(min=1, error="needs at least one source"),
    )


def source_config(name: str, data: dict[str, Any]) -> SourceConfig:
    """Make the value object of one source's checked data."""
    return SourceConfig(
        source=Source(name, data["kind"], data["trust"]),
        location=data["location"],
        key=data["key"],
        modified_at=data.get("modified_at"),
        attributes=data["attributes"],
    )
