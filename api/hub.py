"""What the API needs of the hub."""

from collections.abc import Mapping
from typing import Protocol

from flask import current_app

from mdm.model.views import Matches
from mdm.reading import Reading

EXTENSION = "mdm"


class Matching(Protocol):
    """Whoever tells whether a customer is known."""

    def match(self, given: Mapping[str, object], *, limit: int, explain: bool) -> Matches:
        """Rank the golden records that a record with these attributes may belong to."""
        ...


class Hub(Protocol):
    """Whoever gives readers their answers."""

    @property
    def reading(self) -> Reading:
        """What readers can ask."""
        ...

    @property
    def matching(self) -> Matching:
        """What tells whether a customer is known."""
        ...


def reading() -> Reading:
    """Give what readers can ask of the hub that the present app serves."""
    hub: Hub = current_app.extensions[EXTENSION]
    return hub.reading


def matching() -> Matching:
    """Give what tells whether a customer is known, of the hub that the present app serves."""
    hub: Hub = current_app.extensions[EXTENSION]
    return hub.matching
