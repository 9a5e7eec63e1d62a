"""All data sets that match quality is measured on, by name."""

from collections.abc import Mapping

from benchmarks.labelled import PUBLISHED, Bank, Published
from benchmarks.made import MADE, Made

DataSet = Published | Bank | Made

DATA_SETS: Mapping[str, DataSet] = {each.name: each for each in (*PUBLISHED, Bank(), *MADE)}
