"""The hub: what it refuses before there are tables, and what its own methods add."""

from io import BytesIO
from pathlib import Path

import pytest

from mdm.hub import Hub
from mdm.model.errors import RecordInvalid, StoreNotReady
from mdm.model.judgements import Proposal, Shown
from mdm.model.submissions import Submission
from mdm.store import Store
from tests import departments, small_town, stores
from tests.resolving import ANN, BOB, RULES, Office, ref

SHOP = departments.source_entry("shop", "{csv: shop.csv}")


@pytest.fixture
def hub(store) -> Hub:
    return Hub(store, RULES)


@pytest.fixture
def uninitialised(tmp_path) -> Hub:
    return Hub(Store(stores.sqlite_url(tmp_path)), RULES)


@pytest.mark.parametrize(
    "act",
    [
        lambda hub: hub.ingest(departments.sources(Path(), SHOP)),
        lambda hub: hub.retry(departments.sources(Path(), SHOP)),
        Hub.outdated,
        Hub.train,
        Hub.models,
        Hub.active_model,
        Hub.resolve,
        Hub.quarantine,
        lambda hub: hub.retire([ref("bank/1")]),
        lambda hub: hub.evaluate(Path("labels.csv")),
        lambda hub: hub.export("golden", Path("out.csv")),
        lambda hub: hub.submit("bank", [Submission("1", {})]),
        lambda hub: hub.submit_file("bank", BytesIO(b"{}")),
        lambda hub: hub.submitting.retire(ref("bank/1")),
        lambda hub: hub.preview_withdrawal(1),
        lambda hub: hub.withdraw(1, "ann", "wrong"),
        lambda hub: hub.pinning.remove(1, "ann"),
        lambda hub: hub.accepting.stop(1, "ann"),
        lambda hub: hub.matching.match({}, limit=1, explain=False),
        lambda hub: hub.finding.by_text("ann lee", limit=1),
        lambda hub: hub.reviews.claim("r1", "ann"),
        lambda hub: hub.users.listing(),
        lambda hub: hub.reading.check(),
        lambda hub: hub.reading.sources(),
    ],
)
def test_nothing_can_be_done_before_there_are_tables(uninitialised, tmp_path, monkeypatch, act):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(StoreNotReady, match="run `mdm init`"):
        act(uninitialised)


def test_retired_records_are_counted_once_and_wait_for_the_next_resolve(hub, store):
    office = Office(store)
    office.take(bank_1=ANN, bank_2=BOB)
    assert office.pending() == {"bank/1", "bank/2"}
    hub.train()
    hub.resolve()
    assert office.pending() == set()
    assert hub.retire([ref("bank/2"), ref("bank/3"), ref("none/1")]) == 1
    assert hub.retire([ref("bank/2")]) == 0
    assert office.pending() == {"bank/2"}
    assert hub.outdated()
    assert len(office.homes()) == 2
    assert hub.resolve().summary.retired == 1
    assert office.homes().keys() == {"bank/1"}


def test_a_candidate_becomes_active_with_the_resolve_that_publishes_with_it(hub, store):
    Office(store).take(bank_1=ANN, bank_2=BOB)
    assert hub.active_model() is None
    first = hub.train()
    assert hub.active_model() is None
    hub.resolve()
    hub.train(seed=2)
    assert hub.active_model().number == first.number
    assert [model.seed for model in hub.models()] == [1, 2]


def test_reading_and_checking_do_not_wait_for_a_writer(hub, store):
    with store.write():
        hub.reading.check()
        assert not hub.outdated()


def test_the_whole_way_from_a_file_to_golden_records_and_back(store, tmp_path):
    town = small_town.settle(store, tmp_path, people=5)
    hub = Hub(store, small_town.rules())
    assert not hub.outdated()
    assert hub.export("crosswalk", tmp_path / "crosswalk.csv") == len(town.truth)
    assert hub.evaluate(town.labels(town.truth)).records == len(town.truth)
    (source,) = hub.reading.sources()
    assert source.live == len(town.truth)


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"kind": "same"}, "kind"),
        ({"actor": ""}, "actor"),
        ({"actor": " \t"}, "actor"),
        ({"actor": "a\0"}, "actor"),
        ({"reason": "\ud800"}, "reason"),
        ({"reason": "  "}, "reason"),
    ],
)
def test_what_no_judgement_can_be_is_refused_and_its_field_named(hub, store, said, field):
    Office(store).begin(bank_1=ANN, bank_2=BOB)
    parts = [[Shown(ref("bank/1")), Shown(ref("bank/2"))]]
    proposal = Proposal(
        **{"kind": "partition", "actor": "ann", "reason": "", "parts": parts} | said
    )
    for act in (hub.judge, hub.preview):
        with pytest.raises(RecordInvalid) as caught:
            act(proposal)
        assert [fault.field for fault in caught.value.faults] == [field]
    assert hub.reading.judgements(None, after=None, limit=1).items == []


@pytest.mark.parametrize(("actor", "reason", "field"), [(" ", "", "actor"), ("ann", " ", "reason")])
def test_a_withdrawal_and_a_removal_must_say_who_and_why(hub, actor, reason, field):
    for act in (hub.withdraw, hub.pinning.remove):
        with pytest.raises(RecordInvalid, match=f"^{field}: is blank"):
            act(1, actor, reason)
