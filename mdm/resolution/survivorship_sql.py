"""Survivorship in columns: the statements that let values survive in all clusters at once.

The rule is that of `mdm.identity.survivorship`, which follows it one cluster at a time; both write
the same JSON, to the byte.  In: the table `member`, a row for each record of each cluster:

- `serial` of the cluster; `trust` and `recent`, the scores of the strategies of these names
- `line_up_<strategies>`, the record's place in that line-up of all records
- `source`, `key`, as JSON
- for each attribute `form_<attribute>`, its standardised value or list of values, and
  `value_<attribute>`, the original one

Out: a table for each contest of the rules' survivorship: `serial`, and for each attribute
`value_<attribute>` and `provenance_<attribute>` as JSON, null where the cluster has none.
"""

from collections.abc import Sequence
from functools import reduce

from mdm.identity.contest import ALL_AGREE, LEADING, ONLY_VALUE, TIE, strategies_of_members
from mdm.identity.survivorship import EVERY_VALUE, Contest
from mdm.model.rules.rules import Attribute

FORM_OF = "form_of"
"""The table (value, form) of the lists that standardising made shorter, for one attribute."""


def line_up(strategies: Sequence[str]) -> str:
    """Name the column that has the records' places in the line-up of these strategies."""
    return "_".join(["line_up", *strategies_of_members(strategies)])


def placed(strategies: Sequence[str]) -> str:
    """Select the places in the line-up; `tie` is the record's place by (trust, source, key)."""
    scores = [f"{strategy} desc" for strategy in strategies_of_members(strategies)]
    return f"row_number() over (order by {', '.join([*scores, 'tie'])}) as {line_up(strategies)}"


def quoted(text: str) -> str:
    r"""Write a text as JSON, as orjson does: DuckDB's own has \u000B where that has \u000b."""
    unlike = [code for code in range(32) if f"{code:x}" != f"{code:X}"]
    lowered = reduce(
        lambda json, code: rf"replace({json}, '\u{code:04X}', '\u{code:04x}')",
        unlike,
        rf"replace(to_json({text})::text, '\\', chr(1))",  # JSON has no control character itself
    )
    of_them = "".join(rf"\x{code:02x}" for code in unlike)
    return (
        f"case when regexp_matches({text}, '[{of_them}]') "
        rf"then replace({lowered}, chr(1), '\\') else to_json({text})::text end"
    )


def surviving(contest: Contest, table: str) -> str:
    """Make the table of a contest."""
    attributes, strategies = contest.attributes, contest.strategies
    if contest.every_value:
        return f"create table {table} as {_every_value(attributes[0].name, strategies)}"
    return f"create table {table} as {_one_group(attributes, strategies)}"


def _one_group(attributes: Sequence[Attribute], strategies: Sequence[str]) -> str:
    """Let the group of one record survive, whole; a single value is a group of one."""
    names = [attribute.name for attribute in attributes]
    place = line_up(strategies)
    forms = [f"form_{name}" for name in names]
    texts = ", ".join(f"{_text(attribute)} as form_{attribute.name}" for attribute in attributes)
    scores = ("has_leading", *strategies)
    return f"""
        with
        -- each distinct group of a cluster, and the best record that has it
        held as (
            select serial, {", ".join(forms)}, min({place}) as holder, count(*) as frequent
            from (select serial, {place}, {texts} from member)
            where {" or ".join(f"{form} <> ''" for form in forms)}
            group by all
        ),
        contender as (
            {_wholes(forms) if len(forms) > 1 else "select *, holder as best from held"}
        ),
        ranked as (
            {_ranked(forms, place, scores)}
        ),
        told as (
            select *
            from ranked
            join (
                select {place} as holder, source, key, {", ".join(map(_value, attributes))}
                from member
            ) using (holder)
        ),
        {"".join(map(_beaten, names))}
        winner as (
            select told.*, {_decided(scores)} as rule
            from told
            left join ranked as second on second.serial = told.serial and second.rank = 2
            where told.rank = 1
        )
        select winner.serial, {", ".join(map(_golden, names))}
        from winner
        {" ".join(f"left join beaten_{name} using (serial)" for name in names)}
        """


def _text(attribute: Attribute) -> str:
    """Select what contests: a value, the values of a list line by line, "" where there is none."""
    form = f"form_{attribute.name}"
    return f"coalesce({f'array_to_string({form}, chr(10))' if attribute.many else form}, '')"


def _wholes(forms: Sequence[str]) -> str:
    """Count a group that is a part of another as that other: the fullest, of equals the first."""
    is_part = " and ".join(f"part.{form} in ('', around.{form})" for form in forms)
    fullness = " + ".join(f"(around.{form} <> '')::int" for form in forms)
    return f"""
            select serial, whole.holder, min(part) as best, sum(frequent) as frequent,
                   {", ".join(f"whole.{form}" for form in forms)}
            from (
                select part.serial, part.holder as part, part.frequent,
                       arg_max(around, ({fullness}, -around.holder)) as whole
                from held as part
                join held as around on around.serial = part.serial and {is_part}
                group by all
            )
            group by serial, whole
            """


