"""Histories of a small store: everything that its users can do, in any order, against a batch.

Twelve records of at most four people, made of three values an attribute, so that bridges, splits
and giants come about; keys that four share are skipped, components of six are giants.
"""

from collections import Counter
from dataclasses import replace

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from mdm.model.errors import (
    Contradiction,
    MdmError,
    NothingToDo,
    PreconditionFailed,
    RecordInvalid,
)
from mdm.model.judgements import Proposal, Shown
from mdm.model.pins import Pinning
from mdm.model.submissions import Submission
from mdm.resolution.resolve import resolve
from mdm.store import models
from tests.compared import Compared
from tests.drawing import beside_waiting, draw_parts, draw_shown, known_people, names
from tests.resolving import Meanwhile, ref
from tests.seeing import seen_ahead
from tests.small_world import RULES, VALUES, Stores

OUTCOMES = (
    "merged",
    "split",
    "moved",
    "own ID reassigned",
    "key skipped",
    "component over its limit",
    "judgement superseded",
    "waiting record touched",
)
"""What each must happen in at least a twentieth of the histories."""


def histories(made: Stores, seen: Counter[str]) -> type[RuleBasedStateMachine]:
    """Make the machine; it counts in `seen` the histories in which something happened."""

    class InStores(History):
        stores, counted = made, seen

    return InStores


class History(Compared):
    """A store whose users do what they can do."""

    def __init__(self) -> None:
        super().__init__()
        self.judged: list[int] = []
        self.pinned: list[int] = []

    @initialize(records=st.dictionaries(names, known_people, min_size=5), model=st.integers(0, 3))
    def begin(self, records, model) -> None:
        self.take(records)
        with self.office.store.write() as tx:
            models.add_candidate(tx, self.stores.models[model])
            tx.commit()
        self.office.resolve()
        self.stepped(self.own_ids())

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

    @rule(
        given=st.lists(st.tuples(names, known_people), min_size=1, max_size=4),
        others=st.lists(st.tuples(names, known_people), max_size=3),
        gone=st.none() | names,
    )
    def submit_seen_ahead(self, given, others, gone) -> None:
        """Let a bulk see whom it meets; submit and retire others; only then take it."""
        source = ref(given[0][0]).source
        chosen = [(ref(name), said) for name, said in given if ref(name).source == source]
        bulk = [Submission(each.key, said) for each, said in chosen]
        with seen_ahead(self.hub.submitting, source, bulk):
            self.submit_many(others)
            if gone is not None:
                self.retire(gone)
            self._submit(source, bulk)

    @rule(name=names)
    def retire(self, name) -> None:
        if name in self.office.homes():
            before = self.own_ids()
            self.happened.add(self.hub.submitting.retire(ref(name)).outcome)
            self.stepped(before)

    @rule(data=st.data(), unsure=st.sampled_from([False, False, False, True]))
    def judge(self, data, unsure) -> None:
        """Partition the records of some golden records; supersede what it contradicts."""
        self._judge(data, draw_shown(data, self.office), unsure=unsure)

    def _judge(self, data, shown: list[str], *, unsure: bool) -> None:
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
        self.stepped(before)

    @precondition(lambda self: self.judged)
    @rule(data=st.data())
    def withdraw(self, data) -> None:
        before = self.own_ids()
        try:
            self.foreseen.withdraw(data.draw(st.sampled_from(self.judged[-2:])))
        except MdmError:  # it is out of force, or would bring a contradiction back
            return
        self.stepped(before)

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
        self.stepped(before)

    @rule(
        taken=st.dictionaries(names, known_people, min_size=1, max_size=3),
        gone=st.none() | names,
        then=st.sampled_from(["wait", *["touch"] * 5, "resolve waiting", "resolve", *RULES]),
        data=st.data(),
    )
    def take_files(self, taken, gone, then, data) -> None:
        """Take and retire; what waits is resolved once it is touched, or with everything."""
        self.take(taken)
        if gone in self.office.homes():
            self.office.retire(gone)
        if then == "wait":
            return
        if then == "touch":
            self.touch(data)
            return
        before = self.own_ids()
        if then == "resolve waiting":
            self.hub.resolve_waiting()
            self.stepped(before)
            return
        try:
            if then != "resolve":
                self.office.train(then)
        except NothingToDo:
            return
        self.hub.resolve()
        self.stepped(before)

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
        self.stepped(before)

    def touch(self, data) -> None:
        """Submit, retire or judge one who waits or hangs together with one, or withdraw."""
        waiting, beside = self.office.pending(), beside_waiting(self.office)
        act = data.draw(st.sampled_from(["submit", "submit", "retire", "judge", "withdraw"]))
        if act == "withdraw" and self.judged:
            self.withdraw(data)
        elif act == "judge":
            self._judge(data, draw_shown(data, self.office, beside), unsure=False)
        elif beside:
            name = data.draw(st.sampled_from(beside))
            if act == "retire":
                self.retire(name)
            else:
                self.submit(name, data.draw(known_people))
        if waiting - self.office.pending():
            self.happened.add("waiting record touched")

    def take(self, records) -> None:
        self.office.take(
            RULES[0],
            **{
                name.replace("/", "_"): said | {"email": tuple(said["email"])}
                for name, said in records.items()
            },
        )

    def _submit(self, source: str, given: list[Submission]) -> None:
        before = self.own_ids()
        for answer in self.hub.submit(source, given):
            if isinstance(answer, MdmError):
                raise answer
            self.happened.add(answer.outcome)
        self.stepped(before)

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
