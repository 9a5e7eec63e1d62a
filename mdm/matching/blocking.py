"""Blocking: which pairs of records are worth comparing.

In: the table `record` (`mdm.matching.columns`).  Out: the table `blocking_key` (rule, key, n), a
row for each value, and the pairs of records that share a key.  A key that more than `KEY_LIMIT`
distinct standardised records share is skipped, and so is a rule that would make more pairs than
its budget, or that finds nothing of its own (`mdm.matching.rule_choice`); all that is decided once,
at training, and frozen with the model version.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import duckdb
import pyarrow as pa

from mdm.matching.columns import split_term
from mdm.matching.predicates import column
from mdm.model.rules.rules import BlockingRule, Rules

KEY_LIMIT = 200
"""Distinct records that may share a key; DESIGN.md, 'Blocking is one table'."""
PAIRS_A_RECORD = 10
"""A rule's budget: it may make so many pairs for each record ..."""
LEAST_BUDGET = 1_000_000
"""... or so many in all, whichever is more, so that small stores lose no rule."""


@dataclass(frozen=True)
class RuleCount:
    """What a blocking rule would make: `pairs` after its `skipped` keys; `largest` keys first."""

    rule: str
    pairs: int
    skipped: tuple[str, ...]
    largest: tuple[tuple[str, int], ...]


def make_keys(connection: duckdb.DuckDBPyConnection, rules: Rules) -> None:
    """Make the table `blocking_key` of all rules; a record without one of the terms has no key."""
    connection.execute(
        "create or replace table blocking_key (rule smallint, key varchar, n bigint)"
    )
    for number, rule in enumerate(rules.blocking):
        connection.execute(f"insert into blocking_key {_keys_sql(rules, number, rule)}")


def _keys_sql(rules: Rules, number: int, rule: BlockingRule) -> str:
    """Select (rule, key, n); of terms with several values each, every combination is a key."""
    terms = [split_term(term) for term in rule.on]
    columns = ", ".join(f"{column(*term)} as t{i}" for i, term in enumerate(terms))
    rows = f"select n, {columns} from record"
    for i, (attribute, _) in enumerate(terms):
        if rules.attribute(attribute).many:
            # one at a time: two unnests in one SELECT run side by side, not crossed
            rows = f"select * replace (unnest(t{i}) as t{i}) from ({rows})"
    key = " || '|' || ".join(f"t{i}" for i in range(len(terms)))
    return f"""
        select distinct {number}, {key}, n
        from ({rows})
        where {key} is not null
        """


def count_rules(connection: duckdb.DuckDBPyConnection, rules: Rules) -> list[RuleCount]:
    """Count what each rule would make, in the order of the rules."""
    _find_too_common(connection, rules)
    return [_count(connection, i, rule.name) for i, rule in enumerate(rules.blocking)]


def outgrown(
    connection: duckdb.DuckDBPyConnection, rules: Rules, skipped: Mapping[str, Sequence[str]]
) -> list[tuple[str, str, int]]:
    """List (rule, key, distinct records) of the keys beyond their limit that are not skipped."""
    _find_too_common(connection, rules)
    make_skip(connection, rules, skipped)
    rows = connection.execute(
        """
        select rule, key, distinct_records
        from skipped_key
        anti join skip using (rule, key)
        order by rule, distinct_records desc, key
        """
    ).fetchall()
    return [(rules.blocking[rule].name, key, size) for rule, key, size in rows]


def _find_too_common(connection: duckdb.DuckDBPyConnection, rules: Rules) -> None:
    """Make the tables `key_size` (rule, key, size), and `skipped_key` of those beyond the limit."""
    connection.execute(
        """
        create or replace temp table key_size as
        select rule, key, count(*) as size
        from blocking_key
        group by all
        having count(*) > 1
        """
    )
    columns = ", ".join(f"record.{attribute.name}" for attribute in rules.attributes)
    connection.execute(
        f"""
        create or replace temp table skipped_key as
        select key_size.rule, key_size.key,
               count(distinct hash({columns})) as distinct_records
        from key_size
        join blocking_key using (rule, key)
        join record using (n)
        where key_size.size > {KEY_LIMIT}
        group by key_size.rule, key_size.key
        having distinct_records > {KEY_LIMIT}
        """
    )


def _count(connection: duckdb.DuckDBPyConnection, number: int, name: str) -> RuleCount:
    (pairs,) = connection.execute(
        """
        select coalesce(sum(size * (size - 1) // 2), 0)
        from key_size anti join skipped_key using (rule, key)
        where rule = ?
        """,
        [number],
    ).fetchone() or (0,)
    skipped = connection.execute(
        "select key from skipped_key where rule = ? order by key", [number]
    ).fetchall()
    largest = connection.execute(
        "select key, size from key_size where rule = ? order by size desc, key limit 3", [number]
    ).fetchall()
    return RuleCount(name, int(pairs), tuple(k for (k,) in skipped), tuple(largest))


def budget(records: int) -> int:
    """Tell how many pairs one rule may make over so many records."""
    return max(LEAST_BUDGET, PAIRS_A_RECORD * records)


def make_pairs(
    connection: duckdb.DuckDBPyConnection, rules: Rules, skipped: Mapping[str, Sequence[str]]
) -> int:
    """Make the table `candidate` (n_l, n_r), n_l < n_r, each pair once; the result counts them.

    `skipped`: rule -> the keys that too many records shared when the model was trained.
    """
    make_skip(connection, rules, skipped)
    connection.execute(
        f"create or replace table candidate as select distinct n_l, n_r from ({_hits('record')})"
    )
    (count,) = connection.execute("select count(*) from candidate").fetchone() or (0,)
    return int(count)


def make_hits(
    connection: duckdb.DuckDBPyConnection,
    rules: Rules,
    skipped: Mapping[str, Sequence[str]],
    *,
    of: str,
    hits: str,
) -> None:
    """Make the table `hits` (rule, n_l, n_r): the pairs that each rule finds, n_l < n_r.

    `of`: the table of the records (n) that may stand left; `skipped` as for `make_pairs`.
    """
    make_skip(connection, rules, skipped)
    # records with two phones in common share two keys of one rule
    connection.execute(f"create or replace table {hits} as select distinct * from ({_hits(of)})")


def _hits(of: str) -> str:
    return f"""
        select l.rule, l.n as n_l, r.n as n_r
        from blocking_key as l
        semi join {of} as chosen on chosen.n = l.n
        join blocking_key as r on l.rule = r.rule and l.key = r.key and l.n < r.n
        anti join skip on skip.rule = l.rule and skip.key = l.key
        """


def make_skip(
    connection: duckdb.DuckDBPyConnection, rules: Rules, skipped: Mapping[str, Collection[str]]
) -> None:
    """Make the table `skip` (rule, key) of the keys that are not used."""
    numbers = {rule.name: number for number, rule in enumerate(rules.blocking)}
    rows = [(numbers[name], key) for name, keys in skipped.items() for key in keys]
    listed = pa.table(
        {
            "rule": pa.array([number for number, _ in rows], pa.int16()),
            "key": pa.array([key for _, key in rows], pa.string()),
        }
    )
    connection.register("listed", listed)
    connection.execute("create or replace temp table skip as select * from listed")
    connection.unregister("listed")
