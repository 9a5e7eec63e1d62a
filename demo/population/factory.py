"""The population as Arrow tables: any number of records, in chunks, in bounded memory."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count

import numpy as np
import pyarrow as pa

from demo.population.dice import Dice
from demo.population.households import PEOPLE_PER_BLOCK
from demo.population.people import people_of_block
from demo.population.rates import Rates
from demo.population.records import records_of_block

ATTRIBUTES = (
    "key",
    "given_name",
    "family_name",
    "date_of_birth",
    "gender",
    "email",
    "second_email",
    "phone",
    "street_address",
    "postal_code",
    "city",
    "national_id",
    "modified_at",
)
"""The columns of a record beside `entity` and `source`: text, null where missing."""

NAMES_AND_BIRTH_DATES = ("key", "given_name", "family_name", "date_of_birth")
"""The columns of a population that has nothing else to match on."""


@dataclass(frozen=True)
class Population:
    """Which population: the same values give the same people and records for ever.

    `coverage` gives for each source the chance that it knows a person; `columns` which of
    ATTRIBUTES the records have.  How many records are asked for changes nothing about them:
    a smaller population is the beginning of a larger one.
    """

    seed: int = 1
    rates: Rates = field(default_factory=Rates)
    coverage: Sequence[float] = (0.75, 0.45, 0.5, 0.3, 0.3, 0.2)
    columns: Sequence[str] = ATTRIBUTES


def record_chunks(
    population: Population,
    *,
    records: int | None = None,
    people: int | None = None,
    chunk: int = 100_000,
) -> Iterator[pa.Table]:
    """Yield the first `records` records, or all records of the first `people` people.

    Tables of at most `chunk` rows with int64 `entity` (the true person), int64 `source` (position
    in the coverage) and the population's columns.  Memory is bounded by a chunk and a block.
    """
    waiting: list[pa.Table] = []
    rows = 0
    for table in _blocks(population, records, people):
        waiting.append(table)
        rows += table.num_rows
        while rows >= chunk:
            joined = pa.concat_tables(waiting)
            yield joined.slice(0, chunk).combine_chunks()
            waiting, rows = [joined.slice(chunk)], rows - chunk
    if rows:
        yield pa.concat_tables(waiting).combine_chunks()


def records(
    population: Population, *, records: int | None = None, people: int | None = None
) -> pa.Table:
    """Give the records of `record_chunks` as one table."""
    return pa.concat_tables(record_chunks(population, records=records, people=people))


def _blocks(population: Population, records: int | None, people: int | None) -> Iterator[pa.Table]:
    """Yield the records block by block until there are enough."""
    if (records is None) == (people is None):
        raise ValueError("give either the number of records or the number of people")
    for block in count():
        table = _block(population, block)
        if people is not None:
            table = table.filter(np.asarray(table["entity"]) < people)
        if records is not None:
            table = table.slice(0, records)
            records -= table.num_rows
        yield table
        if records == 0 or (people is not None and (block + 1) * PEOPLE_PER_BLOCK >= people):
            return


def _block(population: Population, block: int) -> pa.Table:
    dice = Dice(population.seed, block)
    people = people_of_block(dice, population.rates)
    columns, person, source = records_of_block(people, dice, population.rates, population.coverage)
    truth = {"entity": people.bearers.entity[person], "source": source}
    return pa.table(
        {name: pa.array(values, pa.int64()) for name, values in truth.items()}
        | {name: pa.array(columns[name], pa.string()) for name in population.columns}
    )
