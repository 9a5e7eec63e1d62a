"""Users: people who log in, and what their names and passwords must be."""

import re
from dataclasses import dataclass

USER_NAME = re.compile(r"[a-z0-9][a-z0-9._@-]{0,63}")
USER_NAME_RULE = "must be 1 to 64 of a-z, 0-9, '.', '_', '@', '-', a letter or digit first"
SHORTEST_PASSWORD = 12
LONGEST_PASSWORD = 1024
"""Characters; hashing a longer one would be a way to keep the server busy."""


@dataclass(frozen=True)
class User:
    """Somebody who may log in, unless `disabled_at` is a time.

    `generation` counts how often all sessions were ended: a session of another one is over.
    """

    name: str
    generation: int
    created_at: str
    disabled_at: str | None
