"""Raw rows of one source in, records to be kept out, and the rows that cannot be taken.

The mapping is compiled once per source into plain functions; nothing of the configuration is looked
at again for a row.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from hashlib import blake2b

import orjson

from mdm.model.records import Attributes, AttributeValue, IncomingRecord, Rejected
from mdm.model.rules.rules import Rules
from mdm.sources.columns import Filler, filler
from mdm.sources.config import SourceConfig
from mdm.sources.paths import getter
from mdm.sources.rows import NumberedRow, RawBatch, Row, printable
from mdm.sources.values import BadValue, check_row, payload_of, shown_row, text_of, time_of
from mdm.standardise import Standardiser

Step = Callable[[Row], object]

LONGEST_SHOWN = 200
"""Characters of a bad value that go into the quarantine beside the whole row."""


@dataclass(frozen=True)
class MappedBatch:
    """What became of a batch of rows: `read` rows and broken lines, of which `refused` failed.

    A row with several bad values is refused once and stands in `rejected` once for each.
    """

    records: list[IncomingRecord]
    rejected: list[Rejected]
    read: int
    refused: int


class Mapping:
    """A source's mapping, compiled; the standardiser brings attributes to one form."""

    def __init__(self, config: SourceConfig, rules: Rules, standardiser: Standardiser) -> None:
        self._fillers = [
            filler(name, how, rules, standardiser.missing)
            for name, how in config.attributes.items()
        ]
        self._key = [(column, getter(column)) for column in config.key]
        self._modified = config.modified_at
        self._get_modified = getter(config.modified_at.column) if config.modified_at else None
        self._standardise = standardiser.attributes
        self._rules_hash = rules.rules_hash

    def map(self, batch: RawBatch) -> MappedBatch:
        """Map a batch; the order of the rows is kept."""
        records: list[IncomingRecord] = []
        rejected = list(batch.broken)
        for numbered in batch.rows:
            outcome = self._record(numbered)
            if isinstance(outcome, IncomingRecord):
                records.append(outcome)
            else:
                rejected.extend(outcome)
        read = len(batch.rows) + len(batch.broken)
        return MappedBatch(records, rejected, read, read - len(records))

    def _record(self, numbered: NumberedRow) -> IncomingRecord | list[Rejected]:
        row = numbered[1]
        try:
            payload = payload_of(row)
            key = self._key_of(row)
            attributes: dict[str, AttributeValue] = {}
            for fill in self._fillers:
                fill(row, attributes)
            modified_at = self._modified_at_of(row)
        except (BadValue, TypeError):
            return self._refusals(numbered)
        return IncomingRecord(
            key=key,
            payload=payload,
            attributes=attributes,
            standardised=self._standardise(attributes),
            rules_hash=self._rules_hash,
            content_hash=content_hash(payload, attributes),
            modified_at=modified_at,
        )

    def _key_of(self, row: Row) -> str:
        r"""Make the source's own key; several columns are joined with `|` (in a part: `\|`)."""
        parts = [_key_part(column, get(row)) for column, get in self._key]
        if len(parts) == 1:
            return parts[0]
        return "|".join(part.replace("\\", "\\\\").replace("|", "\\|") for part in parts)

    def _modified_at_of(self, row: Row) -> str | None:
        if self._modified is None or self._get_modified is None:
            return None
        return time_of(self._modified.column, self._get_modified(row), self._modified.format)

    def _refusals(self, numbered: NumberedRow) -> list[Rejected]:
        """Go through a bad row once more and list everything that is wrong with it."""
        line, row = numbered
        steps: list[Step] = [check_row, self._key_of, self._modified_at_of]
        steps += [partial(_fill_nothing, fill) for fill in self._fillers]
        faults: dict[str, BadValue] = {}
        for fault in (_fault(step, row) for step in steps):
            if fault is not None:
                faults.setdefault(fault.column, fault)
        key = None if _fault(self._key_of, row) else self._key_of(row)
        shown = shown_row(row)
        return [_rejected(line, key, fault, shown) for fault in faults.values()]


def _key_part(column: str, value: object) -> str:
    part = text_of(column, value)
    if part is None:
        raise BadValue(column, None, "no key")
    return part


def _fill_nothing(fill: Filler, row: Row) -> None:
    """Fill attributes that nobody keeps, for the sake of the faults."""
    fill(row, {})


def _fault(step: Step, row: Row) -> BadValue | None:
    try:
        step(row)
    except BadValue as bad:
        return bad
    return None


def _rejected(line: int | None, key: str | None, fault: BadValue, row: str) -> Rejected:
    value = None if fault.value is None else printable(str(fault.value)[:LONGEST_SHOWN])
    return Rejected(line, key, printable(fault.column), value, fault.reason, row)


def content_hash(payload: str, attributes: Attributes) -> str:
    """Name the content: changes exactly when the payload or the attributes do."""
    mapped = orjson.dumps(attributes, option=orjson.OPT_SORT_KEYS)
    return blake2b(payload.encode() + b"\n" + mapped, digest_size=16).hexdigest()
