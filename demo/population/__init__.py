"""A made-up population: the true people first, then what departments wrote down about them.

One seeded factory for the demo, the tests and the benchmarks.  `record_chunks` and `records` give
the records, as canonical columns, each with the true person (`entity`) it is about; `rates.Rates`
states how often everything that makes matching hard happens.  No matching code may import this.
"""

from demo.population.factory import (
    ATTRIBUTES,
    NAMES_AND_BIRTH_DATES,
    Population,
    record_chunks,
    records,
)
from demo.population.rates import Rates

__all__ = [
    "ATTRIBUTES",
    "NAMES_AND_BIRTH_DATES",
    "Population",
    "Rates",
    "record_chunks",
    "records",
]
