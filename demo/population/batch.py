"""Any number of records as Parquet for a benchmark, and the truth about them in another file."""

from dataclasses import dataclass
from itertools import chain
from pathlib import Path

import pyarrow.parquet as pq

from demo.population.factory import Population, record_chunks

BATCH_COLUMNS = (
    "key",
    "given_name",
    "family_name",
    "date_of_birth",
    "gender",
    "email",
    "phone",
    "street_address",
    "postal_code",
    "city",
    "national_id",
    "modified_at",
)
"""One simple schema: all text, null where missing."""


@dataclass(frozen=True)
class Batch:
    """The two files: the records, and for each key its true person (`key`, int64 `entity`)."""

    records: Path
    truth: Path


def write_batch(
    directory: Path, count: int, *, population: Population | None = None, chunk: int = 100_000
) -> Batch:
    """Write the first `count` records of a population; memory is bounded by a chunk.

    The directory is made, files in it are replaced.  The records are meant as one source's.
    """
    population = population or Population(columns=BATCH_COLUMNS)
    batch = Batch(directory / "records.parquet", directory / "truth.parquet")
    directory.mkdir(parents=True, exist_ok=True)
    chunks = record_chunks(population, records=count, chunk=chunk)
    first = next(chunks)
    record_schema = first.select(population.columns).schema
    truth_schema = first.select(["key", "entity"]).schema
    with (
        pq.ParquetWriter(batch.records, record_schema) as records,
        pq.ParquetWriter(batch.truth, truth_schema) as truth,
    ):
        for table in chain([first], chunks):
            records.write_table(table.select(population.columns))
            truth.write_table(table.select(["key", "entity"]))
    return batch
