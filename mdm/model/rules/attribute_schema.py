"""The schema of one attribute of a rules file, and what fits which kind."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from marshmallow import Schema, ValidationError, fields, validates_schema
from phonenumbers import SUPPORTED_REGIONS

from mdm.model.rules.fields import (
    KindsByName,
    OneOf,
    Several,
    check_fit,
    check_text,
    list_in,
    mapping_in,
    raise_all,
)
from mdm.model.rules.rules import Kind
from mdm.model.rules.vocabulary import DATES, STEPS

_REGIONAL = frozenset({Kind.PHONE, Kind.POSTAL_CODE})
_KINDS = {kind.value: kind for kind in Kind}
DATE_FORMAT = "must be a strptime format with day, month and year: %d/%m/%Y"
"""What is said of a date format that loses part of the date."""


def _yes_or_no() -> fields.Boolean:
    return fields.Boolean(truthy={True}, falsy={False})


class AttributeSchema(Schema):
    """One entry of `attributes`; in short, its kind alone."""

    kind = fields.String(required=True, validate=OneOf(_KINDS, "kind"))
    many = _yes_or_no()
    once = _yes_or_no()
    format = fields.String(validate=check_text)
    region = fields.String()
    standardise = Several(fields.String(validate=OneOf(STEPS, "standardising step")), least=0)
    placeholders = Several(fields.String(validate=check_text), least=0)

    @validates_schema(pass_original=True, skip_on_field_errors=False)
    def _fits_kind(self, _: object, original: object, **__: object) -> None:
        kind = _kind(original)
        if kind is not None:
            raise_all(dict(_misfits(mapping_in(original), kind)))


def _misfits(written: Mapping[str, Any], kind: Kind) -> Iterator[tuple[str, Any]]:
    """Name the keys of an attribute that do not fit its kind."""
    if "format" in written:
        if kind not in DATES:
            yield "format", [f"only dates have a format, and this is a {kind}: leave it out"]
        elif not is_date_format(written["format"]):
            yield "format", [DATE_FORMAT]
    if "region" in written:
        if kind not in _REGIONAL:
            yield "region", [f"only {' and '.join(sorted(_REGIONAL))} have one: leave it out"]
        elif written["region"] not in SUPPORTED_REGIONS:
            yield "region", ["must be a country's two letters in ISO 3166: GB, DE, ..."]
    if written.get("once") is True and kind is not Kind.IDENTIFIER:
        yield "once", [f"only an identifier is had once for life, and this is a {kind}"]
    if written.get("once") is True and written.get("many") is True:
        yield "many", ["an attribute that a person has once cannot have many values"]
    steps = dict(_unfit_steps(written.get("standardise"), kind))
    if steps:
        yield "standardise", steps


def _unfit_steps(steps: object, kind: Kind) -> Iterator[tuple[int, list[str]]]:
    for at, step in enumerate(list_in(steps)):
        if isinstance(step, str) and step in STEPS:
            try:
                check_fit(step, STEPS, kind, what="standardising step")
            except ValidationError as error:
                yield at, [str(message) for message in error.messages]


def is_date_format(written: object) -> bool:
    """Whether a date written in this form is read back as the same date."""
    probe = datetime(2003, 4, 25)
    try:
        text = probe.strftime(str(written))
        return datetime.strptime(text, str(written)).date() == probe.date()
    except ValueError:
        return False


def kinds_in(data: object) -> KindsByName:
    """Read off the attributes and their kinds, as far as they can be read, before validation."""
    written = mapping_in(data).get("attributes")
    if not isinstance(written, Mapping):
        return None
    return {name: _kind(value) for name, value in written.items()}


def _kind(written: object) -> Kind | None:
    said = written.get("kind") if isinstance(written, Mapping) else written
    return _KINDS.get(said) if isinstance(said, str) else None
