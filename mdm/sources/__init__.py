"""Departments' data: what `sources.yaml` says of it, reading it, and making records of its rows."""

from mdm.sources.config import SourceConfig, SourcesConfig
from mdm.sources.load import load_sources
from mdm.sources.mapping import MappedBatch, Mapping
from mdm.sources.opening import open_source

__all__ = [
    "MappedBatch",
    "Mapping",
    "SourceConfig",
    "SourcesConfig",
    "load_sources",
    "open_source",
]
