"""What many records will be weighed with is weighed before the write lock is taken."""

from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest

from mdm.hub import Hub
from mdm.matching.scorer import Scorer
from mdm.model.errors import Stale, StoreBusy
from mdm.model.rules.load import rules_from_text
from mdm.model.submissions import Submission
from mdm.resolution import ahead, candidates, submit
from mdm.resolution.candidates import candidates_now, candidates_of
from mdm.resolution.changed import Changed
from mdm.resolution.submit import Submitter
from mdm.resolution.together import Together
from mdm.store import neighbourhood, records
from tests import stores
from tests.resolving import ANN, BOB, CID, RULES, Office, ref, rules_text
from tests.seeing import seen_ahead

MANY = 120
LIKELY = rules_from_text(rules_text(u=0.2), "likely.yaml")
"""Weighs pairs otherwise than `RULES`."""


def people(start: int, count: int) -> list[Submission]:
    """Two records of each person, who shares an e-mail with nobody else."""
    return [
        Submission(
            f"many-{at}",
            {
                "given_name": f"Nam{'abcdefghij'[at // 2 % 10]}",
                "date_of_birth": f"19{10 + at // 2}-01-31",
                "email": [f"person{at // 2}@lee.example"],
            },
        )
        for at in range(start, start + count)
    ]


@pytest.fixture
def office(tmp_path):
    """A store with a few resolved records, one of a person of `people`."""
    with stores.fresh(f"sqlite:///{tmp_path / 'store.db'}") as store:
        office = Office(store)
        (known, *_) = people(0, 1)
        person = {**known.attributes, "email": ("person0@lee.example",)}
        office.take(bank_1=ANN, bank_2=BOB, bank_3=CID, shop_1=person)
        office.train()
        office.resolve()
        yield office


def submitting(office: Office, under_lock) -> Submitter:
    """Submit so that something is done before records are taken, after all that comes before."""
    submitter = Hub(office.store, RULES).submitting

    def work(requests):
        under_lock()
        return submitter._submitted(requests)

    submitter._together = Together(work, most=1, patience=office.store.patience)
    return submitter


def is_as_a_batch_says(office: Office, tmp_path) -> bool:
    with stores.fresh(f"sqlite:///{tmp_path / 'batch.db'}") as fresh:
        return office.rebuilt(fresh).meaning() == office.meaning()


def test_nothing_is_scored_under_the_lock_that_was_known_before(office, tmp_path, monkeypatch):
    calls = []
    measure = Scorer.measure
    monkeypatch.setattr(
        Scorer, "measure", lambda self, *given: calls.append("scored") or measure(self, *given)
    )
    answers = submitting(office, lambda: calls.append("lock")).submit("bank", people(0, MANY))
    assert [*dict.fromkeys(calls)] == ["scored", "lock"]
    assert calls[-1] == "lock"
    assert [each.outcome for each in answers[:4]] == ["linked", "linked", "new", "new"]
    assert is_as_a_batch_says(office, tmp_path)


@pytest.fixture
def two_at_once(office, monkeypatch):
    """Submit many, and more of them while the first are being written; what was done, in turn."""
    calls, began, may_go_on = [], Event(), Event()
    weigh_ahead = submit.weigh_ahead
    monkeypatch.setattr(
        submit, "weigh_ahead", lambda *given: calls.append("ahead") or weigh_ahead(*given)
    )

    def run(written):
        def under_lock():
            calls.append("lock")
            began.set()
            assert may_go_on.wait(60)
            written()

        submitter = submitting(office, under_lock)
        with ThreadPoolExecutor(2) as pool:
            first = pool.submit(submitter.submit, "bank", people(0, MANY))
            assert began.wait(60)
            second = pool.submit(submitter.submit, "shop", people(40, MANY))
            while not submitter._of_many._waiting and len(calls) == 2:
                pass
            calls.append("waits")
            may_go_on.set()
            return calls, [first.exception() or first.result(), second.exception()]

    return run


def test_while_many_are_written_no_others_are_weighed(office, tmp_path, two_at_once):
    calls, (first, error) = two_at_once(lambda: None)
    assert calls == ["ahead", "lock", "waits", "ahead", "lock"]
    assert len(first) == MANY
    assert error is None
    assert is_as_a_batch_says(office, tmp_path)


def test_who_waits_behind_many_hears_at_once_that_the_store_is_busy(two_at_once):
    def busy():
        raise StoreBusy("locked")

    calls, heard = two_at_once(busy)
    assert calls == ["ahead", "lock", "waits"]
    assert [type(each) for each in heard] == [StoreBusy, StoreBusy]


def test_few_are_not_read_twice(office, monkeypatch):
    calls = []
    measure = Scorer.measure
    monkeypatch.setattr(
        Scorer, "measure", lambda self, *given: calls.append("scored") or measure(self, *given)
    )
    submitting(office, lambda: calls.append("lock")).submit("bank", people(0, 3))
    assert calls == ["lock", "scored"]


def test_nothing_is_weighed_ahead_while_records_wait(office, monkeypatch):
    calls = []
    measure = Scorer.measure
    monkeypatch.setattr(
        Scorer, "measure", lambda self, *given: calls.append("scored") or measure(self, *given)
    )
    office.take(bank_1={**ANN, "email": ("person5@lee.example",)})
    submitting(office, lambda: calls.append("lock")).submit("bank", people(0, MANY))
    assert calls[:2] == ["lock", "scored"]


