"""People who log in: what their names and passwords must be, and when they may try again."""

import re
from dataclasses import dataclass

from mdm.model.errors import MdmError

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


class LoginFailed(MdmError):
    """The name or the password is wrong, or the user is disabled; which of them nobody is told."""

    def __init__(self) -> None:
        super().__init__("the name or the password is wrong: try again")


class LoginThrottled(MdmError):
    """Too many attempts failed; `seconds` tells after how many the next one is looked at."""

    def __init__(self, seconds: int) -> None:
        minutes = -(-seconds // 60)
        several = "a minute" if minutes == 1 else f"{minutes} minutes"
        super().__init__(f"too many attempts failed: wait {several}, then try again")
        self.seconds = seconds
