"""Survive: the golden record of every cluster, from the records of the snapshot.

In: `record_raw`, `record` and the table `home` (record_id, serial).  Out: the table `new_golden`
(serial, attributes, provenance: JSON), a row for each cluster.  All clusters at once, one contest
of the rules' survivorship after the other (`survivorship_sql.py`).
"""

from collections.abc import Sequence

import duckdb
import pyarrow as pa

from mdm.identity.survivorship import Contest, contests
from mdm.matching.columns import attribute_columns
from mdm.model.progress import Progress
from mdm.model.rules.rules import Attribute, Rules
from mdm.resolution.survivorship_sql import FORM_OF, placed, quoted, surviving
from mdm.standardise import Standardiser

_TEXT: pa.DataType = pa.string()


def make_golden(connection: duckdb.DuckDBPyConnection, rules: Rules, progress: Progress) -> None:
    """Make the table `new_golden` of all clusters."""
    contested = contests(rules)
    standardiser = Standardiser(rules)
    with progress.step("attributes of golden records", len(contested)) as advance:
        _make_members(connection, rules, contested)
        for number, contest in enumerate(contested):
            if contest.every_value:
                _make_form_of(connection, contest.attributes[0].name, standardiser)
            connection.execute(surviving(contest, f"survived_{number}"))
            advance(1)
        connection.execute("drop table member")
        connection.execute(_gathered(contested))
    for number in range(len(contested)):
        connection.execute(f"drop table survived_{number}")


def _make_members(
    connection: duckdb.DuckDBPyConnection, rules: Rules, contested: Sequence[Contest]
) -> None:
    """Make the table `member`: the line-ups first, of few columns, then all that is told of one."""
    line_ups = ", ".join(dict.fromkeys(placed(contest.strategies) for contest in contested))
    columns = ", ".join(
        f"standardised.{attribute.name} as form_{attribute.name}, {_original(attribute)}"
        for attribute in rules.attributes
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
            select record_id, {quoted("source")} as source, {quoted("key")} as key, attributes,
                   {attribute_columns("attributes", rules)} as original,
                   {attribute_columns("standardised", rules)} as standardised
            from record_raw
        )
        select lined_up.* exclude (record_id, tie), source, key, {columns}
        from parsed
        join lined_up using (record_id)
        """
    )


def _original(attribute: Attribute) -> str:
    """Select the value that a record was given, also by rules that said otherwise of `many`.

    Such a value stands as one where a list is asked for, or as a list where one is, of which the
    first was standardised (`mdm.resolution.snapshot`).
    """
    name = attribute.name
    if attribute.many:
        one = f"original.{name} is null and standardised.{name} is not null"
        other = f"[attributes->>'$.{name}']"
    else:
        one = f"starts_with(original.{name}, '[') and json_type(attributes, '$.{name}') = 'ARRAY'"
        other = f"attributes->>'$.{name}[0]'"
    return f"case when {one} then {other} else original.{name} end as value_{name}"


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


def _gathered(contested: Sequence[Contest]) -> str:
    """Make `new_golden` of the tables of all contests, attributes in the order of their names."""
    names = sorted(attribute.name for contest in contested for attribute in contest.attributes)
    joins = " ".join(
        f"left join survived_{place} using (serial)" for place in range(len(contested))
    )
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
