"""What is drawn for histories: records, what they say, what a steward is shown and judges."""

from collections import defaultdict

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


def draw_shown(data, office: Office) -> list[str]:
    """Draw golden records that do not wait, some two or those judged last; their records."""
    waiting = office.pending()
    together: dict[str, list[str]] = defaultdict(list)
    for name, home in sorted(office.homes().items()):
        together[home].append(name)
    golden = sorted(names for names in together.values() if waiting.isdisjoint(names))
    if not golden:
        return []
    last = {name for (name,) in office.query(_JUDGED_LAST)}
    again = [names for names in golden if not last.isdisjoint(names)]
    if again and data.draw(st.sampled_from([True, True, True, False])):
        return [name for names in again for name in names]
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
