"""Blocking keys as the store keeps them: a number for each rule with a key, one row a record.

In: the table `blocking_key` (`mdm.matching.blocking`), or one record.  Out: 63 bits of the MD5 of
rule and key, the same from both; keys that are skipped have none.  A number means the same whatever
place its rule has in a model version.  That two of a million records' 15 M keys get one number has
a chance of 1 in 80,000; it makes two strangers candidates, whose weight tells that they are.
"""

from collections.abc import Collection, Iterator, Mapping
from hashlib import md5
from itertools import product

import duckdb

from mdm.matching.blocking import make_skip
from mdm.matching.columns import split_term, term_values
from mdm.model.records import Attributes
from mdm.model.rules.rules import Rules

_BETWEEN = "\x1f"


def make_kept_keys(
    connection: duckdb.DuckDBPyConnection,
    rules: Rules,
    skipped: Mapping[str, Collection[str]],
    *,
    of: str,
) -> None:
    """Make the table `kept_key` (key_hash, record_id) of the records (n) of the table `of`."""
    make_skip(connection, rules, skipped)
    connection.execute("create or replace temp table rule_name (rule smallint, name varchar)")
    names = [[number, rule.name] for number, rule in enumerate(rules.blocking)]
    connection.executemany("insert into rule_name values (?, ?)", names)
    connection.execute(
        f"""
        create or replace table kept_key as
        select distinct
            (md5_number_lower(name || chr(31) || blocking_key.key) >> 1)::bigint as key_hash,
            record_id
        from blocking_key
        join rule_name on rule_name.rule = blocking_key.rule
        join record on record.n = blocking_key.n
        semi join {of} as chosen on chosen.n = blocking_key.n
        anti join skip on skip.rule = blocking_key.rule and skip.key = blocking_key.key
        """
    )


class KeptKeys:
    """Makes the kept keys of one record at a time; `skipped`: rule -> its keys that none has."""

    def __init__(self, rules: Rules, skipped: Mapping[str, Collection[str]]) -> None:
        terms = {term: split_term(term) for rule in rules.blocking for term in rule.on}
        self._terms = [
            (term, rules.attribute(attribute), feature)
            for term, (attribute, feature) in terms.items()
        ]
        self._rules = [(rule.name, rule.on) for rule in rules.blocking]
        self._skipped = {name: frozenset(skipped.get(name, ())) for name, _ in self._rules}

    def of(self, record: Attributes) -> list[int]:
        """List the kept keys of a standardised record, ascending.

        Of each rule, every combination of its terms' values is one; a record without one of the
        terms has none.
        """
        return sorted(
            {_hash(name, key) for name, key in self._keys(record) if not self._skips(name, key)}
        )

    def too_common(self, record: Attributes) -> list[str]:
        """List the attributes of a record that stand alone in a rule and whose key is skipped."""
        return [
            name for name, key in self._keys(record) if name in record and self._skips(name, key)
        ]

    def _skips(self, name: str, key: str) -> bool:
        return key in self._skipped[name]

    def _keys(self, record: Attributes) -> Iterator[tuple[str, str]]:
        """Give the record's keys with their rules' names."""
        values = {
            term: term_values(attribute, feature, record)
            for term, attribute, feature in self._terms
        }
        for name, terms in self._rules:
            for parts in product(*(values[term] for term in terms)):
                yield name, "|".join(parts)


def _hash(rule: str, key: str) -> int:
    digest = md5(f"{rule}{_BETWEEN}{key}".encode(), usedforsecurity=False).digest()
    return int.from_bytes(digest[8:], "little") >> 1
