"""Survive: the golden record of every cluster, from the records of the snapshot.

In: `record_raw`, `record` and the table `home` (record_id, serial).  Out: the table `new_golden`
(serial, attributes, provenance: JSON), a row for each cluster.  All clusters at once, one part of
the rules' survivorship after the other (`survivorship_sql.py`).
"""

from collections.abc import Sequence

import duckdb
import pyarrow as pa

from mdm.identity.survivorship import Part, parts
from mdm.matching.columns import attribute_columns
from mdm.model.progress import Progress
from mdm.model.rules.rules import Rules
from mdm.resolution.survivorship_sql import FORM_OF, placed, quoted, surviving
from mdm.standardise import Standardiser

_TEXT: pa.DataType = pa.string()


def make_golden(connection: duckdb.DuckDBPyConnection, rules: Rules, progress: Progress) -> None:
    """Make the table `new_golden` of all clusters."""
    todo = parts(rules)
    standardiser = Standardiser(rules)
    with progress.step("golden records", len(todo)) as advance:
        _make_members(connection, rules, todo)
        for number, part in enumerate(todo):
            if part.every_value:
                _make_form_of(connection, part.attributes[0].name, standardiser)
            connection.execute(surviving(part, f"survived_{number}"))
            advance(1)
        connection.execute("drop table member")
        connection.execute(_gathered(todo))
    for number in range(len(todo)):
        connection.execute(f"drop table survived_{number}")


def _make_members(
    connection: duckdb.DuckDBPyConnection, rules: Rules, todo: Sequence[Part]
) -> None:
    """Make the table `member`: the line-ups first, of few columns, then all that is told of one."""
    line_ups = ", ".join(dict.fromkeys(placed(part.strategies) for part in todo))
    columns = ", ".join(
        f"standardised.{name} as form_{name}, original.{name} as value_{name}"
        for name in (attribute.name for attribute in rules.attributes)
    )
    connection.execute(
        f"""
        create table member as
        with
        tied as (
            select record_id, serial, trust, coalesce(modified_at, '') as recent,
                   row_number() over (order by trust desc, n) as tie
            from record_raw
            join (select record_id, n from record) using (record_id)  -- n: by (source, key)
            join home using (record_id)
        ),
        lined_up as (
            select *, {line_ups}
            from tied
        ),
        parsed as (
            select record_id, {quoted("source")} as source, {quoted("key")} as key,
                   {attribute_columns("attributes", rules)} as original,
                   {attribute_columns("standardised", rules)} as standardised
            from record_raw
        )
        select lined_up.* exclude (record_id, tie), source, key, {columns}
        from parsed
        join lined_up using (record_id)
        """
    )


def _make_form_of(
    connection: duckdb.DuckDBPyConnection, name: str, standardiser: Standardiser
) -> None:
    """Standardise once more the values of the lists that standardising made shorter."""
    found = connection.execute(
        f"""
        select distinct unnest(value_{name})
        from member
        where len(value_{name}) <> len(form_{name})
        """
    ).fetchall()
    values = [str(value) for (value,) in found]
    table = pa.table(
        {
            "value": pa.array(values, _TEXT),
            "form": pa.array(standardiser.column(name, values), _TEXT),
        }
    )
    connection.register("given", table)
    connection.execute(f"create or replace table {FORM_OF} as from given where form is not null")
    connection.unregister("given")


def _gathered(todo: Sequence[Part]) -> str:
    """Make `new_golden` of the tables of all parts, attributes in the order of their names."""
    names = sorted(attribute.name for part in todo for attribute in part.attributes)
    joins = " ".join(f"left join survived_{place} using (serial)" for place in range(len(todo)))
    return f"""
        create table new_golden as
        select serial, {_object("value", names)} as attributes,
               {_object("provenance", names)} as provenance
        from (select distinct serial from home)
        {joins}
        """


def _object(prefix: str, names: Sequence[str]) -> str:
    entries = ", ".join(f"""'"{name}":' || {prefix}_{name}""" for name in names)
    return f"'{{' || concat_ws(',', {entries}) || '}}'"
