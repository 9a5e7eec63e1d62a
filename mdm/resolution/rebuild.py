"""Rebuild: make everything derived again from what is kept, by the rules of a resolve.

Nothing derived is trusted: values are standardised and keys are made anew, all pairs are scored and
compared with those that are kept.  What is right stays as it is, so that a golden record that says
what it should keeps its version, and one that is mended gets the next.
"""

from mdm.model.errors import NothingToDo
from mdm.model.models import ModelVersion
from mdm.model.progress import SILENT, Progress
from mdm.resolution.resolve import Resolution, until_published
from mdm.store import Store, Transaction, models


def rebuild(store: Store, *, progress: Progress = SILENT) -> Resolution:
    """Make everything derived again with the active model version, in one transaction.

    Records that wait for a resolve are resolved too.  NothingToDo before the first resolve.
    """
    return until_published(store, active_version, progress, anew=True)


def active_version(tx: Transaction) -> ModelVersion:
    """Read the version that was published with; NothingToDo before the first resolve."""
    active = models.active(tx)
    if active is None:
        raise NothingToDo("nothing was published yet: run `mdm resolve` first")
    return active
