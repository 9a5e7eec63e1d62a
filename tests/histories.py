"""Histories of a small store: everything that its users can do, in any order, against a batch.

Twelve records of at most four people, made of three values an attribute, so that bridges, splits
and giants come about; keys that four share are skipped, components of six are giants.
"""

from collections import Counter
from contextlib import ExitStack
from dataclasses import replace

from hypothesis import event
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from mdm.hub import Hub
from mdm.model.errors import (
    Contradiction,
    MdmError,
    NothingToDo,
    PreconditionFailed,
    RecordInvalid,
    Retired,
)
from mdm.model.judgements import Proposal, Shown
from mdm.model.pins import Pinning
from mdm.model.submissions import Submission
from mdm.resolution import around
from mdm.resolution.resolve import resolve
from mdm.store import models, tallies
from tests.drawing import draw_parts, draw_shown, known_people, names
from tests.foreseen import Foreseen
from tests.resolving import Meanwhile, Office, ref
from tests.small_world import RULES, VALUES, Stores, watched_components

OUTCOMES = (
    "merged",
    "split",
    "moved",
    "own ID reassigned",
    "key skipped",
    "component over its limit",
    "judgement superseded",
)
"""What each must happen in at least a twentieth of the histories."""


def histories(made: Stores, seen: Counter[str]) -> type[RuleBasedStateMachine]:
    """Make the machine; it counts in `seen` the histories in which something happened."""

    class InStores(History):
        stores, counted = made, seen

    return InStores


