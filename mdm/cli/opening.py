"""Opening the hub that the settings name."""

import os
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console

from mdm.model.progress import SILENT, Progress
from mdm.progress import progress_on

if TYPE_CHECKING:
    from mdm.hub import Hub
    from mdm.store import Store

DATABASE_URL = "MDM_DATABASE_URL"
DEFAULT_DATABASE = "sqlite:///mdm.db"

_REQUEST_PATIENCE = 10.0
"""Seconds that a request waits for another writer before it is answered with 503."""


def database_url() -> str:
    """Tell which database the settings name."""
    return os.environ.get(DATABASE_URL) or DEFAULT_DATABASE


def open_hub(rules: Path | None = None, *, console: Console | None = None) -> "Hub":
    """Open the hub over its rules; progress goes to the console."""
    from mdm.store import Store

    store = Store(database_url())
    return _hub(store, rules, progress_on(console or Console(stderr=True)))


def hub_of_requests(rules: Path | None) -> "Hub":
    """Open a hub for requests: nobody watches its progress, and nobody waits for minutes."""
    from mdm.store import Store

    return _hub(Store(database_url(), patience=_REQUEST_PATIENCE), rules, SILENT)


def _hub(store: "Store", rules: Path | None, progress: Progress) -> "Hub":
    # what stands below the hub takes seconds to import: `mdm --help` does without
    from mdm.hub import Hub
    from mdm.model.rules.load import load_rules

    return Hub(store, load_rules(rules), progress)
