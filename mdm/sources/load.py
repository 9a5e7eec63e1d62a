"""A sources file in, its value objects out, or everything that is wrong with it."""

from pathlib import Path

from mdm.model.rules.rules import Rules
from mdm.model.yaml_file import read_yaml, validate
from mdm.sources.config import SourcesConfig
from mdm.sources.mapped import Known, Setting
from mdm.sources.schema import SourcesSchema, source_config


def load_sources(path: Path, rules: Rules) -> SourcesConfig:
    """Read and check a sources file against the rules whose attributes it fills.

    Relative paths in it are relative to the file.  FileInvalid lists all its faults, each with
    its line.  No source is opened: a missing file or database shows when it is ingested.
    """
    with Known(Setting(path.resolve().parent, rules)):
        data = validate(read_yaml(path), SourcesSchema())
    sources = (source_config(name, said) for name, said in data["sources"].items())
    return SourcesConfig(path, tuple(sources))
