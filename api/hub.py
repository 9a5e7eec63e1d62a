"""What the API needs of the hub."""

from typing import Protocol

from flask import current_app

from mdm.reading import Reading

EXTENSION = "mdm"


class Hub(Protocol):
    """Whoever gives readers their answers."""

    @property
    def reading(self) -> Reading:
        """What readers can ask."""
        ...


def reading() -> Reading:
    """Give what readers can ask of the hub that the present app serves."""
    hub: Hub = current_app.extensions[EXTENSION]
    return hub.reading
