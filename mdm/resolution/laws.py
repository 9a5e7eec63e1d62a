"""The laws of DESIGN.md as queries: each check finds what is published and breaks one.

In: the tables of a snapshot (`old_*`), of what a rebuild finds (`mdm.resolution.resolve.find`), of
what waits (`mdm.resolution.waiting`), and `wrong_value`, `wrong_key`, `weighed` (record_l,
record_r, weight), `wrong_review`, `retired`, `golden_id`.
"""

from dataclasses import dataclass
from typing import Literal

import duckdb

EXAMPLES = 3
"""How many of what breaks a law are named."""

Law = Literal["rebuild", "one home", "golden IDs", "weights"]


@dataclass(frozen=True)
class Finding:
    """What breaks a law: how many, and the first of them by name.

    A record is named `source/key`, a pair `source/key + source/key`, a golden record by its golden
    ID.  `mended`: a rebuild makes it right.
    """

    law: Law
    what: str
    count: int
    examples: tuple[str, ...]
    mended: bool


@dataclass(frozen=True)
class _Check:
    """A query that gives what breaks a law.

    `record_id`; `record_l` and `record_r`; `serial`; or `figure`, the name of one.
    """

    law: Law
    what: str
    query: str
    mended: bool = True


def broken(connection: duckdb.DuckDBPyConnection) -> list[Finding]:
    """Make all checks; the result is what was found, in the order of the laws."""
    connection.execute(_NAMED)
    for checks in (_CHECKS, _QUESTIONS, _FIGURES):
        # each follows from those before it, and would be named beside whatever is wrong there
        findings = [_found(connection, check) for check in checks]
        found = [finding for finding in findings if finding.count]
        if found:
            return found
    return []


def _found(connection: duckdb.DuckDBPyConnection, check: _Check) -> Finding:
    connection.execute(f"create or replace temp table found as {check.query}")
    columns = [name for name, *_ in connection.execute("select * from found limit 0").description]
    (count,) = connection.execute("select count(*) from found").fetchone() or (0,)
    rows = connection.execute(_NAMES[columns[0]], [EXAMPLES]).fetchall() if count else []
    return Finding(check.law, check.what, int(count), tuple(name for (name,) in rows), check.mended)


_NAMED = """
    create view named as
    select record_id, source || '/' || key as name from record_raw
    union all
    select record_id, source || '/' || key as name from retired
    """

_NAMES = {
    "record_id": """
        select coalesce(name, 'record ' || record_id)
        from found
        left join named using (record_id)
        order by record_id
        limit ?
        """,
    "record_l": """
        select coalesce(l.name, 'record ' || record_l) || ' + '
            || coalesce(r.name, 'record ' || record_r)
        from found
        left join named as l on l.record_id = record_l
        left join named as r on r.record_id = record_r
        order by record_l, record_r
        limit ?
        """,
    "serial": """
        select coalesce(golden_id, 'serial ' || serial)
        from found
        left join golden_id using (serial)
        order by serial
        limit ?
        """,
    "figure": "select figure from found order by figure limit ?",
}
"""How to name what was found, by its first column."""


def _wrong_key(kind: str) -> str:
    return (
        f"select record_id from wrong_key anti join waiting using (record_id) where kind = '{kind}'"
    )


# Pairs that are kept for their component alone may come and go with a record that waits.
_MISSING_PAIRS = """
    select record_l, record_r
    from new_pair
    anti join old_pair using (record_l, record_r)
    join known as l on l.record_id = record_l and not l.waits
    join known as r on r.record_id = record_r and not r.waits
    where not (inside_only and l.unsettled and r.unsettled)
    """
_FOREIGN_PAIRS = """
    select record_l, record_r
    from old_pair
    anti join new_pair using (record_l, record_r)
    left join known as l on l.record_id = record_l
    left join known as r on r.record_id = record_r
    where l.record_id is null
       or r.record_id is null
       or not (l.waits or r.waits or (inside_only and l.unsettled and r.unsettled))
    """
_OTHER_REASON = """
    select record_l, record_r
    from old_pair
    join new_pair using (record_l, record_r)
    where old_pair.inside_only <> new_pair.inside_only
      and record_l not in (from waiting)
      and record_r not in (from waiting)
    """
