"""The marshmallow schema of a rules file: which keys there are, and what each may say.

In: plain data as `mdm.model.yaml_file` reads it.  Out: the same, checked, with numbers as numbers;
`load.py` makes value objects of it.  Checks across keys look at the data as it was written, so
that they hold, and point at the right place, also when other keys are wrong.
"""

from collections.abc import Mapping
from typing import Any

from marshmallow import Schema, ValidationError, fields, validates_schema

from mdm.model.rules.attribute_schema import AttributeSchema
from mdm.model.rules.fields import (
    OneOf,
    Several,
    ShortForm,
    check_attribute,
    check_name,
    check_probability,
    check_term,
    check_text,
    check_when,
    list_in,
    mapping_in,
    raise_all,
)
from mdm.model.rules.rarity import misplaced
from mdm.model.rules.vocabulary import STRATEGIES

MOST_BITS = 1000.0
"""Thresholds beyond this, either way, are a slip of the pen; weights are kept as micro-bits."""

ROUNDING = 1e-3
"""By how much probabilities that people wrote may add up to more than 1."""


def _terms() -> Several:
    return Several(fields.String(validate=check_term), required=True)


def _strategies(*, required: bool = False) -> Several:
    return Several(fields.String(validate=OneOf(STRATEGIES, "strategy")), required=required)


def _names() -> fields.String:
    return fields.String(validate=check_name)


def _attribute_names() -> fields.String:
    return fields.String(validate=check_attribute)


def _not_empty(mapping: Mapping[str, object] | list[object]) -> None:
    if not mapping:
        raise ValidationError("must not be empty")


def _bits() -> fields.Float:
    return fields.Float(required=True, validate=_check_bits)


def _check_bits(bits: float) -> None:
    if abs(bits) > MOST_BITS:
        raise ValidationError(f"must be bits, from -{MOST_BITS:.0f} to {MOST_BITS:.0f}")


class BlockingSchema(Schema):
    """One blocking rule; in short, its terms alone."""

    name = fields.String(validate=check_text)
    on = _terms()


class LevelSchema(Schema):
    """One level of a comparison."""

    when = fields.Dict(required=True, validate=check_when)
    term_frequency = _attribute_names()
    m = fields.Float(validate=check_probability)
    u = fields.Float(validate=check_probability)
    beside_u = fields.Float(validate=check_probability)

    @validates_schema(pass_original=True, skip_on_field_errors=False)
    def _counts_what_it_sees(self, _: object, original: object, **__: object) -> None:
        level = mapping_in(original)
        when, counted = level.get("when"), level.get("term_frequency")
        if isinstance(when, Mapping) and isinstance(counted, str) and counted not in when:
            seen = ", ".join(map(str, when))
            message = f"must be an attribute that this level's `when` looks at: {seen}"
            raise ValidationError(message, "term_frequency")


class ElseSchema(Schema):
    """The defaults of the last level of a comparison, 'all else differs'."""

    m = fields.Float(validate=check_probability)
    u = fields.Float(validate=check_probability)
    beside_u = fields.Float(validate=check_probability)


class BesideSchema(Schema):
    """What records can have in common beside a comparison."""

    name = fields.String(required=True, validate=check_text)
    any_of = Several(fields.Dict(validate=check_when), required=True)


