"""A small department for tests: rules with one attribute of each shape, a source, its rows."""

from pathlib import Path

from mdm.model.rules.load import rules_from_text
from mdm.model.rules.rules import Rules
from mdm.sources import MappedBatch, Mapping, SourceConfig, SourcesConfig, load_sources, open_source
from mdm.standardise import Standardiser

RULES = """
attributes:
  given_name: {kind: given_name}
  family_name: {kind: family_name}
  date_of_birth: {kind: date_of_birth}
  email: {kind: email}
  street_address: {kind: street_address}
  country: {kind: category}
"""

PLAIN = "{given_name: first, family_name: last}"
"""The usual mapping of the tests: two columns to two attributes."""


def rules() -> Rules:
    """The rules of these tests."""
    return rules_from_text(RULES, "rules.yaml")


def source_entry(name: str, place: str, *, attributes: str = PLAIN, more: str = "") -> str:
    """The lines of one source in a sources file; `more` are further keys, one a line."""
    extra = "".join(f"    {line}\n" for line in more.splitlines())
    key = "" if "key:" in more else "    key: id\n"
    return (
        f"  {name}:\n    kind: operational\n    trust: 0.9\n    from: {place}\n{key}{extra}"
        f"    attributes: {attributes}\n"
    )


def sources(directory: Path, *entries: str) -> SourcesConfig:
    """Write a sources file of these entries and load it."""
    path = directory / "sources.yaml"
    path.write_text("sources:\n" + "".join(entries), encoding="utf-8")
    return load_sources(path, rules())


def source(directory: Path, place: str, *, attributes: str = PLAIN, more: str = "") -> SourceConfig:
    """Write and load a sources file with one source, `shop`."""
    entry = source_entry("shop", place, attributes=attributes, more=more)
    return sources(directory, entry).sources[0]


def read(config: SourceConfig) -> MappedBatch:
    """Read and map a whole source."""
    mapping = Mapping(config, rules(), Standardiser(rules()))
    with open_source(config) as opened:
        batches = [mapping.map(batch) for batch in opened.batches]
    return MappedBatch(
        records=[record for batch in batches for record in batch.records],
        rejected=[row for batch in batches for row in batch.rejected],
        read=sum(batch.read for batch in batches),
        refused=sum(batch.refused for batch in batches),
    )
