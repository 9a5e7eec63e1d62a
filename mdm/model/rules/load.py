"""From a rules file to `Rules`: read, validate, fill in what the kinds say, name the content.

In: a file, a text, or nothing for the rules that are shipped.  Out: complete `Rules`; the same
content, however it is laid out or commented, has the same `rules_hash`.
"""

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import asdict, replace
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

from mdm.model.errors import FileInvalid
from mdm.model.rules.attribute_schema import kinds_in
from mdm.model.rules.fields import Known
from mdm.model.rules.kinds import defaults_for
from mdm.model.rules.predicates import canonical
from mdm.model.rules.rules import (
    Attribute,
    Beside,
    BlockingRule,
    Comparison,
    Kind,
    Level,
    Rules,
    Survivorship,
    Training,
)
from mdm.model.rules.schema import RulesSchema, blocking_name
from mdm.model.rules.vocabulary import MANY_BY_KIND
from mdm.model.yaml_file import YamlFile, parse_yaml, read_yaml, validate

DEFAULT_ENTITY = "person"


def load_rules(path: Path | None = None) -> Rules:
    """Load a rules file; without one, that of `MDM_RULES`, else the shipped `person.yaml`.

    FileInvalid: with every problem of the file, in the order of its lines.
    """
    if path is None and not os.environ.get("MDM_RULES"):
        with as_file(files("matching_rules") / "person.yaml") as shipped:
            return _rules(read_yaml(shipped))
    return _rules(read_yaml(path or Path(os.environ["MDM_RULES"])))


def rules_from_text(text: str, name: str) -> Rules:
    """Load rules that were kept as text, such as a model version's; `name` is for messages."""
    return _rules(parse_yaml(text, name))


def named(rules: Rules) -> Rules:
    """Give rules the hash of their content: SHA-256 over it as canonical JSON."""
    content = asdict(replace(rules, rules_hash=""))
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return replace(rules, rules_hash=hashlib.sha256(text.encode()).hexdigest())


def _rules(file: YamlFile) -> Rules:
    with Known(kinds_in(file.data)):
        written = validate(file, RulesSchema())
        sections = {**_from_kinds(written), **written}
    empty = [name for name in ("blocking", "comparisons") if not sections.get(name)]
    if empty:
        message = "nothing follows from kinds such as these: write this section, or add attributes"
        raise FileInvalid([replace(file.problem(("attributes",), message), key=empty[0])])
    return named(_built(sections))


def _from_kinds(written: Mapping[str, Any]) -> dict[str, Any]:
    """Fill in what attributes leave out, and write the sections that the file leaves out.

    The schema checks them like the file's own.
    """
    attributes = _attributes(written["attributes"])
    sections = defaults_for(written.get("entity", DEFAULT_ENTITY), attributes)
    completions = sections.pop("attributes")
    for attribute in attributes:
        entry = written["attributes"][attribute.name]
        entry.update({**completions[attribute.name], **entry})
    filled = {
        name: section for name, section in sections.items() if section and name not in written
    }
    checked: dict[str, Any] = RulesSchema(partial=("attributes",)).load(filled)
    return checked


def _built(sections: Mapping[str, Any]) -> Rules:
    thresholds = sections["thresholds"]
    return Rules(
        entity=sections.get("entity", DEFAULT_ENTITY),
        attributes=_attributes(sections["attributes"]),
        placeholders=tuple(sections.get("placeholders", ())),
        blocking=tuple(_blocking_rule(rule) for rule in sections["blocking"]),
        comparisons=tuple(
            _comparison(name, entry) for name, entry in sections["comparisons"].items()
        ),
        training=_training(sections["training"]),
        link_bits=thresholds["link"],
        review_bits=thresholds["review"],
        survivorship=_survivorship(sections["survivorship"]),
        rules_hash="",
    )


def _attributes(entries: Mapping[str, Mapping[str, Any]]) -> tuple[Attribute, ...]:
    return tuple(_attribute(name, entry) for name, entry in entries.items())


def _attribute(name: str, entry: Mapping[str, Any]) -> Attribute:
    kind = Kind(entry["kind"])
    return Attribute(
        name=name,
        kind=kind,
        many=entry.get("many", kind in MANY_BY_KIND),
        once=entry.get("once", False),
        date_format=entry.get("format"),
        region=entry.get("region"),
        standardise=tuple(entry.get("standardise", ())),
        placeholders=tuple(entry.get("placeholders", ())),
    )


def _blocking_rule(rule: Mapping[str, Any]) -> BlockingRule:
    return BlockingRule(name=str(blocking_name(rule)), on=tuple(rule["on"]))


def _comparison(name: str, entry: Mapping[str, Any]) -> Comparison:
    otherwise = entry.get("else_", {})
    return Comparison(
        name=name,
        levels=tuple(_level(level) for level in entry["levels"]),
        else_m=otherwise.get("m"),
        else_u=otherwise.get("u"),
        else_beside_u=otherwise.get("beside_u"),
        beside=_beside(entry.get("beside")),
    )


def _beside(entry: Mapping[str, Any] | None) -> Beside | None:
    if entry is None:
        return None
    return Beside(entry["name"], tuple(_when(when) for when in entry["any_of"]))


def _when(written: Mapping[str, str]) -> dict[str, str]:
    return {name: canonical(predicate) for name, predicate in written.items()}


def _level(level: Mapping[str, Any]) -> Level:
    return Level(
        when=_when(level["when"]),
        term_frequency=level.get("term_frequency"),
        m=level.get("m"),
        u=level.get("u"),
        beside_u=level.get("beside_u"),
    )


def _training(section: Mapping[str, Any]) -> Training:
    return Training(
        blocks=tuple(tuple(terms) for terms in section["blocks"]),
        deterministic=tuple(tuple(terms) for terms in section["deterministic"]),
        recall=section["recall"],
    )


def _survivorship(section: Mapping[str, Any]) -> Survivorship:
    def as_tuples(lists: Mapping[str, list[str]]) -> dict[str, tuple[str, ...]]:
        return {name: tuple(words) for name, words in lists.items()}

    return Survivorship(
        default=tuple(section["default"]),
        attributes=as_tuples(section.get("attributes", {})),
        groups=as_tuples(section.get("groups", {})),
    )
