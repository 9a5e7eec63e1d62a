"""Standardised records as a DuckDB table with one column for each attribute and feature.

In: Arrow rows with record_id, source, key and standardised (JSON).  Out: the table
`record`, a row for each record, numbered `n` from 0 in the order of (source, key), the order by
which every tie falls.  Features are computed once for each distinct value.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

import duckdb
import orjson
import pyarrow as pa

from mdm.matching.predicates import column, feature_of
from mdm.model.records import Attributes
from mdm.model.rules.rules import Attribute, Kind, Rules
from mdm.standardise.features import feature, taking
from mdm.standardise.nicknames import nickname_group

NICKNAMES = "nicknames"
"""The one feature that is a list."""

_TEXT: pa.DataType = pa.string()
_TEXTS: pa.DataType = pa.list_(pa.string())


@dataclass(frozen=True, order=True)
class Derived:
    """A column that holds a feature of an attribute."""

    attribute: str
    feature: str

    @property
    def name(self) -> str:
        """The column's name."""
        return column(self.attribute, self.feature)


def split_term(term: str) -> tuple[str, str | None]:
    """Split a blocking term: `family_name.sound` -> (`family_name`, `sound`)."""
    attribute, _, name = term.partition(".")
    return attribute, name or None


def derived_columns(rules: Rules) -> list[Derived]:
    """List the feature columns that the rules' blocks and comparisons look at."""
    terms = [term for rule in rules.blocking for term in rule.on]
    terms += [t for block in (*rules.training.blocks, *rules.training.deterministic) for t in block]
    blocked = {
        Derived(attribute, name) for attribute, name in map(split_term, terms) if name is not None
    }
    return sorted(blocked | set(_compared_columns(rules)))


def _compared_columns(rules: Rules) -> list[Derived]:
    """List the feature columns that the comparisons look at."""
    looked_at = {
        (attribute, feature_of(predicate))
        for comparison in rules.comparisons
        for when in comparison.conditions
        for attribute, predicate in when.items()
    }
    return sorted(Derived(attribute, name) for attribute, name in looked_at if name is not None)


def load_records(
    connection: duckdb.DuckDBPyConnection, records: pa.RecordBatchReader | pa.Table, rules: Rules
) -> int:
    """Make the table `record` of standardised records; the result is their number.

    Columns: `n`, `record_id`, `source`, `key`, an attribute each (text, or a list of texts for
    `many`), a feature each.  `record_raw` keeps the records as they were given.
    """
    connection.register("incoming", records)
    connection.execute("create table record_raw as select * from incoming")
    connection.unregister("incoming")
    connection.execute(
        f"""
        create table record_base as
        select row_number() over (order by source, key) - 1 as n,
               record_id,
               source,
               key,
               unnest({attribute_columns("standardised", rules)})
        from record_raw
        order by n
        """
    )
    _add_features(connection, rules)
    (count,) = connection.execute("select count(*) from record").fetchone() or (0,)
    return int(count)


def attribute_columns(text: str, rules: Rules) -> str:
    """Select attributes, written as JSON, as a structure of texts and, for `many`, lists."""
    structure = {a.name: ["VARCHAR"] if a.many else "VARCHAR" for a in rules.attributes}
    return f"from_json({text}, '{orjson.dumps(structure).decode()}')"


def _add_features(connection: duckdb.DuckDBPyConnection, rules: Rules) -> None:
    """Make `record` from `record_base` and a mapping from value to feature for each feature."""
    columns = derived_columns(rules)
    for derived in columns:
        _make_mapping(connection, rules, derived)
    selected = "".join(f",\n       f_{d.name}.feature as {d.name}" for d in columns)
    joins = "\n".join(
        f"left join f_{d.name} on f_{d.name}.n = b.n"
        if rules.attribute(d.attribute).many
        else f"left join f_{d.name} on f_{d.name}.value = b.{d.attribute}"
        for d in columns
    )
    connection.execute(
        f"create table record as select b.*{selected}\nfrom record_base as b\n{joins}\norder by b.n"
    )
    for name in ["record_base", *(f"f_{derived.name}" for derived in columns)]:
        connection.execute(f"drop table {name}")


