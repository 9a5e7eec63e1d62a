"""What a review shows side by side: golden records, or the records of one, attribute by attribute.

In: a review.  Out: columns and rows for the page, with every difference marked.  Values agree when
they are the same once they are standardised, as matching has them: `+44 20 7946 0018` is what
`020 7946 0018` is.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from api.steward import naming
from api.steward.differences import Agreement, Piece, agreement, pieces
from mdm.model.inside import Member
from mdm.model.previews import Preview
from mdm.model.records import Attributes, RecordRef
from mdm.model.reviews import Review
from mdm.model.rules.rules import Rules

MOST_SIDES = 5

Forms = Callable[[str, Sequence[str]], Sequence[str | None]]
"""Brings values of an attribute to the form that they are compared in, None for no use."""


@dataclass(frozen=True)
class Side:
    """A column: a golden record (`golden_id`) with its records, or one source record."""

    name: str
    golden_id: str | None
    members: Sequence[Member]
    attributes: Attributes
    provenance: Mapping[str, Any]


@dataclass(frozen=True)
class Value:
    """A value in a column, cut where it differs from the first column's; who says so."""

    pieces: Sequence[Piece]
    members: Sequence[Member]


@dataclass(frozen=True)
class Row:
    """An attribute across the columns; `merged` is what a merge would give."""

    title: str
    agreement: Agreement
    cells: Sequence[Sequence[Value]]
    merged: str | None


def sides(review: Review, rules: Rules) -> list[Side]:
    """Give the columns: both golden records, or the first MOST_SIDES records of the one."""
    if review.summary.kind == "cluster":
        return [
            Side(
                name=naming.called(record.attributes, rules),
                golden_id=None,
                members=[review.members[record.ref]],
                attributes=record.attributes,
                provenance={},
            )
            for record in review.records[:MOST_SIDES]
        ]
    return [
        Side(
            name=naming.called(each.attributes, rules),
            golden_id=each.golden_id,
            members=[review.members[entry.ref] for entry in each.crosswalk],
            attributes=each.attributes,
            provenance=each.provenance,
        )
        for each in review.golden_records
    ]


def rows(
    columns: Sequence[Side],
    members: Mapping[RecordRef, Member],
    rules: Rules,
    forms: Forms,
    merge: Preview | None = None,
) -> list[Row]:
    """Give the attributes that any column has, in the order of the rules."""
    after = merge.golden_records[0].attributes if merge else None
    found = []
    for attribute in rules.attributes:
        name = attribute.name
        lists = [_listed(column.attributes.get(name)) for column in columns]
        if not any(lists):
            continue
        form = _forms(forms, name, lists)
        cells = [
            [
                Value(_cut(text, lists, at, form), _said(column, members, name, place))
                for place, text in enumerate(texts)
            ]
            for at, (column, texts) in enumerate(zip(columns, lists, strict=True))
        ]
        merged = None if after is None else naming.text(after.get(name) or "")
        found.append(Row(naming.title(name), _agreement(lists, form), cells, merged))
    return found


def _listed(value: str | Sequence[str] | None) -> list[str]:
    if not value:
        return []
    return [value] if isinstance(value, str) else list(value)


def _forms(forms: Forms, name: str, lists: Sequence[Sequence[str]]) -> Mapping[str, str]:
    """Tell the form of each value; what is of no use for matching stands for itself."""
    texts = [text for listed in lists for text in listed]
    found = zip(texts, forms(name, texts), strict=True)
    return {text: form or text.casefold() for text, form in found}


def _agreement(lists: Sequence[Sequence[str]], form: Mapping[str, str]) -> Agreement:
    """Tell how columns agree; of several values one in common is enough."""
    said = [{form[text] for text in texts} for texts in lists if texts]
    if len(said) > 1 and set.intersection(*said):
        return "same"
    return agreement([texts[0] if texts else "" for texts in lists])


def _cut(
    text: str, lists: Sequence[Sequence[str]], at: int, form: Mapping[str, str]
) -> list[Piece]:
    """Cut a value where it differs from the like of it in the first other column that has any."""
    others = [texts for place, texts in enumerate(lists) if place != at and texts]
    if not others:
        return pieces(text, "")
    if any(form[other] == form[text] for other in others[0]):
        return pieces(text, text)
    return pieces(text, others[0][0])


def _said(column: Side, members: Mapping[RecordRef, Member], name: str, place: int) -> list[Member]:
    """Tell which record a value came from: of a golden record by its provenance."""
    if column.golden_id is None:
        return []
    entry = column.provenance.get(name)
    if isinstance(entry, list):
        entry = entry[place] if place < len(entry) else None
    found = members.get(RecordRef(entry["source"], entry["key"])) if entry else None
    return [found] if found else []
