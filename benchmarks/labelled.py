"""Labelled data: where each set is, how it becomes records, and what is known to be true about it.

The published sets lie in the folder that `MDM_DATA_DIR` names (`../shared/data` from the project's
root without it).  A file that is not there is fetched through `splink.splink_datasets`.
"""

import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError

import duckdb
from splink import splink_datasets
from splink.internals.datasets.splink_datasets import datasets_cache_dir

from demo.bank import TRUTH_FILE, write_bank
from mdm.model.rules.load import load_rules
from mdm.model.rules.rules import Rules
from mdm.sources import SourcesConfig, load_sources

ROOT = Path(__file__).parent.parent
RULES = Path(__file__).parent / "rules"


class DataMissingError(Exception):
    """A labelled file is not there and cannot be fetched; the message says where it belongs."""


@dataclass(frozen=True)
class Laid:
    """A data set laid out in a folder: rules and sources to ingest it by, and its labels file."""

    rules: Rules
    sources: SourcesConfig
    labels: Path


@dataclass(frozen=True)
class Published:
    """A published set: its file, its name in `splink_datasets`, a SELECT that makes its labels.

    `name` is also that of its two files in `benchmarks/rules` and of its source there.
    """

    name: str
    file: str
    splink_name: str
    labels: str

    def lay_out(self, directory: Path) -> Laid:
        """Put the set into an empty folder; DataMissingError when there is no file."""
        data = directory / self.file
        shutil.copyfile(self.path(), data)
        labels = directory / "labels.parquet"
        with duckdb.connect() as connection:
            connection.execute(
                f"copy (select '{self.name}' as source, {self.labels} from '{data}') to '{labels}'"
            )
        rules = load_rules(RULES / f"{self.name}.yaml")
        sources = shutil.copy(RULES / f"{self.name}.sources.yaml", directory)
        return Laid(rules, load_sources(Path(sources), rules), labels)

    def path(self) -> Path:
        """Tell where the file is; fetch it when it is not in the folder of labelled data."""
        local = data_directory() / self.file
        return local if local.is_file() else self._fetched(local)

    def _fetched(self, local: Path) -> Path:
        try:
            getattr(splink_datasets, self.splink_name)
        except (URLError, OSError) as error:
            raise DataMissingError(
                f"{self.name}: there is no {local} (MDM_DATA_DIR names another folder), and "
                f"splink_datasets cannot fetch it: {error}"
            ) from error
        return Path(datasets_cache_dir) / f"{self.splink_name}{local.suffix}"


@dataclass(frozen=True)
class Bank:
    """The demo's bank, made anew with its six sources; matched by the shipped rules."""

    name: str = "bank"

    def lay_out(self, directory: Path) -> Laid:
        """Put the bank's data and its truth into an empty folder."""
        data = directory / "data"
        write_bank(data)
        rules = load_rules()
        sources = shutil.copy(ROOT / "demo" / "sources.yaml", directory)
        return Laid(rules, load_sources(Path(sources), rules), data / TRUTH_FILE)


def data_directory() -> Path:
    """Tell the folder of labelled data."""
    return Path(os.environ.get("MDM_DATA_DIR") or ROOT.parent / "shared" / "data")


HISTORICAL = Published(
    name="historical",
    file="historical_figures_with_errors_50k.parquet",
    splink_name="historical_50k",
    labels="unique_id as key, cluster as entity",
)
FEBRL3 = Published(
    name="febrl3",
    file="febrl3.csv",
    splink_name="febrl3",
    labels="rec_id as key, split_part(rec_id, '-', 2) as entity",
)
FAKE_1000 = Published(
    name="fake_1000",
    file="fake_1000.csv",
    splink_name="fake_1000",
    labels="unique_id as key, cluster as entity",
)
PUBLISHED = (HISTORICAL, FEBRL3, FAKE_1000)