def _make_mapping(connection: duckdb.DuckDBPyConnection, rules: Rules, derived: Derived) -> None:
    """Make `f_<name>`: (value, feature), or (n, list of features) for a `many` attribute."""
    attribute = rules.attribute(derived.attribute)
    name = attribute.name
    each = f"unnest({name})" if attribute.many else name
    found = connection.execute(f"select distinct {each} from record_base").fetchall()
    values = [str(value) for (value,) in found if value is not None]
    features = _features(attribute.kind, derived.feature, values)
    given = pa.table({"value": pa.array(values, pa.string()), "feature": features})
    connection.register("mapping", given)
    make = "select value, feature from mapping"
    if attribute.many:
        make = _lists(name, "unnest(feature)" if pa.types.is_list(features.type) else "feature")
    connection.execute(f"create table f_{derived.name} as {make}")
    connection.unregister("mapping")


def _lists(name: str, feature: str) -> str:
    """Select (n, list of the features of all values) of a `many` attribute."""
    return f"""
        select n, list(distinct one order by one) as feature
        from (
            select n, {feature} as one
            from (select n, unnest({name}) as value from record_base)
            join mapping using (value)
        )
        where one is not null
        group by n
        """


def _features(kind: Kind, name: str, values: list[str]) -> "pa.Array[Any]":
    if name == NICKNAMES:
        return pa.array([sorted(nickname_group(value)) for value in values], _TEXTS)
    return pa.array([feature(kind, name, value) for value in values], _TEXT)


Row = tuple[Any, ...]
"""What each column says of one record."""


class FewColumns:
    """Makes the columns of `record` that are compared, of few records, without DuckDB.

    Its many small statements take 100 ms also for a single record; this takes 5 us a record.
    """

    def __init__(self, rules: Rules) -> None:
        self._names = [each.name for each in rules.attributes]
        self._made: list[tuple[int, Callable[[Any], Any]]] = []
        self.types: dict[str, pa.DataType] = {
            each.name: _TEXTS if each.many else _TEXT for each in rules.attributes
        }
        """The columns by their names: the attributes and their features, as of `load_records`."""
        for derived in _compared_columns(rules):
            attribute = rules.attribute(derived.attribute)
            lists = attribute.many or derived.feature == NICKNAMES
            make = _feature_column(attribute, derived.feature)
            self.add(derived.name, _TEXTS if lists else _TEXT, attribute.name, make)

    def add(
        self, name: str, type_: pa.DataType, attribute: str, make: Callable[[Any], Any]
    ) -> None:
        """Add a column that is made of the value of an attribute, None for none."""
        self.types[name] = type_
        self._made.append((self._names.index(attribute), make))

    def row(self, record: Attributes) -> Row:
        """Give what each of the columns says of a standardised record."""
        values = list(map(record.get, self._names))
        return (*values, *[make(values[at]) for at, make in self._made])


def _feature_column(attribute: Attribute, name: str) -> Callable[[Any], Any]:
    """Give what makes the column of a feature of an attribute's value."""
    if attribute.many or name == NICKNAMES:
        features = features_of(attribute.kind, name)
        if attribute.many:
            return lambda values: features(tuple(values or ())) or None
        return lambda value: None if value is None else features((value,)) or None
    take = taking(attribute.kind, name)
    return lambda value: None if value is None else take(value) or None


def in_columns(rows: Sequence[Row], types: Mapping[str, pa.DataType]) -> dict[str, "pa.Array[Any]"]:
    """Put rows, numbered `n` from 0, into columns, named and typed."""
    columns = zip(*rows, strict=True) if rows else ((),) * len(types)
    made = {
        name: pa.array(values, type_)
        for (name, type_), values in zip(types.items(), columns, strict=True)
    }
    return {"n": pa.array(range(len(rows)), pa.int64()), **made}


def term_values(attribute: Attribute, name: str | None, record: Attributes) -> list[str]:
    """List the distinct values in a record of a blocking term: an attribute, or its feature."""
    values = _values(record, attribute)
    if name is not None:
        return list(features_of(attribute.kind, name)(values))
    return list(dict.fromkeys(values))


def _values(record: Attributes, attribute: Attribute) -> tuple[str, ...]:
    value = record.get(attribute.name, ())
    return (value,) if isinstance(value, str) else tuple(value)


@cache
def features_of(kind: Kind, name: str) -> Callable[[tuple[str, ...]], tuple[str, ...]]:
    """Give what lists the distinct features of a record's values, in order."""
    if name == NICKNAMES:
        return _nicknames
    take = taking(kind, name)

    def of(values: tuple[str, ...]) -> tuple[str, ...]:
        if len(values) == 1:
            found = take(values[0])
            return (found,) if found else ()
        return tuple(sorted({found for value in values if (found := take(value))}))

    return of


@lru_cache(maxsize=8_192)
def _nicknames(names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(sorted(set().union(*map(nickname_group, names))))