class History(RuleBasedStateMachine):
    """A store whose users do what they can do; every tenth step and the end equal a batch."""

    stores: Stores
    counted: Counter[str]

    def __init__(self) -> None:
        super().__init__()
        self._open = ExitStack()
        self.office = Office(self._open.enter_context(self.stores.fresh()))
        self.hub = Hub(self.office.store, RULES[0])
        self.foreseen = Foreseen(self.office, self.hub)
        self.judged: list[int] = []
        self.pinned: list[int] = []
        self.golden_ids: set[str] = set()
        self.happened: set[str] = set()
        self.steps = 0
        self._open.enter_context(watched_components(self._saw_component))

    @initialize(records=st.dictionaries(names, known_people, min_size=5), model=st.integers(0, 3))
    def begin(self, records, model) -> None:
        self.take(records)
        with self.office.store.write() as tx:
            models.add_candidate(tx, self.stores.models[model])
            tx.commit()
        self.office.resolve()
        self._stepped(self.own_ids())

    @rule(name=names, said=known_people)
    def submit(self, name, said) -> None:
        source, key = ref(name).source, ref(name).key
        self._submit(source, [Submission(key, said)])

    @rule(given=st.lists(st.tuples(names, known_people), min_size=2, max_size=4))
    def submit_many(self, given) -> None:
        for source in ("bank", "shop"):
            chosen = [(ref(name), said) for name, said in given if ref(name).source == source]
            if chosen:
                self._submit(source, [Submission(each.key, said) for each, said in chosen])

    @rule(name=names)
    def retire(self, name) -> None:
        if name in self.office.homes():
            before = self.own_ids()
            self.happened.add(self.hub.submitting.retire(ref(name)).outcome)
            self._stepped(before)

    @rule(data=st.data(), unsure=st.sampled_from([False, False, False, True]))
    def judge(self, data, unsure) -> None:
        """Partition the records of some golden records; supersede what it contradicts."""
        shown = draw_shown(data, self.office)
        if len(shown) < 2:
            return
        before = self.own_ids()
        if unsure:
            apart = [[Shown(ref(name))] for name in shown]
            self._keep(Proposal("unsure", apart, "steward", "nobody answers"))
        else:
            homes = self.office.homes()
            one_home = len({homes[name] for name in shown}) == 1
            parts = draw_parts(data, shown, one_home=one_home)
            keeps = data.draw(st.sampled_from([None, 0, 1])) if one_home else None
            self._keep(Proposal("partition", parts, "steward", "called them", (), keeps))
        self._stepped(before)

    @precondition(lambda self: self.judged)
    @rule(data=st.data())
    def withdraw(self, data) -> None:
        before = self.own_ids()
        try:
            self.foreseen.withdraw(data.draw(st.sampled_from(self.judged[-2:])))
        except MdmError:  # it is out of force, or would bring a contradiction back
            return
        self._stepped(before)

    @rule(name=names, attribute=st.sampled_from(sorted(VALUES)), data=st.data())
    def pin(self, name, attribute, data) -> None:
        """Pin to a golden record what its record says, or a steward's own; or take a pin off."""
        before, home = self.own_ids(), self.office.homes().get(name)
        what = data.draw(st.sampled_from(["the record's", *VALUES[attribute], "none"]))
        if what == "none" and self.pinned:
            chosen = data.draw(st.sampled_from(self.pinned))
            self.hub.pinning.remove(chosen, "steward")
            self.pinned.remove(chosen)
        elif what != "none" and home is not None:
            ref_or_value = (ref(name), None) if what == "the record's" else (None, what)
            pinning = Pinning(home, attribute, "steward", "asked them", *ref_or_value)
            try:
                self.pinned.append(self.hub.pinning.pin(pinning).pin_id)
            except (PreconditionFailed, RecordInvalid):  # the record waits, or says nothing of it
                return
        self._stepped(before)

    @rule(
        taken=st.dictionaries(names, known_people, max_size=3),
        gone=st.none() | names,
        then=st.sampled_from(["wait", "wait", "resolve waiting", "resolve", *RULES]),
    )
    def take_files(self, taken, gone, then) -> None:
        """Take and retire; what waits is resolved once it is touched, or with everything."""
        self.take(taken)
        if gone in self.office.homes():
            self.office.retire(gone)
        if then == "wait":
            return
        before = self.own_ids()
        if then == "resolve waiting":
            self.hub.resolve_waiting()
            self._stepped(before)
            return
        try:
            if then != "resolve":
                self.office.train(then)
        except NothingToDo:
            return
        self.hub.resolve()
        self._stepped(before)

    @rule(
        given=st.lists(st.tuples(names, known_people), min_size=1, max_size=3),
        gone=st.none() | names,
        data=st.data(),
        stage=st.sampled_from(["block", "survive"]),
        then=st.sampled_from(["resolve", "resolve", *RULES]),
    )
    def resolve_meanwhile(self, given, gone, data, stage, then) -> None:
        """Hold a resolve behind its snapshot; submit, retire, judge, withdraw, resolve; go on."""

        def act() -> None:
            self.submit_many(given)
            if gone is not None:
                self.retire(gone)
            self.judge(data, unsure=data.draw(st.booleans()))
            if self.judged and data.draw(st.booleans()):
                self.withdraw(data)
            if data.draw(st.booleans()):
                self.pin(given[0][0], "given_name", data)
            if data.draw(st.sampled_from([False, False, True])):
                self.hub.resolve()

        before = self.own_ids()
        try:
            if then != "resolve":
                self.office.train(then)
        except NothingToDo:
            return
        resolve(self.office.store, progress=Meanwhile(stage, act))
        self._stepped(before)

    def take(self, records) -> None:
        self.office.take(
            RULES[0],
            **{
                name.replace("/", "_"): said | {"email": tuple(said["email"])}
                for name, said in records.items()
            },
        )

    def teardown(self) -> None:
        try:
            if self.steps:
                self.compare()
                for what in self.happened:
                    event(what)
                self.counted.update(self.happened | {"histories"})
        finally:
            self._open.close()

    def compare(self) -> None:
        """Hold what is published against a batch over everything that is kept."""
        with self.office.store.read() as tx:
            assert tallies.wrong(tx) == []
        if self.office.pending():
            assert self.hub.verify().findings == []
            self.hub.resolve(version=self.hub.active_model().number)
        model = self.hub.active_model()
        if any(model.skipped_keys.values()):
            self.happened.add("key skipped")
        with self.stores.fresh(for_the_batch=True) as fresh:
            batch = self.office.rebuilt(fresh, version=model.number)
            assert batch.meaning() == self.office.meaning()
        self.golden_ids |= {golden_id for (golden_id,) in self.office.query(_GOLDEN_IDS)}
        homes = set(self.office.homes().values())
        for golden_id in self.golden_ids:
            self._resolves(golden_id, homes)

    def _submit(self, source: str, given: list[Submission]) -> None:
        before = self.own_ids()
        for answer in self.hub.submit(source, given):
            if isinstance(answer, MdmError):
                raise answer
            self.happened.add(answer.outcome)
        self._stepped(before)

    def own_ids(self) -> dict[str, object]:
        return dict(self.office.query("SELECT record_id, own_serial FROM record"))

    def _resolves(self, golden_id: str, homes: set[str]) -> None:
        """A golden ID leads to a golden record, or every record that earned it is retired."""
        asked = self.office.ask(golden_id)
        if asked not in homes:
            assert asked is Retired
            assert self.office.query(_EARNED.format(golden_id)) == []

    def _keep(self, proposal: Proposal) -> None:
        superseded: list[int] = []
        while True:
            try:
                done = self.foreseen.judge(replace(proposal, supersedes=superseded))
            except Contradiction as contradiction:
                superseded.append(next(n for n in contradiction.judgements if n not in superseded))
                self.happened.add("judgement superseded")
                continue
            self.judged.append(done.judgement_id)
            return

    def _stepped(self, before: dict[str, object]) -> None:
        after = self.own_ids()
        if any(own is not None and after[record] != own for record, own in before.items()):
            self.happened.add("own ID reassigned")
        self.golden_ids |= set(self.office.homes().values())
        self.steps += 1
        if self.steps % 10 == 0:
            self.compare()

    def _saw_component(self, component: around.Component) -> None:
        if component.rung or component.over_limit:
            self.happened.add("component over its limit")


_GOLDEN_IDS = "SELECT golden_id FROM golden_id"
_EARNED = """
    SELECT r.record_id
    FROM record r
    JOIN golden_id i ON i.serial = r.own_serial
    WHERE i.golden_id = '{}' AND r.retired_at IS NULL
"""
