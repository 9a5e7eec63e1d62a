"""From a short rules file to the whole file that it stands for, ready to edit."""

from pathlib import Path

from mdm.model.rules.dump import dump_rules
from mdm.model.rules.load import load_rules

_HEADING = """\
# The whole rules file, written by `mdm rules expand`; matching_rules/README.md explains every key.

"""


def expand(path: Path | None = None) -> str:
    """Write out the whole file that a short one stands for; FileInvalid as in `load_rules`."""
    return _HEADING + dump_rules(load_rules(path))