def test_what_stands_there_already_is_not_weighed(office, monkeypatch):
    submitter = submitting(office, lambda: None)
    submitter.submit("bank", people(0, MANY))
    monkeypatch.setattr(Scorer, "measure", None)
    answers = submitter.submit("bank", people(0, MANY))
    assert {each.outcome for each in answers} == {"unchanged"}


def test_what_changed_since_is_weighed_as_it_is_now(office, tmp_path):
    other = Hub(office.store, RULES)

    def meanwhile():
        other.submit("shop", [Submission("1", {**BOB, "email": ["person7@lee.example"]})])
        other.submit("bank", [Submission("many-2", {**CID, "email": ["cid@fox.example"]})])
        other.submitting.retire(ref("bank/1"))

    before = [Submission("1", {**ANN, "email": list(ANN["email"])}), *people(0, MANY)]
    submitting(office, meanwhile).submit("bank", before)
    assert is_as_a_batch_says(office, tmp_path)


def test_so_many_pairs_are_weighed_at_once(office, tmp_path, monkeypatch):
    office.take(**{f"shop_{at + 3}": CID for at in range(12)})
    office.resolve()
    times = []
    measure = Scorer.measure
    monkeypatch.setattr(ahead, "_AT_ONCE", 5)
    monkeypatch.setattr(
        Scorer,
        "measure",
        lambda self, say, pairs: times.append(len(pairs)) or measure(self, say, pairs),
    )
    alike = {**CID, "email": [*CID["email"]]}
    given = [*people(0, MANY), Submission("cid", alike)]
    submitting(office, times.clear).submit("bank", given)
    assert times == []
    with seen_ahead(Hub(office.store, RULES).submitting, "bank", [Submission("cid-2", alike)]):
        assert times == [5, 5, 4]
    assert is_as_a_batch_says(office, tmp_path)


def test_what_another_model_said_is_not_remembered(office, tmp_path):
    submitting(office, lambda: office.resolve(office.train(LIKELY))).submit("bank", people(0, MANY))
    assert is_as_a_batch_says(office, tmp_path)


@pytest.fixture
def read_anew(monkeypatch) -> list[int]:
    """Each time that candidates are read as if nothing had been seen: of how many records."""
    times = []
    of = candidates.candidates_of
    monkeypatch.setattr(
        candidates, "candidates_of", lambda tx, keys: times.append(len(keys)) or of(tx, keys)
    )
    return times


def test_who_was_seen_is_not_read_again(office, tmp_path, read_anew, monkeypatch):
    texts = []
    settled = neighbourhood.settled
    monkeypatch.setattr(
        neighbourhood,
        "settled",
        lambda tx, numbers: texts.append(len(numbers)) or settled(tx, numbers),
    )
    submitting(office, lambda: None).submit("bank", people(0, MANY))
    assert (read_anew, texts) == ([], [1, 0])
    assert is_as_a_batch_says(office, tmp_path)


def stale_of_two(office: Office) -> list[Submission]:
    """A bulk with a record that is older than the one kept; it would change it, and does not."""
    (known, *_) = people(0, 1)
    office.take(shop_9={**known.attributes, "email": ("person1@lee.example",)})
    office.resolve()
    older = {**ANN, "email": [*ANN["email"]]}
    return [Submission("9", older, modified_at="1999-01-31T00:00:00Z"), *people(0, MANY)]


def test_who_is_not_changed_after_all_is_met_by_the_others(office, tmp_path, read_anew):
    given = stale_of_two(office)
    answers = submitting(office, lambda: None).submit("shop", given)
    assert isinstance(answers[0], Stale)
    assert read_anew == []
    assert is_as_a_batch_says(office, tmp_path)


def test_what_others_settled_since_is_all_that_is_read(office, tmp_path, read_anew):
    other = Hub(office.store, RULES)

    def meanwhile():
        other.submit("shop", people(2, 4))
        other.submitting.retire(ref("shop/1"))
        read_anew.clear()

    submitting(office, meanwhile).submit("bank", people(0, MANY))
    assert read_anew == []
    assert is_as_a_batch_says(office, tmp_path)


@pytest.mark.parametrize(
    "meanwhile",
    [
        lambda office: office.resolve(),
        lambda office: office.take(bank_1={**ANN, "email": ("person5@lee.example",)}),
        lambda office: Hub(office.store, RULES).submit("shop", people(40, 4)),
    ],
    ids=["a resolve", "a record that waits", "many"],
)
def test_where_it_is_not_known_what_was_settled_since_all_is_read(
    office, tmp_path, read_anew, monkeypatch, meanwhile
):
    monkeypatch.setattr(candidates, "_MOST_SINCE", 3)

    def before():
        meanwhile(office)
        read_anew.clear()

    submitting(office, before).submit("bank", people(0, MANY))
    assert read_anew[0] == MANY
    Hub(office.store, RULES).resolve_waiting()
    assert is_as_a_batch_says(office, tmp_path)


def test_what_a_later_snapshot_saw_is_not_used_in_an_earlier_one(office, read_anew):
    hub = Hub(office.store, RULES)
    model = hub.submitting.model_for("bank")
    with office.store.read() as earlier:
        one = records.record_by_ref(earlier, ref("shop/1"))
        changed = Changed.of(earlier, model, [one.record_id])
        hub.submit("bank", people(1, 1))
        with seen_ahead(hub.submitting, "bank", people(0, 1)):
            read_anew.clear()
            found = candidates_now(earlier, model, changed)
        assert read_anew == [1]
        assert found == candidates_of(earlier, changed.keys)
