"""Publish: what differs between the published state and what a resolution found.

In: the snapshot's tables `old_*`, and what the resolution made: `home` (record_id, serial),
`own` (record_id, serial), `scored`, `scored_inside`, `component_pair`, `new_golden`,
`blocking_key`.  Out: a `Publication`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import duckdb
import pyarrow as pa

from mdm.matching.keys import make_kept_keys
from mdm.model.rules.rules import Kind, Rules
from mdm.store.publication import Publication


def make_pairs(connection: duckdb.DuckDBPyConnection, *, review: int) -> None:
    """Make the table `new_pair`: the pairs worth keeping, by record ID.

    Those that blocking found at or above the review threshold, and, `inside_only`, the other ones
    inside a component, which are of interest only as long as it holds both records.
    """
    connection.execute(
        """
        create table new_pair as
        select least(l.record_id, r.record_id) as record_l,
               greatest(l.record_id, r.record_id) as record_r,
               weight,
               inside_only
        from (
            select n_l, n_r, weight, false as inside_only
            from scored
            anti join scored_inside using (n_l, n_r)
            where weight >= $review
            union all
            select n_l, n_r, scored.weight, true as inside_only
            from scored
            semi join component_pair using (n_l, n_r)
            left join scored_inside as inside using (n_l, n_r)
            where scored.weight < $review or inside.weight is not null
        )
        join record as l on l.n = n_l
        join record as r on r.n = n_r
        """,
        {"review": review},
    )


def make_keys(
    connection: duckdb.DuckDBPyConnection,
    rules: Rules,
    skipped: Mapping[str, Sequence[str]],
    *,
    every: bool,
) -> None:
    """Make the table `kept_key`, of every record or of those that need new keys."""
    which = "" if every else "where pending or restandardised"
    connection.execute(
        f"create table keyed_anew as select n from record join record_raw using (record_id) {which}"
    )
    make_kept_keys(connection, rules, skipped, of="keyed_anew")


def difference(
    connection: duckdb.DuckDBPyConnection, rules: Rules, *, every_key: bool
) -> Publication:
    """Tell what publishing must write, and nothing else; `every_key` as `make_keys` was told."""

    def table(query: str) -> pa.Table:
        return connection.execute(query).to_arrow_table()

    return replace(
        golden_difference(connection),
        pairs_gone=table(_gone("old_pair", "new_pair", "record_l", "record_r")),
        pairs=table(
            _changed("new_pair", "old_pair", ("record_l", "record_r"), ("weight", "inside_only"))
        ),
        crosswalk_gone=table(_gone("old_crosswalk", "home", "record_id")),
        crosswalk=table(_changed("home", "old_crosswalk", ("record_id",), ("serial",))),
        keys_of=table(_KEYED_ANEW),
        search_keys=table(search_keys(rules, "where pending or restandardised")),
        blocking_keys=table("select key_hash, record_id from kept_key order by all"),
        every_blocking_key=every_key,
        standardised=connection.execute(_STANDARDISED, [rules.rules_hash]).to_arrow_table(),
        records=table(_RECORDS),
    )


def golden_difference(connection: duckdb.DuckDBPyConnection) -> Publication:
    """Tell of the golden records alone what publishing must write."""

    def table(query: str) -> pa.Table:
        return connection.execute(query).to_arrow_table()

    return Publication(
        touched=table(_TOUCHED),
        golden_gone=table(_gone("old_golden", "new_golden", "serial")),
        golden=table(
            _changed("new_golden", "old_golden", ("serial",), ("attributes", "provenance"))
        ),
    )


def rewritten(connection: duckdb.DuckDBPyConnection) -> pa.Table:
    """List the golden records that last and say something else, each with which attributes."""
    return connection.execute(_REWRITTEN).to_arrow_table()


def _gone(old: str, new: str, *keys: str) -> str:
    names = ", ".join(keys)
    return f"select {names} from {old} anti join {new} using ({names}) order by {names}"


def _changed(new: str, old: str, keys: Sequence[str], values: Sequence[str]) -> str:
    """Select the rows that are not there, or say something else."""
    names = ", ".join(keys)
    all_names = ", ".join([*keys, *values])
    return f"select {all_names} from {new} anti join {old} using ({all_names}) order by {names}"


_REWRITTEN = """
    with
    named as (
        select serial, new.attributes as new, old.attributes as old,
               unnest(
                   list_distinct(list_concat(json_keys(new.attributes), json_keys(old.attributes)))
               ) as name
        from new_golden as new
        join old_golden as old using (serial)
        where new.attributes <> old.attributes
    )
    select serial, to_json(list(name order by name))::varchar as attributes
    from named
    where json_extract(new, '$.' || name)::varchar
          is distinct from json_extract(old, '$.' || name)::varchar
    group by serial
    order by serial
    """
_TOUCHED = """
    with moved as (
        select old.serial as old, new.serial as new
        from old_crosswalk as old
        full join home as new using (record_id)
        where old.serial is distinct from new.serial
    )
    select old as serial from moved where old is not null
    union
    select new as serial from moved where new is not null
    order by serial
    """
_STANDARDISED = """
    select record_id, content_hash, ? as rules_hash, standardised as attributes
    from record_raw
    where restandardised
    order by record_id
    """
_RECORDS = """
    select record_id, content_hash,
           case when own.serial is distinct from own_serial then own.serial end as own_serial
    from record_raw
    join own using (record_id)
    where pending or own.serial is distinct from own_serial
    union all
    select record_id, content_hash, null
    from retired_pending
    order by record_id
    """
_KEYED_ANEW = """
    select record_id from record_raw where pending or restandardised
    union all
    select record_id from retired_pending
    order by record_id
    """


def search_keys(rules: Rules, which: str = "") -> str:
    """Select the search keys (kind, value, record_id) of the records that a clause chooses."""
    parts = [
        f"select '{a.kind.value}' as kind, "
        f"{f'unnest({a.name})' if a.many else a.name} as value, record_id from record"
        for a in rules.attributes
        if a.kind in {Kind.EMAIL, Kind.PHONE, Kind.IDENTIFIER}
    ]
    parts += [
        f"select 'name_date' as kind, {family} || '|' || {given} || '|' || {born} as value, "
        "record_id from record"
        for family in _names(rules, Kind.FAMILY_NAME)
        for given in _names(rules, Kind.GIVEN_NAME)
        for born in _names(rules, Kind.DATE_OF_BIRTH)
    ]
    empty = "select null::text as kind, null::text as value, null::bigint as record_id"
    return f"""
        select distinct kind, value, record_id
        from ({" union all ".join([empty, *parts])})
        semi join (select record_id from record_raw {which}) using (record_id)
        where value is not null
        order by kind, value, record_id
        """


def _names(rules: Rules, kind: Kind) -> list[str]:
    return [attribute.name for attribute in rules.attributes if attribute.kind is kind]
