"""The laws of DESIGN.md, whatever happens in whatever order: a machine takes, judges, resolves."""

from itertools import combinations, count

import networkx as nx
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    precondition,
    rule,
    run_state_machine_as_test,
)

from mdm.identity.judgements import contradictions
from mdm.model.errors import Retired
from mdm.store import judgements
from tests import stores
from tests.resolving import ANN, BOB, RULES, STRICT, Office

HISTORIES = 4
STEPS = 25
ACTS_BETWEEN_RESOLVES = 3

NAMES = ("bank_1", "bank_2", "bank_3", "shop_1", "shop_2", "shop_3")
BETWEEN = {"given_name": "Ann", "date_of_birth": "1990-05-05", "email": ("ann@lee.example",)}
"""Ann by name and e-mail, Bob by date of birth: a bridge between the two."""
PEOPLE = (ANN, BOB, BETWEEN, {"given_name": "Ann"})


class Laws(RuleBasedStateMachine):
    """One history of one store; every law is looked at after each resolve."""

    def __init__(self, url: str, folder) -> None:
        super().__init__()
        self.opened = stores.fresh(url)
        self.folder = folder
        self.office = Office(self.opened.__enter__())
        self.issued: set[str] = set()
        self.live: set[str] = set()
        self.known: set[str] = set()
        self.acts = 0

    def teardown(self):
        self.resolve()
        self.opened.__exit__(None, None, None)

    @initialize(people=st.lists(st.sampled_from(PEOPLE), min_size=4, max_size=len(NAMES)))
    def begin(self, people):
        self.take(dict(zip(NAMES, people, strict=False)))
        self.office.train()
        self.resolve()

    @rule(rows=st.dictionaries(st.sampled_from(NAMES), st.sampled_from(PEOPLE), min_size=1))
    def take(self, rows):
        """Take records: new, changed, unchanged, returned."""
        self.office.take(**rows)
        self.acts += 1
        names = {name.replace("_", "/") for name in rows}
        self.live |= names
        self.known |= names

    @rule(names=st.sets(st.sampled_from(NAMES), min_size=1, max_size=3))
    def retire(self, names):
        self.acts += 1
        gone = {name.replace("_", "/") for name in names}
        self.office.retire(*gone)
        self.live -= gone

    @rule(data=st.data())
    def call_same(self, data):
        self.judge([self.some(data, 2, 3)])

    @rule(data=st.data())
    def call_different(self, data):
        one, other, *more = self.some(data, 2, 4)
        self.judge([[one, *more], [other]])

    @rule(data=st.data())
    def call_unsure(self, data):
        self.judge([[name] for name in self.some(data, 2, 2)], kind="unsure")

    def some(self, data, least: int, most: int) -> list[str]:
        """Draw records that were ever taken, retired ones too."""
        known = st.sampled_from(sorted(self.known))
        return data.draw(st.lists(known, min_size=least, max_size=most, unique=True))

    def judge(self, parts, kind="partition"):
        """Keep a judgement unless it contradicts what is in force."""
        self.acts += 1
        with self.office.store.write() as tx:
            judgement = self.office.judgement(tx, *parts, kind=kind)
            if not contradictions(judgement, judgements.in_force(tx)):
                judgements.add(tx, judgement)
                tx.commit()

    @precondition(lambda self: self.in_force())
    @rule(data=st.data())
    def withdraw(self, data):
        self.acts += 1
        chosen = data.draw(st.sampled_from(self.in_force()))
        self.office.withdraw(chosen.judgement_id)

    @precondition(lambda self: self.live)
    @rule(rules=st.sampled_from([RULES, STRICT]), seed=st.integers(1, 3))
    def train(self, rules, seed):
        self.acts += 1
        self.office.train(rules, seed=seed)

    @precondition(lambda self: self.acts >= ACTS_BETWEEN_RESOLVES)
    @rule()
    def resolve(self):
        self.acts = 0
        self.office.resolve()
        homes = self.office.homes()
        self.issued |= set(homes.values())
        self.check_one_home(homes)
        self.check_ids(homes)
        self.check_judgements(homes)
        self.check_kept_and_derived()

    def in_force(self):
        with self.office.store.read() as tx:
            return judgements.in_force(tx)

    def check_one_home(self, homes):
        assert homes.keys() == self.live
        assert self.office.pending() == set()
        carried = self.office.query("SELECT serial FROM golden_record ORDER BY serial")
        assert carried == self.office.query("SELECT DISTINCT serial FROM crosswalk ORDER BY serial")

    def check_ids(self, homes):
        """Every golden ID ever published resolves: to a live golden record, or to 'retired'."""
        own = self.office.query(
            """
            SELECT i.golden_id, count(*), sum(CASE WHEN r.retired_at IS NULL THEN 1 ELSE 0 END)
            FROM record r
            JOIN golden_id i ON i.serial = r.own_serial
            GROUP BY i.golden_id
            """
        )
        alive = {golden_id: lives > 0 for golden_id, _, lives in own}
        for golden_id in self.issued:
            answer = self.office.ask(golden_id)
            if golden_id in homes.values():
                assert answer == golden_id
            elif alive[golden_id]:
                assert answer in homes.values()
            else:
                assert answer is Retired
        issued = self.office.query("SELECT golden_id FROM golden_id")
        assert {golden_id for (golden_id,) in issued} == self.issued

    def check_judgements(self, homes):
        """What stewards called the same is together, what they called different is apart."""
        same, apart = nx.Graph(), []
        same.add_nodes_from(self.known)
        for parts in self.judged():
            for part in parts:
                nx.add_path(same, part)
            apart += combinations([part[0] for part in parts], 2)
        group = {name: i for i, found in enumerate(nx.connected_components(same)) for name in found}
        for one, other in combinations(homes, 2):
            if group[one] == group[other]:
                assert homes[one] == homes[other]
        for one, other in apart:
            left, right = ({homes[n] for n in homes if group[n] == group[k]} for k in (one, other))
            assert not left & right

    def judged(self) -> list[list[list[str]]]:
        """The parts of every partition in force, by the names of the records."""
        names = dict(
            self.office.query(
                """
                SELECT r.record_id, s.name || '/' || r.key
                FROM record r
                JOIN source s ON s.source_id = r.source_id
                """
            )
        )
        found = []
        for judgement in self.in_force():
            if judgement.kind == "partition":
                parts: dict[int, list[str]] = {}
                for member in judgement.members:
                    parts.setdefault(member.part, []).append(names[member.record_id])
                found.append(list(parts.values()))
        return found

    def check_kept_and_derived(self):
        """A store with all that is kept and nothing derived resolves to the same.

        It resolves with the newest model version, as the machine does.
        """
        copy = self.folder / f"copy{next(COPIES)}.db"
        with stores.fresh(f"sqlite:///{copy}") as fresh:
            assert self.office.rebuilt(fresh).meaning() == self.office.meaning()
        for file in self.folder.glob(f"{copy.name}*"):
            file.unlink()


COPIES = count()


def test_the_laws_hold_after_every_resolve_of_any_history(database, store_url, tmp_path):
    numbers = count()

    def machine() -> Laws:
        url = store_url
        if database == "sqlite":
            url = f"sqlite:///{tmp_path / f'history{next(numbers)}.db'}"
        return Laws(url, tmp_path)

    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=HISTORIES,
            stateful_step_count=STEPS,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
