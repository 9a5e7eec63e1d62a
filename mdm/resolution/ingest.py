"""Departments' data in, source records kept: read, map, standardise, take.

Every source is taken whole, in one transaction, or not at all: a source that cannot be read to its
end leaves its records and its quarantine as they were, and the next source is tried.  Its rows are
read and mapped before the write lock is asked for (`mdm.sources.spool` says how and why).
"""

from collections.abc import Sequence
from dataclasses import dataclass

from mdm.model.clock import now
from mdm.model.errors import SourceUnavailable
from mdm.model.progress import SILENT, Advance, Progress
from mdm.model.records import Taken
from mdm.model.rules.rules import Rules
from mdm.sources import Mapping, SourceConfig, SourcesConfig, open_source
from mdm.sources.spool import Spool
from mdm.standardise import Standardiser
from mdm.store import Store, Transaction, ingestions, quarantine, records, tallies


@dataclass(frozen=True)
class IngestFigures:
    """What became of one source: all counts are rows, and the last five add up to `read`.

    `error` says why the source could not be read; its counts are 0 then.
    """

    source: str
    read: int = 0
    created: int = 0
    changed: int = 0
    unchanged: int = 0
    stale: int = 0
    quarantined: int = 0
    error: str | None = None

    @property
    def counts(self) -> dict[str, int]:
        """The counts by name, as the log of ingestions keeps them."""
        return {name: getattr(self, name) for name in ingestions.FIGURES}


def figures_of(source: str, taken: Taken, *, read: int, quarantined: int) -> IngestFigures:
    """Put the store's counts and those of reading together."""
    return IngestFigures(
        source=source,
        read=read,
        created=taken.created,
        changed=taken.changed,
        unchanged=taken.unchanged,
        stale=taken.stale,
        quarantined=quarantined,
    )


def ingest(
    store: Store,
    sources: SourcesConfig,
    rules: Rules,
    *,
    names: Sequence[str] | None = None,
    progress: Progress = SILENT,
) -> list[IngestFigures]:
    """Take all sources, or those named, into the store; the figures are in the file's order.

    Taken again, rows whose content did not change change nothing.  A row that cannot be taken goes
    into the quarantine, and entries of rows that are good now, or gone, leave it.  NotDeclared for
    a name that the sources file does not have.
    """
    standardiser = Standardiser(rules)
    return [
        _ingest_source(store, config, Mapping(config, rules, standardiser), progress)
        for config in sources.named(names)
    ]


def _ingest_source(
    store: Store, config: SourceConfig, mapping: Mapping, progress: Progress
) -> IngestFigures:
    name = config.source.name
    started_at = now()
    with Spool(", ".join(config.key)) as spool:
        try:
            _read(config, mapping, spool, progress)
        except SourceUnavailable as error:
            return IngestFigures(name, error=error.reason)
        with store.write() as tx, progress.step(f"take {name}", spool.waiting) as advance:
            figures = _take(tx, config, spool, started_at, advance)
            tx.commit()
    return figures


def _read(config: SourceConfig, mapping: Mapping, spool: Spool, progress: Progress) -> None:
    """Read and map all rows of a source, without touching the store."""
    with (
        open_source(config) as opened,
        progress.step(f"read {config.source.name}", opened.total) as advance,
    ):
        for raw in opened.batches:
            batch = mapping.map(raw)
            spool.add(batch)
            advance(batch.read)


def _take(
    tx: Transaction, config: SourceConfig, spool: Spool, started_at: str, advance: Advance
) -> IngestFigures:
    name = config.source.name
    records.declare_sources(tx, [config.source])
    ingestion = ingestions.begin(tx, name, started_at)
    taken = Taken()
    for batch in spool.records():
        taken += records.take(tx, name, batch, arrived_at=started_at)
        advance(len(batch))
    for rejected in spool.rejected():
        quarantine.add(tx, name, ingestion, rejected)
    quarantine.close_unseen(tx, name, ingestion)
    tallies.count_quarantined(tx)
    # A row that says the same as another one changes nothing.
    taken += Taken(unchanged=spool.same)
    figures = figures_of(name, taken, read=spool.read, quarantined=spool.refused)
    ingestions.finish(tx, ingestion, figures.counts, now())
    return figures
