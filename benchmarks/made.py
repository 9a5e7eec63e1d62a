"""Made-up data sets: populations of the factory that are hard to match in one way each."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import yaml

from benchmarks.labelled import RULES, Laid
from demo.population import ATTRIBUTES, NAMES_AND_BIRTH_DATES, Population, Rates, records
from mdm.model.rules.load import load_rules
from mdm.sources import load_sources


@dataclass(frozen=True)
class Made:
    """Records of a population; `views` gives for each source the columns that it has.

    `alter` changes the records once they are made; the rules are those of `benchmarks/rules`
    named `rules`, the shipped ones without.
    """

    name: str
    population: Population
    records: int
    views: tuple[tuple[str, ...], ...] = (ATTRIBUTES,)
    rules: str | None = None
    alter: Callable[[pa.Table], pa.Table] = lambda table: table

    def lay_out(self, directory: Path) -> Laid:
        """Write each source's Parquet file, the sources file and the labels into a folder."""
        made = self.alter(records(self.population, records=self.records))
        rules = load_rules(RULES / f"{self.rules}.yaml" if self.rules else None)
        known = {attribute.name for attribute in rules.attributes}
        sources, labels = {}, []
        for number, view in enumerate(self.views):
            name = f"source_{number}"
            rows = made.filter(np.asarray(made["source"]) % len(self.views) == number)
            pq.write_table(rows.select(view), directory / f"{name}.parquet")
            sources[name] = _source(name, [column for column in view if column in known])
            labels.append(_labels(name, rows))
        (directory / "sources.yaml").write_text(yaml.safe_dump({"sources": sources}))
        pq.write_table(pa.concat_tables(labels), directory / "labels.parquet")
        loaded = load_sources(directory / "sources.yaml", rules)
        return Laid(rules, loaded, directory / "labels.parquet")


def _source(name: str, columns: list[str]) -> dict[str, object]:
    return {
        "kind": "external",
        "trust": 0.5,
        "from": {"parquet": f"{name}.parquet"},
        "key": "key",
        "attributes": {column: column for column in columns},
    }


def _labels(name: str, rows: pa.Table) -> pa.Table:
    named = pa.array([name] * rows.num_rows, pa.string())
    return rows.select(["key", "entity"]).append_column("source", named)


def in_one_company(people: int) -> Callable[[pa.Table], pa.Table]:
    """Make the function that gives the first people one phone, one postal code and one city."""

    def alter(table: pa.Table) -> pa.Table:
        employed = np.asarray(table["entity"]) < people
        for name, value in _COMPANY.items():
            column = np.asarray(table[name].to_pylist(), dtype=object)
            here = employed & (column != None)  # noqa: E711  (numpy compares element by element)
            column[here] = value
            place = table.schema.get_field_index(name)
            table = table.set_column(place, name, pa.array(column, pa.string()))
        return table

    return alter


_COMPANY = {"phone": "02079460123", "postal_code": "EC2V 7AN", "city": "London"}

_FAMILIES = Rates(
    twins=0.08, namesakes=0.08, families=0.5, couples=0.1, sharers=0.06, shared_contact=0.5
)
_NAMES = ("key", "given_name", "family_name")
_CONTACTS = ("gender", "phone", "street_address", "postal_code", "city")
_CARELESS = Rates(typing=0.25, missing=0.2, placeholder=0.08, moved=0.3, married_name=0.3)

MADE = (
    Made("families", Population(rates=_FAMILIES), 20_000),
    Made("families_apart", Population(rates=_FAMILIES), 20_000, rules="families_apart"),
    Made("contacts", Population(seed=9), 20_000, views=((*_NAMES, *_CONTACTS),)),
    Made("careless", Population(seed=7, rates=_CARELESS), 20_000),
    Made("company", Population(), 10_000, alter=in_one_company(200)),
    Made(
        "two_views",
        Population(coverage=(0.9, 0.9)),
        10_000,
        views=(
            (*_NAMES, "date_of_birth"),
            (*_NAMES, "street_address", "postal_code", "city"),
        ),
    ),
    Made(
        "register",
        Population(rates=Rates(twice=0.11), coverage=(1.0,)),
        10_000,
        views=(NAMES_AND_BIRTH_DATES,),
        rules="register",
    ),
    Made("people_1000", Population(seed=2), 1_000),
    Made("people_10000", Population(seed=2), 10_000),
    Made("people_100000", Population(seed=2), 100_000),
)
"""Families and twins, and the same with what they share compared one by one; people without birth
dates, e-mails and identifiers; careless typists; a company behind one phone; sources with little in
common; a register of names and birth dates with one record in ten twice; three sizes of one
population."""
