"""The marshmallow field of `attributes` in a sources file: how columns fill attributes."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from marshmallow import Schema, ValidationError, fields, post_load, validate
from marshmallow.experimental.context import Context

from mdm.model.rules.attribute_schema import DATE_FORMAT, is_date_format
from mdm.model.rules.rules import Attribute, Rules
from mdm.model.rules.vocabulary import DATES
from mdm.model.schema_faults import right_words
from mdm.sources.config import Columns, Constant, DateColumn, Joined, Mapped, Split


@dataclass(frozen=True)
class Setting:
    """What the fields know while a file is validated: where it lies, which attributes exist."""

    directory: Path
    rules: Rules

    def attribute(self, name: str) -> Attribute:
        """Look up an attribute; ValidationError names those that there are."""
        try:
            return self.rules.attribute(name)
        except KeyError:
            names = [attribute.name for attribute in self.rules.attributes]
            raise ValidationError(
                f"the matching rules have no such attribute; {right_words(name, names)}"
            ) from None


class Known(Context[Setting]):
    """Holds the setting while a file is validated."""


class Word(fields.String):
    """A text that is not empty, such as the name of a column."""

    def __init__(self, **kwargs: Any) -> None:  # noqa: ANN401
        super().__init__(validate=validate.Length(min=1, error="must not be empty"), **kwargs)


class WordOrWords(fields.Field[Any]):
    """The name of one column, or a list of several."""

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> tuple[str, ...]:  # noqa: ANN401
        names = value if isinstance(value, list) else [value]
        if not names or not all(isinstance(name, str) and name for name in names):
            raise ValidationError("must be the name of a column, or a list of names")
        return tuple(names)


class AttributesField(fields.Field[Any]):
    """The whole section `attributes`; every attribute that it fills must be in the rules."""

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> dict[str, Mapped]:  # noqa: ANN401
        if not isinstance(value, dict) or not value:
            raise ValidationError("must be attributes with what fills them")
        mapped: dict[str, Mapped] = {}
        filled: dict[str, str] = {}
        errors: dict[str, Any] = {}
        for name, said in value.items():
            try:
                mapped[name] = mapping_of(said)
                for attribute in attributes_filled(name, mapped[name]):
                    _check_fit(Known.get().attribute(attribute), mapped[name])
                    _check_once(attribute, name, filled)
            except ValidationError as error:
                errors[name] = error.messages
        if errors:
            raise ValidationError(errors)
        return mapped


def attributes_filled(name: str, how: Mapped) -> tuple[str, ...]:
    """Tell which attributes an entry fills: its own name, or the groups of its pattern."""
    return tuple(re.compile(how.pattern).groupindex) if isinstance(how, Split) else (name,)


def _check_once(attribute: str, name: str, filled: dict[str, str]) -> None:
    if filled.setdefault(attribute, name) != name:
        raise ValidationError(f"{attribute} is filled by {filled[attribute]} already")


def _check_fit(attribute: Attribute, how: Mapped) -> None:
    """Refuse a mapping that gives an attribute what it cannot hold."""
    if isinstance(how, DateColumn) and attribute.kind not in DATES:
        raise ValidationError(f"format and strict are for dates, {attribute.name} is none")
    if isinstance(how, Columns) and len(how.columns) > 1 and not attribute.many:
        raise ValidationError(
            f"{attribute.name} has one value: name one column, join them, or let it be `many`"
        )


def mapping_of(said: object) -> Mapped:
    """Make the value object of what stands behind an attribute; ValidationError if it is none."""
    if isinstance(said, str | list):
        return Columns(WordOrWords().deserialize(said))
    if not isinstance(said, Mapping):
        raise ValidationError("must be a column, a list of columns, or keys with values")
    for key, schema in (("join", JoinSchema), ("constant", ConstantSchema), ("split", SplitSchema)):
        if key in said:
            return _loaded(schema(), said)
    return _loaded(ColumnSchema(), said)


def _loaded(schema: Schema, said: Mapping[str, Any]) -> Mapped:
    loaded: Mapped = schema.load(said)
    return loaded


class _Strict(Schema):
    column = Word(required=True)
    strict = fields.Boolean(truthy={True}, falsy={False}, load_default=False)


def _is_date_format(written: str) -> None:
    if not is_date_format(written):
        raise ValidationError(DATE_FORMAT)


class ColumnSchema(_Strict):
    """`{column, format, strict}`: a column, of dates when it has a format or is strict."""

    format = fields.String(validate=_is_date_format)

    @post_load
    def _make(self, data: dict[str, Any], **_: Any) -> Mapped:  # noqa: ANN401
        if "format" not in data and not data["strict"]:
            return Columns((data["column"],))
        return DateColumn(data["column"], data.get("format"), data["strict"])


def _has_groups(pattern: str) -> None:
    try:
        groups = re.compile(pattern).groupindex
    except (re.error, RecursionError, OverflowError) as error:
        raise ValidationError(f"is no regular expression: {error}") from None
    if not groups:
        raise ValidationError("needs a group for each attribute, such as (?P<family_name>.+)")


class SplitSchema(_Strict):
    """`{column, split, strict}`: a column and the pattern that takes it apart."""

    split = fields.String(required=True, validate=_has_groups)

    @post_load
    def _make(self, data: dict[str, Any], **_: Any) -> Split:  # noqa: ANN401
        return Split(data["column"], data["split"], data["strict"])


class JoinSchema(Schema):
    """`{join, with}`: columns, and what comes between them."""

    join = fields.List(Word(), required=True, validate=validate.Length(min=1))
    between = fields.String(data_key="with", load_default=" ")

    @post_load
    def _make(self, data: dict[str, Any], **_: Any) -> Joined:  # noqa: ANN401
        return Joined(tuple(data["join"]), data["between"])


class ConstantSchema(Schema):
    """`{constant}`: the same value for every record."""

    constant = Word(required=True)

    @post_load
    def _make(self, data: dict[str, Any], **_: Any) -> Constant:  # noqa: ANN401
        return Constant(data["constant"])
