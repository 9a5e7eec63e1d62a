"""A resolve takes in what was submitted and judged since its snapshot, or begins again."""

from contextlib import contextmanager

import pytest

from mdm.hub import Hub
from mdm.model.judgements import Proposal, Shown
from mdm.model.submissions import Submission
from mdm.resolution.rebuild import rebuild
from mdm.resolution.resolve import resolve
from tests import stores
from tests.resolving import ANN, BOB, CID, RULES, STRICT, Meanwhile, Office, meanwhile, ref


@pytest.fixture
def office(store) -> Office:
    """Ann three times and Cid, resolved."""
    office = Office(store)
    office.begin(bank_1=ANN, shop_1=ANN, bank_2=ANN, bank_3=CID)
    return office


def said(key: str, person) -> Submission:
    return Submission(key, {**person, "email": list(person["email"])})


def versions(office: Office) -> dict[object, object]:
    return dict(office.query("SELECT serial, version FROM golden_record"))


@pytest.mark.parametrize("stage", ["block", "survive"])
def test_what_is_submitted_and_judged_during_a_resolve_is_taken_in(office, stage, tmp_path):
    hub = Hub(office.store, RULES)
    apart = office.judge(["bank/1"], ["shop/1"])
    office.resolve()
    told: list[str | None] = []

    def act() -> None:
        answers = hub.submit("shop", [said("2", CID), said("3", BOB)])
        hub.submitting.retire(ref("bank/2"))
        hub.withdraw(apart, "steward", "looked again")
        parts = [[Shown(ref("bank/3")), Shown(ref("shop/2"))], [Shown(ref("shop/3"))]]
        hub.judge(Proposal("partition", parts, "steward", "called them"))
        told.extend(answer.golden_id for answer in answers)

    office.take(shop_9=ANN)
    assert meanwhile(office, act, stage) == 1

    homes = office.homes()
    assert homes["bank/1"] == homes["shop/1"] == homes["shop/9"]
    assert homes["bank/3"] == homes["shop/2"] == told[0] != homes["shop/3"] == told[1]
    assert "bank/2" not in homes
    assert office.pending() == set()
    assert hub.verify().findings == []
    folder = tmp_path / "batch"
    folder.mkdir()
    with stores.fresh(stores.sqlite_url(folder)) as fresh:
        assert office.rebuilt(fresh).meaning() == office.meaning()


def test_a_model_that_is_activated_during_a_resolve_makes_it_begin_again(office):
    hub = Hub(office.store, RULES)
    chosen = office.train(STRICT)

    def act() -> None:
        hub.submit("shop", [said("2", CID)])
        hub.resolve(version=office.train(RULES, seed=2))

    progress = Meanwhile("survive", act)
    assert resolve(office.store, version=chosen, progress=progress).model_version == chosen
    assert progress.begun == 2
    assert hub.active_model().number == chosen
    assert hub.verify().findings == []


def test_what_is_taken_in_is_one_publication_and_writes_nothing_twice(office):
    """All that happened was told and written when it did: the resolve adds nothing to it."""
    hub = Hub(office.store, RULES)
    hub.submit("shop", [said("2", CID)])
    held: list[object] = []

    def act() -> None:
        hub.submit("shop", [said("3", BOB)])
        hub.submitting.retire(ref("shop/2"))
        hub.submit("shop", [said("2", CID)])
        hub.submit("shop", [said("2", {**CID, "email": ("other@fox.example",)})])
        hub.submit("shop", [said("2", CID)])
        held.extend((versions(office), *office.query(_LOG)))

    assert meanwhile(office, act) == 1
    before, (publications, changes) = held
    assert versions(office) == before
    assert office.query(_LOG) == [(publications + 1, changes)]


_LOG = "SELECT (SELECT count(*) FROM publication), (SELECT count(*) FROM change)"


def test_too_much_that_happens_during_a_resolve_makes_it_begin_again(office, monkeypatch):
    monkeypatch.setattr("mdm.resolution.resolve._MOST_CAUGHT_UP", 2)
    hub = Hub(office.store, RULES)
    assert meanwhile(office, lambda: submit(hub, "4", "5", "6")) == 2
    assert meanwhile(office, lambda: submit(hub, "7", "8")) == 1

    class Always(Meanwhile):
        """Three more records each time."""

        @contextmanager
        def step(self, name: str, total: int | None):
            with super().step(name, total) as advance:
                if name == self.stage:
                    submit(hub, *(f"{self.begun}-{at}" for at in range(3)))
                yield advance

    progress = Always("survive", lambda: None)
    resolve(office.store, progress=progress)
    assert progress.begun == 3
    assert hub.verify().findings == []


def submit(hub: Hub, *keys: str) -> None:
    hub.submit("shop", [said(key, ANN) for key in keys])


def test_a_rebuild_takes_in_what_is_submitted_meanwhile(office):
    hub = Hub(office.store, RULES)
    progress = Meanwhile("survive", lambda: submit(hub, "4", "5"))
    rebuild(office.store, progress=progress)
    assert progress.begun == 1
    homes = office.homes()
    assert homes["shop/4"] == homes["shop/5"] == homes["bank/1"]
    assert hub.verify().findings == []
