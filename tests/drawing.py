"""What is drawn for histories: records, what they say, what a steward is shown and judges."""

from collections import defaultdict
from collections.abc import Collection

from hypothesis import strategies as st

from mdm.model.judgements import Shown
from tests.resolving import Office, ref
from tests.small_world import NAMES, VALUES

names = st.sampled_from(NAMES)
people = st.fixed_dictionaries(
    {"email": st.lists(st.sampled_from(VALUES["email"]), max_size=2, unique=True)},
    optional={name: st.sampled_from(VALUES[name]) for name in ("given_name", "date_of_birth")},
)
known_people = people | st.sampled_from(
    [
        {name: values[at] for name, values in VALUES.items()} | {"email": [VALUES["email"][at]]}
        for at in range(3)
    ]
)


def draw_shown(data, office: Office, again: Collection[str] | None = None) -> list[str]:
    """Draw golden records that do not wait, any two or those of `again`; their records.

    `again` are those that were judged last, unless others are named.
    """
    waiting = office.pending()
    together: dict[str, list[str]] = defaultdict(list)
    for name, home in sorted(office.homes().items()):
        together[home].append(name)
    golden = sorted(names for names in together.values() if waiting.isdisjoint(names))
    if not golden:
        return []
    wanted = frozenset(_column(office, _JUDGED_LAST) if again is None else again)
    found = [names for names in golden if not wanted.isdisjoint(names)]
    if found and data.draw(st.sampled_from([True, True, True, False])):
        return [name for names in found for name in names]
    chosen = data.draw(
        st.lists(st.integers(0, len(golden) - 1), min_size=1, max_size=2, unique=True)
    )
    return [name for at in chosen for name in golden[at]]


_JUDGED_LAST = """
    SELECT s.name || '/' || r.key
    FROM judgement_member m
    JOIN record r ON r.record_id = m.record_id
    JOIN source s ON s.source_id = r.source_id
    WHERE m.judgement_id = (SELECT max(judgement_id) FROM judgement)
"""


def draw_parts(data, shown: list[str], *, one_home: bool) -> list[list[Shown]]:
    """Draw a partition: what is in one golden record is split, what is in two joined or mixed."""
    if not one_home and data.draw(st.booleans()):
        return [[Shown(ref(name)) for name in shown]]
    most = len(shown) - 1
    apart = data.draw(st.sets(st.sampled_from(shown), min_size=1, max_size=most))
    halves = ([name for name in shown if (name in apart) is there] for there in (False, True))
    return [[Shown(ref(name)) for name in half] for half in halves]


def beside_waiting(office: Office) -> list[str]:
    """List who waits, or is paired with one who does, judged with one or in one golden record."""
    return _column(office, _BESIDE_WAITING)


_BESIDE_WAITING = """
    WITH
    waiting AS (
        SELECT record_id
        FROM record
        WHERE pending
    ),
    beside AS (
        SELECT record_id
        FROM waiting
        UNION
        SELECT record_l + record_r - w.record_id
        FROM pair
        JOIN waiting w ON w.record_id IN (record_l, record_r)
        UNION
        SELECT o.record_id
        FROM judgement_member m
        JOIN waiting w ON w.record_id = m.record_id
        JOIN judgement_member o ON o.judgement_id = m.judgement_id
        UNION
        SELECT o.record_id
        FROM crosswalk c
        JOIN waiting w ON w.record_id = c.record_id
        JOIN crosswalk o ON o.serial = c.serial
    )
    SELECT s.name || '/' || r.key
    FROM beside
    JOIN record r ON r.record_id = beside.record_id
    JOIN source s ON s.source_id = r.source_id
    ORDER BY 1
"""


def _column(office: Office, sql: str) -> list[str]:
    return [name for (name,) in office.query(sql)]
