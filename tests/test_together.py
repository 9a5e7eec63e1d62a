"""Requests that come at once go together, and none pays for another."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from io import BytesIO
from threading import Event

import pytest

from mdm.hub import Hub
from mdm.model.errors import NotFound, StoreBusy
from mdm.model.submissions import Precondition, Submission
from mdm.resolution.requests import Request
from mdm.resolution.together import Together
from tests.resolving import RULES, SINGLE, Office


class Work:
    """Doubles numbers, but 13 and 14; the first time it waits until it may go on."""

    def __init__(self) -> None:
        self.calls: list[list[int]] = []
        self.began, self.may_go_on = Event(), Event()

    def __call__(self, numbers: Sequence[int]) -> list[int]:
        self.calls.append([*numbers])
        if len(self.calls) == 1:
            self.began.set()
            assert self.may_go_on.wait(60)
        if 13 in numbers:
            raise ValueError("13")
        if 14 in numbers:
            raise StoreBusy("14")
        return [2 * number for number in numbers]


def worked_off(
    work: Work, numbers: Sequence[int], *, most: int, patience: float = 60.0
) -> list[int | str]:
    """Ask for the first number, for the others while it is being worked on; what each heard."""
    together = Together(work, most=most, patience=patience)

    def ask(number: int) -> int | str:
        try:
            return together.ask(number, {number})
        except (ValueError, StoreBusy) as error:
            return str(error)

    with ThreadPoolExecutor(len(numbers)) as pool:
        asked = [pool.submit(ask, numbers[0])]
        assert work.began.wait(60)
        for at, number in enumerate(numbers[1:], start=1):
            asked.append(pool.submit(ask, number))
            while len(together._waiting) < at and not asked[-1].done():
                pass
        if not patience:
            wait(asked[1:])
        work.may_go_on.set()
        return [each.result() for each in asked]


def test_what_waits_goes_together_as_far_as_it_is_allowed():
    work = Work()
    assert worked_off(work, [1, 2, 3, 4, 5], most=3) == [2, 4, 6, 8, 10]
    assert work.calls == [[1], [2, 3, 4], [5]]


def test_a_request_that_is_larger_than_what_goes_together_goes_alone():
    together = Together(lambda asked: [sum(each) for each in asked], most=2, patience=60.0)
    assert together.ask([1, 2, 3], {1, 2, 3}) == 6


def test_two_requests_about_one_thing_do_not_go_together():
    work = Work()
    assert worked_off(work, [1, 2, 3, 2, 4], most=9) == [2, 4, 6, 4, 8]
    assert work.calls == [[1], [2, 3], [2, 4]]


def test_who_breaks_the_work_pays_alone():
    work = Work()
    assert worked_off(work, [1, 2, 13, 4], most=9) == [2, 4, "13", 8]
    assert work.calls == [[1], [2, 13, 4], [2], [13], [4]]


def test_who_waits_for_a_store_that_others_keep_waits_once_with_all_who_wait():
    work = Work()
    assert worked_off(work, [1, 2, 14, 4, 5, 6], most=3) == [2, "14", "14", "14", "14", "14"]
    assert work.calls == [[1], [2, 14, 4]]


def test_a_request_whose_turn_does_not_come_in_time_is_given_up():
    work = Work()
    first, *others = worked_off(work, [1, 2, 3], most=9, patience=0.0)
    assert first == 2
    assert [each[:14] for each in others] == ["other requests"] * 2
    assert work.calls == [[1]]


@pytest.fixture
def hub(store) -> Hub:
    office = Office(store)
    office.take(shop_1={"given_name": "Ann"})
    office.train()
    office.resolve()
    return Hub(store, RULES)


def test_requests_of_several_sources_in_one_transaction_each_hear_their_own(hub):
    """One of an unknown source, one that breaks a rule, one that comes too late."""
    submitter = hub.submitting
    good, wrong = {"given_name": "Bob"}, {"colour": "crimson"}
    unseen = Precondition(absent=True)
    requests = [
        ("bank", [Submission("1", good), Submission("2", wrong)], None),
        ("nobody", [Submission("1", good)], None),
        ("shop", [Submission("1", good)], unseen),
        ("shop", [Submission("2", good)], unseen),
    ]
    publications = "SELECT count(*) FROM publication"
    ((before,),) = Office(hub.store).query(publications)

    model = submitter.model_for("bank")
    asked = [Request.of(*each, model) for each in requests]
    first, unknown, late, fresh = submitter._submitted(asked)

    assert [getattr(each, "outcome", type(each).__name__) for each in first] == [
        "new",
        "RecordInvalid",
    ]
    assert isinstance(unknown, NotFound)
    assert [type(each).__name__ for each in late] == ["PreconditionFailed"]
    assert [each.created for each in fresh] == [True]
    ((after,),) = Office(hub.store).query(publications)
    assert after == before + 1
    assert hub.verify().findings == []


def test_what_was_read_before_the_lock_by_other_rules_is_read_again(hub):
    two = {"given_name": "Bob", "email": ["bob@ray.example", "bob@fox.example"]}
    (before,) = hub.submit("bank", [Submission("1", two)])
    office = Office(hub.store)
    office.train(SINGLE)
    office.resolve()
    (after,) = hub.submit("bank", [Submission("2", two)])

    assert before.outcome == "new"
    assert [fault.field for fault in after.faults] == ["attributes.email"]


def test_each_answer_holds_as_of_its_commit_where_a_key_stands_there_again(hub, monkeypatch):
    """What comes again leaves what it was with, and takes the golden ID along that it earned."""
    work, held = hub.submitting._together._work, []

    def work_off(requests):
        answers = work(requests)
        homes = Office(hub.store).homes()
        held.extend(homes[f"bank/{each.ref.key}"] == each.golden_id for each in answers[0])
        return answers

    monkeypatch.setattr(hub.submitting._together, "_work", work_off)
    bob = {"given_name": "Bob", "date_of_birth": "1990-05-05", "email": ["bob@ray.example"]}
    eve = {"given_name": "Eve", "date_of_birth": "1970-07-07", "email": ["eve@fox.example"]}
    given = [Submission("2", bob), Submission("1", bob), Submission("2", eve)]
    first, other, again = hub.submit("bank", given)

    assert held == [True, True, True]
    assert first.golden_id == other.golden_id
    assert [each.version for each in (first, other, again)] == [1, 1, 2]
    assert len({*Office(hub.store).homes().values()}) == 3


def test_lines_that_were_committed_are_answered_so_where_the_store_is_busy_later(hub, monkeypatch):
    work, calls = hub.submitting._together._work, []

    def work_off(requests):
        calls.append(requests)
        if len(calls) > 1:
            raise StoreBusy("locked")
        return work(requests)

    monkeypatch.setattr(hub.submitting._together, "_work", work_off)
    lines = BytesIO(b"".join(b'{"key": "%d", "attributes": {}}\n' % key for key in (2, 1, 2, 3)))
    answered = list(hub.submit_file("bank", lines))

    assert [type(each.answer).__name__ for each in answered] == [
        "Submitted",
        "Submitted",
        "StoreBusy",
        "StoreBusy",
    ]
    assert len(calls) == 2
    assert {"bank/1", "bank/2"} <= Office(hub.store).homes().keys()
