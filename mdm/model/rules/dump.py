"""From `Rules` to the text of a whole rules file.

Guarantees: `rules_from_text(dump_rules(rules), ...) == rules` for all rules that a file can say;
sections, attributes and keys always come in the same order; a level stands on one line.
"""

import math
import re
from collections.abc import Mapping
from typing import Any

import yaml

from mdm.model.rules.rules import Attribute, BlockingRule, Comparison, Level, Rules
from mdm.model.rules.vocabulary import MANY_BY_KIND

WIDTH = 90
"""Letters, about, in a line of placeholders; other lists stay on one line, however long."""

_MAP, _LIST = "tag:yaml.org,2002:map", "tag:yaml.org,2002:seq"


def dump_rules(rules: Rules) -> str:
    """Write rules as YAML, everything spelled out, a blank line between sections."""
    sections: dict[str, object] = {
        "entity": rules.entity,
        "attributes": {each.name: _attribute(each) for each in rules.attributes},
        "placeholders": _OneLine(rules.placeholders),
        "blocking": [_blocking_rule(rule) for rule in rules.blocking],
        "comparisons": {each.name: _comparison(each) for each in rules.comparisons},
        "training": {
            "blocks": [_OneLine(terms) for terms in rules.training.blocks],
            "deterministic": [_OneLine(terms) for terms in rules.training.deterministic],
            "recall": rules.training.recall,
        },
        "thresholds": {"link": rules.link_bits, "review": rules.review_bits},
        "survivorship": {
            "default": _OneLine(rules.survivorship.default),
            "attributes": _one_line_each(rules.survivorship.attributes),
            "groups": _one_line_each(rules.survivorship.groups),
        },
    }
    return "\n".join(_yaml({name: section}) for name, section in sections.items())


class _OneLine:
    """A list or mapping that is written on one line."""

    def __init__(self, content: tuple[str, ...] | dict[str, Any]) -> None:
        self.content = content


def _one_line_each(lists: Mapping[str, tuple[str, ...]]) -> dict[str, _OneLine]:
    return {name: _OneLine(words) for name, words in lists.items()}


def _attribute(attribute: Attribute) -> dict[str, Any]:
    entry: dict[str, Any] = {"kind": attribute.kind.value}
    if attribute.many or attribute.kind in MANY_BY_KIND:
        entry["many"] = attribute.many
    if attribute.once:
        entry["once"] = True
    if attribute.date_format is not None:
        entry["format"] = attribute.date_format
    if attribute.region is not None:
        entry["region"] = attribute.region
    entry["standardise"] = _OneLine(attribute.standardise)
    entry["placeholders"] = _OneLine(attribute.placeholders)
    return entry


def _blocking_rule(rule: BlockingRule) -> _OneLine:
    if rule.name == " + ".join(rule.on):
        return _OneLine(rule.on)
    return _OneLine({"name": rule.name, "on": rule.on})


def _comparison(comparison: Comparison) -> dict[str, Any]:
    entry: dict[str, Any] = {}
    if comparison.beside:
        any_of = [_OneLine(dict(when)) for when in comparison.beside.any_of]
        entry["beside"] = {"name": comparison.beside.name, "any_of": any_of}
    entry["levels"] = [_level(level) for level in comparison.levels]
    otherwise = _given(m=comparison.else_m, u=comparison.else_u, beside_u=comparison.else_beside_u)
    return entry | ({"else": _OneLine(otherwise)} if otherwise else {})


def _level(level: Level) -> _OneLine:
    numbers = _given(
        term_frequency=level.term_frequency, m=level.m, u=level.u, beside_u=level.beside_u
    )
    return _OneLine({"when": dict(level.when), **numbers})


def _given(**values: object) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}


class _Dumper(yaml.SafeDumper):
    """Writes what `mdm.model.yaml_file` reads: text needs quotes only where it reads `true`."""

    yaml_implicit_resolvers: dict[str, Any] = {}  # noqa: RUF012 - as PyYAML declares it

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        """Indent lists below their key, too."""
        del indentless
        super().increase_indent(flow, indentless=False)

    def ignore_aliases(self, data: object) -> bool:
        """Write everything out: the reader takes no anchors."""
        del data
        return True

    def write_plain(self, text: str, split: bool = True) -> None:
        """Keep a value of several words on one line."""
        del split
        super().write_plain(text, split=False)

    def one_line(self, data: _OneLine) -> yaml.Node:
        """Write a list or mapping in braces."""
        if isinstance(data.content, dict):
            return self.represent_mapping(_MAP, data.content, flow_style=True)
        return self.represent_sequence(_LIST, data.content, flow_style=True)

    def number(self, data: float) -> yaml.Node:
        """Write a number with all its digits, as plain as text."""
        return self.represent_str(f"{data:.0f}" if data.is_integer() else repr(data))


_Dumper.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile("true|false$"), ["t", "f"])
_Dumper.add_implicit_resolver("tag:yaml.org,2002:null", re.compile("$"), [""])
_Dumper.add_representer(_OneLine, _Dumper.one_line)
_Dumper.add_representer(tuple, lambda dumper, data: dumper.one_line(_OneLine(data)))
_Dumper.add_representer(float, _Dumper.number)


def _yaml(section: Mapping[str, object]) -> str:
    width = WIDTH if section.keys() & {"attributes", "placeholders"} else math.inf
    return yaml.dump(
        section,
        Dumper=_Dumper,
        sort_keys=False,
        allow_unicode=True,
        default_flow_style=False,
        width=width,
    )