_WRONG_WEIGHTS = """
    select record_l, record_r
    from old_pair
    join weighed using (record_l, record_r)
    where old_pair.weight <> weighed.weight
    """
_MISPLACED = """
    select record_id
    from expected
    join old_crosswalk using (record_id)
    where serial <> standing
    union all
    select record_id
    from old_crosswalk
    semi join (from known where unsettled) as unsettled using (record_id)
    semi join expected on standing = serial
    """
_WRONG_GOLDEN = """
    select standing as serial
    from (select distinct home, standing from expected)
    anti join retrusted using (home)
    anti join repinned using (home)
    join old_golden as old on old.serial = standing
    join new_golden as new on new.serial = home
    where old.attributes <> new.attributes or old.provenance <> new.provenance
    """
_HOMELESS = """
    select record_id
    from known
    anti join old_crosswalk using (record_id)
    where live and not waits
    """
_WRONG_OWN = """
    select record_id
    from expected
    join own using (record_id)
    join known using (record_id)
    where not shifts and own.serial is distinct from own_serial
    """


# A record that changed and waits has ended an `unsure` already, which its publication will heed.
_WRONG_REVIEWS = """
    with
    waits as (
        select serial from old_crosswalk semi join waiting using (record_id)
    )
    select serial
    from wrong_review
    where serial not in (from waits)
      and (other is null or other not in (from waits))
    """


def _ids_that(are_lost: str) -> str:
    """Select the golden IDs that no golden record carries and of which this is true.

    One leads to the golden record of a record whose own ID it is, or that it follows; it may lead
    nowhere if all such records are retired, or wait.
    """
    return f"""
    with
    standing as (
        select own_serial, record_id, live and not waits as settled from known
        union all
        select own_serial, record_id, false as settled from retired where not pending
    ),
    owner as (
        from standing
        union all
        select serial, record_id, settled
        from standing
        join golden_id on follows = record_id
    ),
    owned as (
        select own_serial as serial, bool_or(settled) as settled,
               bool_or(old_golden.serial is not null) as leads
        from owner
        left join old_crosswalk using (record_id)
        left join old_golden on old_golden.serial = old_crosswalk.serial
        where own_serial is not null
        group by own_serial
    )
    select serial
    from golden_id
    anti join old_golden using (serial)
    left join owned using (serial)
    where {are_lost}
    """


_QUESTIONS = (_Check("rebuild", "golden records with other questions to stewards", _WRONG_REVIEWS),)
_FIGURES = (
    _Check("rebuild", "figures of the overview that are wrong", "select figure from wrong_figure"),
)

_CHECKS = (
    _Check("rebuild", "records standardised otherwise", "select record_id from wrong_value"),
    _Check("rebuild", "records with other search keys", _wrong_key("search")),
    _Check("rebuild", "records with other blocking keys", _wrong_key("blocking")),
    _Check("rebuild", "pairs that are missing", _MISSING_PAIRS),
    _Check("rebuild", "pairs that should not be kept", _FOREIGN_PAIRS),
    _Check("rebuild", "pairs kept for another reason", _OTHER_REASON),
    _Check("rebuild", "records in another golden record", _MISPLACED),
    _Check("rebuild", "golden records that say something else", _WRONG_GOLDEN),
    _Check("one home", "records in no golden record", _HOMELESS),
    _Check(
        "one home",
        "retired or unknown records in a golden record",
        "select record_id from old_crosswalk anti join known using (record_id)",
    ),
    _Check(
        "one home",
        "golden records without a record",
        "select serial from old_golden anti join old_crosswalk using (serial)",
    ),
    _Check(
        "one home",
        "records' golden records that are missing",
        "select distinct serial from old_crosswalk anti join old_golden using (serial)",
    ),
    _Check("golden IDs", "records whose own ID should be another", _WRONG_OWN),
    _Check("golden IDs", "golden IDs that lead nowhere", _ids_that("settled and not leads")),
    _Check(
        "golden IDs",
        "golden IDs that stand for no record",
        _ids_that("owned.serial is null"),
        mended=False,
    ),
    _Check("weights", "pairs with another match weight", _WRONG_WEIGHTS),
)
