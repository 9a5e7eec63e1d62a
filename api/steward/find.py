"""Find: a customer by any attribute, golden ID or department's key, spelled as people spell."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import Response, request

from api.hub import hub, reading
from api.steward import naming
from api.steward.pages import blueprint, page
from api.steward.provenance import in_order
from mdm.model.errors import RecordInvalid
from mdm.model.explanation import Part
from mdm.model.finding import LONGEST_TEXT, Finding, Hit
from mdm.model.records import RecordRef
from mdm.model.rules.vocabulary import NAMES

MOST = 20
"""Golden records that are shown: whoever does not find it among them tells more of it."""
MOST_VALUES = 7
"""Values of a golden record that are shown beside its name."""
_ATTRIBUTE, _OF_RULES = "attributes.", "a."
"""What stands before an attribute's name: in a fault, in the address."""
_FELT = 0.05
"""Bits from which a comparison is told."""


@dataclass(frozen=True)
class Asked:
    """What a steward asked for: a line of text, or a record's key, or attributes."""

    text: str
    source: str
    key: str
    attributes: Mapping[str, str]

    def __bool__(self) -> bool:
        """Tell whether anything was asked."""
        return bool(self.text or self.source or self.key or self.attributes)


@dataclass(frozen=True)
class Shown:
    """A hit as it is shown: what it is called, some of its values, what agrees and what differs."""

    hit: Hit
    name: str
    values: Sequence[tuple[str, str]]
    fit: str
    agrees: Sequence[Part]
    differs: Sequence[Part]


@blueprint.get("/find")
def find() -> Response:
    """Ask for a customer, and show who it may be."""
    asked = _asked()
    finding, faults = _found(asked)
    return page(
        "find.html",
        422 if faults else 200,
        asked=asked,
        faults=faults,
        finding=finding,
        hits=[_shown(hit, finding) for hit in finding.hits],
        most=MOST,
        longest=LONGEST_TEXT,
        sources=reading().source_names(),
        attributes=[(each.name, naming.title(each.name)) for each in hub().rules.attributes],
    )


def _asked() -> Asked:
    given = {each.name: _given(_OF_RULES + each.name) for each in hub().rules.attributes}
    return Asked(
        text=_given("q"),
        source=_given("source"),
        key=_given("key"),
        attributes={name: text for name, text in given.items() if text},
    )


def _given(name: str) -> str:
    return request.args.get(name, "").strip()


def _found(asked: Asked) -> tuple[Finding, Mapping[str, Sequence[str]]]:
    """Find what was asked for, or tell which field is at fault."""
    if asked.text:
        return hub().finding.by_text(asked.text, limit=MOST), {}
    if asked.key and asked.source:
        return hub().finding.by_key(RecordRef(asked.source, asked.key)), {}
    if asked.key or asked.source:
        missing = "source" if asked.key else "key"
        return Finding(), {missing: ["A record is found by its source and its key together."]}
    if not asked.attributes:
        return Finding(), {}
    try:
        return hub().finding.by_attributes(asked.attributes, limit=MOST), {}
    except RecordInvalid as error:
        names = [fault.field.replace(_ATTRIBUTE, _OF_RULES) for fault in error.faults]
        told = [[f"{fault.message[:1].upper()}{fault.message[1:]}."] for fault in error.faults]
        return Finding(), dict(zip(names, told, strict=True))


def _shown(hit: Hit, finding: Finding) -> Shown:
    rules = hub().rules
    attributes = hit.golden_record.attributes
    named = {each.name for each in rules.attributes if each.kind in NAMES}
    names = in_order(attributes.keys() - named, [each.name for each in rules.attributes])
    return Shown(
        hit=hit,
        name=naming.called(attributes, rules),
        values=[
            (naming.title(name), naming.text(attributes[name])) for name in names[:MOST_VALUES]
        ],
        fit=_fit(hit, finding),
        agrees=[part for part in hit.parts[1:] if part.bits >= _FELT],
        differs=[part for part in hit.parts[1:] if part.bits <= -_FELT],
    )


def _fit(hit: Hit, finding: Finding) -> str:
    """Say how well a golden record fits what was asked, by the model's thresholds."""
    if hit.weight_bits is None or finding.link_bits is None or finding.review_bits is None:
        return "exact"
    if hit.weight_bits >= finding.link_bits:
        return "strong"
    return "fair" if hit.weight_bits >= finding.review_bits else "slight"
