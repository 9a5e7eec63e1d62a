"""Which reviews a page is about: the filters of the queue, which go along from page to page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import request
from marshmallow import ValidationError

from api.review_schemas import ChosenReviews, chosen
from mdm.model.reviews import ReviewFilter

FIELDS = (
    "kind",
    "source",
    "attribute",
    "min_weight",
    "max_weight",
    "opened_from",
    "opened_to",
    "assignee",
    "deferred",
)


@dataclass(frozen=True)
class Choice:
    """The filters as they were given, what they mean, and what is wrong with which.

    With faults, `filter` is that of everything.
    """

    given: Mapping[str, str]
    filter: ReviewFilter
    faults: Mapping[str, Sequence[str]]


def choice() -> Choice:
    """Read the filters from the address, or from a form that carries them along."""
    given = {name: request.values.get(name, "").strip() for name in FIELDS}
    given = {name: text for name, text in given.items() if text}
    try:
        return Choice(given, chosen(ChosenReviews().load(given)), {})
    except ValidationError as error:
        faults: Mapping[str, Sequence[str]] = error.messages_dict
        return Choice(given, ReviewFilter(), faults)