class ComparisonSchema(Schema):
    """One comparison; its name is the key."""

    beside = fields.Nested(BesideSchema)
    levels = Several(fields.Nested(LevelSchema), required=True)
    else_ = fields.Nested(ElseSchema, data_key="else")

    @validates_schema(skip_on_field_errors=False)
    def _probabilities_add_up(self, data: Mapping[str, Any], **_: object) -> None:
        parts = [*data.get("levels", ()), data.get("else_", {})]
        errors = [
            f"the {name} of all levels and `else` add up to more than 1"
            for name in ("m", "u", "beside_u")
            if sum(part.get(name, 0) for part in parts) > 1 + ROUNDING
        ]
        raise_all({"levels": errors})

    @validates_schema(pass_original=True, skip_on_field_errors=False)
    def _what_is_beside_is_another_thing(self, _: object, original: object, **__: object) -> None:
        written = mapping_in(original)
        levels = list_in(written.get("levels"))
        compared = {name for level in levels for name in mapping_in(mapping_in(level).get("when"))}
        conditions = list_in(mapping_in(written.get("beside")).get("any_of"))
        errors = {
            at: ["looks at nothing but what this comparison compares: name another attribute"]
            for at, when in enumerate(conditions)
            if mapping_in(when) and set(mapping_in(when)) <= compared
        }
        raise_all({"beside": {"any_of": errors} if errors else {}})

    @validates_schema(pass_original=True, skip_on_field_errors=False)
    def _nothing_is_beside_nothing(self, _: object, original: object, **__: object) -> None:
        written = mapping_in(original)
        if "beside" in written:
            return
        message = "says how often others agree beside something: write `beside`, or leave this out"
        levels = {
            at: {"beside_u": [message]}
            for at, level in enumerate(list_in(written.get("levels")))
            if "beside_u" in mapping_in(level)
        }
        otherwise = "beside_u" in mapping_in(written.get("else"))
        raise_all({"levels": levels, "else": {"beside_u": [message]} if otherwise else {}})


class TrainingSchema(Schema):
    """The section `training`."""

    blocks = fields.List(_terms(), required=True)
    deterministic = fields.List(_terms(), required=True)
    recall = fields.Float(required=True, validate=check_probability)


class ThresholdsSchema(Schema):
    """The section `thresholds`."""

    link = _bits()
    review = _bits()

    @validates_schema(skip_on_field_errors=False)
    def _review_is_below_link(self, data: Mapping[str, float], **_: object) -> None:
        if data.get("review", -MOST_BITS) > data.get("link", MOST_BITS):
            message = f"must not be more than link, which is {data['link']:g} bits"
            raise ValidationError(message, "review")


class SurvivorshipSchema(Schema):
    """The section `survivorship`."""

    default = _strategies(required=True)
    attributes = fields.Dict(keys=_attribute_names(), values=_strategies())
    groups = fields.Dict(keys=_names(), values=Several(_attribute_names()))

    @validates_schema(pass_original=True, skip_on_field_errors=False)
    def _groups_are_apart(self, _: object, original: object, **__: object) -> None:
        home: dict[str, str] = {}
        errors: dict[str, dict[str, Any]] = {}
        for group, names in mapping_in(mapping_in(original).get("groups")).items():
            for at, name in enumerate(list_in(names)):
                if home.setdefault(str(name), group) != group:
                    found = errors.setdefault(group, {"value": {}})["value"]
                    found[at] = [f"is already in the group {home[str(name)]!r}: take it out of one"]
        raise_all({"groups": errors})


class RulesSchema(Schema):
    """A whole rules file; only `attributes` must be there."""

    entity = _names()
    attributes = fields.Dict(
        keys=_names(),
        values=ShortForm(AttributeSchema, short="kind"),
        required=True,
        validate=_not_empty,
    )
    placeholders = Several(fields.String(validate=check_text), least=0)
    blocking = Several(ShortForm(BlockingSchema, short="on"))
    comparisons = fields.Dict(
        keys=_names(), values=fields.Nested(ComparisonSchema), validate=_not_empty
    )
    training = fields.Nested(TrainingSchema)
    thresholds = fields.Nested(ThresholdsSchema)
    survivorship = fields.Nested(SurvivorshipSchema)

    @validates_schema(pass_original=True, skip_on_field_errors=False)
    def _names_are_unlike(self, _: object, original: object, **__: object) -> None:
        names = [blocking_name(rule) for rule in list_in(mapping_in(original).get("blocking"))]
        errors = {
            at: [f"has the name of blocking[{names.index(name)}]: give it another one"]
            for at, name in enumerate(names)
            if name is not None and name in names[:at]
        }
        raise_all({"blocking": errors})

    @validates_schema(pass_original=True, skip_on_field_errors=False)
    def _rarity_can_be_counted(self, _: object, original: object, **__: object) -> None:
        raise_all({"comparisons": misplaced(mapping_in(original))})


def blocking_name(rule: object) -> str | None:
    """Name a blocking rule as written: by its `name`, else by its terms; None if it has none."""
    terms = rule
    if isinstance(rule, Mapping):
        if "name" in rule:
            return str(rule["name"])
        terms = rule.get("on")
    return " + ".join(map(str, terms)) if isinstance(terms, list) else None
