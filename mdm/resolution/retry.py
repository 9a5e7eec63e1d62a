"""Rows of the quarantine in, those that are good by now kept.

A row may have become good because the mapping, its declared formats or the rules changed.  One that
is bad in itself has to be put right by its department; the next ingestion takes it then.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from mdm.model.clock import now
from mdm.model.records import IncomingRecord
from mdm.model.rules.rules import Rules
from mdm.resolution.ingest import IngestFigures, figures_of
from mdm.sources import Mapping, SourceConfig, SourcesConfig
from mdm.sources.json_lines import parse_object
from mdm.sources.rows import RawBatch, Row
from mdm.sources.spool import TWICE
from mdm.sources.values import NO_TYPE_OF_JSON, NOT_TEXT
from mdm.standardise import Standardiser
from mdm.store import Store, quarantine, records, tallies
from mdm.store.quarantine import QuarantineEntry

_FOR_GOOD = (TWICE, NOT_TEXT, NO_TYPE_OF_JSON)
"""Ends of the reasons that no other mapping can settle."""


@dataclass(frozen=True)
class _Good:
    """A row that can be taken now, and the entries that are settled by it."""

    record: IncomingRecord
    entries: tuple[int, ...]


def retry(
    store: Store, sources: SourcesConfig, rules: Rules, *, names: Sequence[str] | None = None
) -> list[IngestFigures]:
    """Map the quarantined rows of all sources, or of those named, again and take the good ones.

    What no mapping can settle stays: a broken line, a row whose key another one has, a value
    that is no text.  In the figures `read` counts rows, `quarantined` those that stay.  NotDeclared
    for an unknown name.
    """
    standardiser = Standardiser(rules)
    return [
        _retry_source(store, config, Mapping(config, rules, standardiser))
        for config in sources.named(names)
    ]


def _retry_source(store: Store, config: SourceConfig, mapping: Mapping) -> IngestFigures:
    name = config.source.name
    with store.write() as tx:
        records.declare_sources(tx, [config.source])
        rows = _by_row(quarantine.entries(tx, name))
        good = [found for entries in rows if (found := _mapped(entries, mapping)) is not None]
        taken = records.take(tx, name, [found.record for found in good], arrived_at=now())
        quarantine.remove(tx, [number for found in good for number in found.entries])
        tallies.count_quarantined(tx)
        tx.commit()
    return figures_of(name, taken, read=len(rows), quarantined=len(rows) - len(good))


def _by_row(entries: Iterable[QuarantineEntry]) -> list[list[QuarantineEntry]]:
    """Put the entries of one row, one for each bad field, together."""
    ordered = sorted(entries, key=lambda entry: (entry.rejected.row, entry.quarantine_id))
    return [list(same) for _, same in groupby(ordered, key=lambda entry: entry.rejected.row)]


def _mapped(entries: Sequence[QuarantineEntry], mapping: Mapping) -> _Good | None:
    row = _row(entries[0])
    if row is None or any(entry.rejected.reason.endswith(_FOR_GOOD) for entry in entries):
        return None
    batch = mapping.map(RawBatch([(entries[0].rejected.line, row)], []))
    if not batch.records:
        return None
    return _Good(batch.records[0], tuple(entry.quarantine_id for entry in entries))


def _row(entry: QuarantineEntry) -> Row | None:
    """Read the row back; None when the entry holds a broken line."""
    if entry.rejected.field is None:
        return None
    try:
        return parse_object(entry.rejected.row)
    except ValueError:
        return None
