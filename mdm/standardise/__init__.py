"""Standardising: any value in, its one form out; pure functions of a value, no I/O.

`Standardiser` applies the rules' steps and placeholders to records and columns; the steps
themselves, features and nicknames are in the modules beside it.
"""

from mdm.standardise.dates import parse_date
from mdm.standardise.features import feature
from mdm.standardise.nicknames import nickname_group
from mdm.standardise.standardiser import Standardiser

__all__ = ["Standardiser", "feature", "nickname_group", "parse_date"]