def _ranked(forms: Sequence[str], place: str, scores: Sequence[str]) -> str:
    """Rank the contenders of a cluster by their scores, equal ones by their best records."""
    length = " + ".join(f"length({form})" for form in forms)
    return f"""
            select *, row_number() over (
                       partition by serial
                       order by {", ".join(f"{score} desc" for score in scores)}, best
                   ) as rank
            from (
                select *, {length} as longest, {forms[0]} <> '' as has_leading
                from contender
                join (select {place} as best, trust, recent from member) using (best)
            )
            """


def _value(attribute: Attribute) -> str:
    """Select the original value as JSON."""
    column = f"value_{attribute.name}"
    if not attribute.many:
        return f"{quoted(column)} as {column}"
    texts = f"list_transform({column}, lambda value: {quoted('value')})"
    return f"'[' || array_to_string({texts}, ',') || ']' as {column}"


def _beaten(name: str) -> str:
    """List the values that the winning group does not have in that place, best first."""
    return f"""
        beaten_{name} as (
            select serial, string_agg(beaten, ',' order by rank) as beaten_{name}
            from (
                select told.serial, min(told.rank) as rank,
                       arg_min({_beaten_entry(name)}, told.rank) as beaten
                from told
                join told as first on first.serial = told.serial and first.rank = 1
                where told.rank > 1 and told.form_{name} not in ('', first.form_{name})
                group by told.serial, told.form_{name}
            )
            group by serial
        ),"""


def _beaten_entry(name: str) -> str:
    told = """'{"key":' || told.key || ',"source":' || told.source || ',"value":'"""
    return f"{told} || told.value_{name} || '}}'"


def _decided(scores: Sequence[str]) -> str:
    """Tell what decided between the first two: the first score in which they differ."""
    words = {"has_leading": LEADING}
    differ = [
        f"when told.{score} <> second.{score} then '{words.get(score, score)}'" for score in scores
    ]
    return f"""case
                when second.rank is null and told.frequent = 1 then '{ONLY_VALUE}'
                when second.rank is null then '{ALL_AGREE}'
                {" ".join(differ)}
                else '{TIE}'
            end"""


def _golden(name: str) -> str:
    """Select the value and the provenance of one attribute of the winner, null if it has none."""
    beat = f"coalesce(beaten_{name}, '')"
    return f"""
            case when form_{name} <> '' then value_{name} end as value_{name},
            case when form_{name} <> '' then {_entry(beat)} end as provenance_{name}"""


def _entry(beat: str) -> str:
    """Write where a value came from, keys in order."""
    return f"""'{{"beat":[' || {beat} || '],"key":' || key || ',"rule":"' || rule
            || '","source":' || source || '}}'"""


def _every_value(name: str, strategies: Sequence[str]) -> str:
    """Let every distinct value survive, best first."""
    place = line_up(strategies)
    scores = ", ".join(f"{strategy} desc" for strategy in strategies)
    return f"""
        with
        listed as (
            {_listed(name, place)}
        ),
        -- each distinct value of a cluster, and the best record that has it
        held as (
            select serial, form, length(form) as longest, min(place) as best,
                   arg_min(nth, place) as nth, arg_min(value, place) as value,
                   count(*) as frequent
            from listed
            group by serial, form
        ),
        ranked as (
            select *, count(*) over (partition by serial) as distinct_values,
                   row_number() over (partition by serial order by {scores}, best, nth) as rank
            from held
            join (select {place} as best, trust, recent, source, key from member) using (best)
        ),
        told as (
            select *, case
                       when distinct_values > 1 then '{EVERY_VALUE}'
                       when frequent > 1 then '{ALL_AGREE}'
                       else '{ONLY_VALUE}'
                   end as rule
            from ranked
        )
        select serial,
               '[' || string_agg({quoted("value")}, ',' order by rank) || ']' as value_{name},
               '[' || string_agg({_entry("''")}, ',' order by rank) || ']' as provenance_{name}
        from told
        group by serial
        """


def _listed(name: str, place: str) -> str:
    """Select each usable value of each record with its standardised form and number in the list.

    Standardising drops the unusable and the equal and keeps the order, so where nothing was
    dropped the two lists are parallel; only otherwise `form_of` says what became of each value.
    """
    value, form = f"value_{name}", f"form_{name}"
    return f"""
            select serial, {place} as place, unnest({value}) as value, unnest({form}) as form,
                   generate_subscripts({form}, 1) as nth
            from member
            where len({value}) = len({form})
            union all
            select serial, place, arg_min(value, nth) as value, form, min(nth) as nth
            from (
                select serial, {place} as place, unnest({value}) as value,
                       generate_subscripts({value}, 1) as nth
                from member
                where len({value}) <> len({form})
            )
            join {FORM_OF} using (value)
            group by serial, place, form
            """
