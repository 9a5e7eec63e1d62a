"""The records of the online benchmark: those that are loaded, and those that are submitted later.

All come from one population.  Beside what is loaded there are two skews that training knows nothing
of, in a source of their own: a phone that outgrew the limit of a blocking key, and a component that
is over its limit.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import yaml

from demo.population import Population, records
from demo.population.batch import BATCH_COLUMNS
from mdm.identity.components import COMPONENT_LIMIT, IntArray
from mdm.model.rules.load import load_rules

SOURCES = "sources.yaml"
LOADED, LATER = "loaded", "later"
ATTRIBUTES = tuple(name for name in BATCH_COLUMNS if name not in ("key", "modified_at"))

SHARED_PHONE, OUTGROWN_PHONE = "020 7946 0123", "020 7946 0987"
CHAIN = COMPONENT_LIMIT + 40
"""Records in the component over the limit."""
_MOVED = ("phone", "street_address", "postal_code", "city")

Attributes = dict[str, str]


@dataclass(frozen=True)
class Amounts:
    """How many records are loaded, and how many of everything else there are then.

    `each`: submissions of each of the three kinds, for one client and again for eight; `reads`:
    golden records read; `skewed`: submissions that touch a skew, of each; `bulks` bodies of
    `lines` records, for one client and again for eight; `large`: records in the large body, 0 for
    none; `shared`: records behind one phone.
    """

    records: int
    each: int
    reads: int
    skewed: int
    bulks: int
    lines: int
    large: int
    shared: int

    @classmethod
    def of(cls, records: int, *, large: bool) -> "Amounts":
        """Choose the amounts for so many records; from 100,000 on they stay as they are."""
        return cls(
            records=records,
            each=min(300, records // 20),
            reads=min(4_000, records // 5),
            skewed=min(100, records // 20),
            bulks=8,
            lines=min(1_000, records // 10),
            large=min(100_000, records // 10) if large else 0,
            shared=min(5_000, records // 20),
        )

    @property
    def known(self) -> int:
        """Records that are held out, of people who have others that are loaded."""
        return 2 * self.each + 2 * self.bulks * known_in(self.lines) + known_in(self.large)

    @property
    def strangers(self) -> int:
        """Records of people who have none that is loaded: some are new, to some others move."""
        bulk = 2 * self.bulks * self.lines + self.large
        return 2 * self.each + 2 * self.each + 2 * self.skewed + self.shared + bulk


def known_in(lines: int) -> int:
    """Tell how many records of a body are of known people: one in four."""
    return lines // 4


@dataclass(frozen=True)
class HeldOut:
    """What can be submitted: `known` and `strangers` as `Amounts` has them, to be taken once.

    `loaded` are records that are in the store, by key; `chain` those of the large component.
    """

    known: list[Attributes]
    strangers: list[Attributes]
    loaded: dict[str, Attributes]
    chain: list[Attributes]

    def new(self, count: int) -> list[Attributes]:
        """Take records that match nobody."""
        return _take(self.strangers, count)

    def again(self, count: int) -> list[Attributes]:
        """Take records of people who are known."""
        return _take(self.known, count)

    def moved(self, count: int) -> dict[str, Attributes]:
        """Take loaded records, each with another phone and address."""
        taken = {key: self.loaded.pop(key) for key in list(self.loaded)[:count]}
        homes = self.new(count)
        return {
            key: kept | {name: home[name] for name in _MOVED if name in home}
            for (key, kept), home in zip(taken.items(), homes, strict=True)
        }


def lay_out(directory: Path, amounts: Amounts) -> HeldOut:
    """Write what is to be loaded, with its sources file, and give the rest."""
    people = amounts.strangers + (amounts.records + amounts.known) // 2  # with 2.5 records each
    table = records(Population(columns=BATCH_COLUMNS), people=people)
    loaded, known, strange = _divide(table, amounts)
    shared, sample = loaded[: amounts.shared], loaded[amounts.shared :]
    sample = sample[: 2 * amounts.each + amounts.reads]
    keys = map(str, table["key"].take(sample).to_pylist())
    held_out = HeldOut(
        known=_attributes(table, known),
        strangers=_attributes(table, strange),
        loaded=dict(zip(keys, _attributes(table, sample), strict=True)),
        chain=make_chain(),
    )
    _write_loaded(directory, table, np.sort(loaded), shared)
    _write_later(directory, held_out, amounts)
    _write_sources(directory)
    return held_out


def _divide(table: pa.Table, amounts: Amounts) -> tuple[IntArray, IntArray, IntArray]:
    """Choose rows: loaded (in random order), held out of known people, one of each stranger.

    Of the other people all records are loaded, so that there are as many of each as there were.
    """
    random = np.random.default_rng(1)
    people, person = np.unique(np.asarray(table["entity"]), return_inverse=True)
    rank = random.permutation(len(people))[person]
    rows = np.argsort(rank)
    is_first = np.diff(rank[rows], prepend=-1) > 0
    strange = rank[rows] < amounts.strangers
    end = strange.sum() + amounts.records + amounts.known
    again = random.permutation(np.flatnonzero(~is_first[:end] & ~strange[:end]))[: amounts.known]
    if end > len(rows) or len(again) < amounts.known:
        raise ValueError("the population was made too small to hold so many records out")
    loaded = np.setdiff1d(np.flatnonzero(~strange[:end]), again)
    return random.permutation(rows[loaded]), rows[again], rows[is_first & strange]


def _attributes(table: pa.Table, rows: IntArray) -> list[Attributes]:
    taken = table.select(ATTRIBUTES).take(rows).to_pylist()
    return [{name: value for name, value in row.items() if value is not None} for row in taken]


def _take(held_out: list[Attributes], count: int) -> list[Attributes]:
    taken = held_out[:count]
    del held_out[:count]
    if len(taken) < count:
        raise ValueError("more records were asked for than are held out")
    return taken


def make_chain() -> list[Attributes]:
    """Make records that turn from one person into another, one character of one value at a time.

    Each is nearly the one before, so that all hang together by strong pairs; those that are fifty
    steps apart have next to nothing in common, so that no key is shared by many.
    """
    person = {
        "given_name": "Zoravelin",
        "family_name": "Quendalovisk",
        "date_of_birth": "1950-06-15",
        "gender": "f",
        "national_id": "5723904618",
    }
    chain = []
    for at in range(CHAIN):
        name, places = list(_CHANGING.items())[at % len(_CHANGING)]
        person = person | {name: _next(person[name], places[at // len(_CHANGING) % len(places)])}
        chain.append(person)
    return chain


_CHANGING = {
    "given_name": range(1, 9),
    "family_name": range(1, 12),
    "date_of_birth": (3, 9, 2),  # years and days stay days of the calendar
    "national_id": range(1, 10),
}
"""Which characters of a value change, in turn."""
_LIKE = ("aeiou", "bdfgklmnpqrstvz", "0123456789")


def _next(value: str, place: int) -> str:
    """Replace one character by another of its kind: a vowel, a consonant, a digit."""
    (kind,) = (each for each in _LIKE if value[place] in each)
    other = kind[(kind.index(value[place]) + 3) % len(kind)]
    return value[:place] + other + value[place + 1 :]


def _write_loaded(directory: Path, table: pa.Table, rows: IntArray, shared: IntArray) -> None:
    """Write the loaded records; those of `shared` have one phone."""
    phones = np.asarray(table["phone"].to_pylist(), dtype=object)
    phones[shared] = SHARED_PHONE
    place = table.schema.get_field_index("phone")
    altered = table.set_column(place, "phone", pa.array(phones, pa.string()))
    pq.write_table(altered.select(BATCH_COLUMNS).take(rows), directory / f"{LOADED}.parquet")


def _write_later(directory: Path, held_out: HeldOut, amounts: Amounts) -> None:
    outgrown = [each | {"phone": OUTGROWN_PHONE} for each in held_out.new(amounts.shared)]
    rows: list[dict[str, Any]] = [
        {"key": f"{name}-{at}", "modified_at": "2026-01-31T12:00:00Z", **each}
        for name, made in (("outgrown", outgrown), ("chain", held_out.chain))
        for at, each in enumerate(made)
    ]
    schema = pa.schema([(name, pa.string()) for name in BATCH_COLUMNS])
    pq.write_table(pa.Table.from_pylist(rows, schema), directory / f"{LATER}.parquet")


def _write_sources(directory: Path) -> None:
    names = [attribute.name for attribute in load_rules().attributes]
    sources = {
        name: {
            "kind": "operational",
            "trust": 0.9,
            "from": {"parquet": f"{name}.parquet"},
            "key": "key",
            "modified_at": "modified_at",
            "attributes": {attribute: attribute for attribute in names},
        }
        for name in (LOADED, LATER)
    }
    (directory / SOURCES).write_text(yaml.safe_dump({"sources": sources}), encoding="utf-8")
