"""Yes to many questions in one act: what it takes, what it leaves out, that it can be undone."""

from datetime import UTC, datetime, timedelta

import pytest

from mdm.hub import Hub
from mdm.model.clock import as_text
from mdm.model.errors import AcceptanceBegun, NotFound, PreconditionFailed
from mdm.model.judgements import Proposal, Shown
from mdm.model.records import RecordRef
from mdm.model.submissions import Submission
from mdm.resolution import accept
from tests.questions import ask, asking, open_reviews, take_cluster
from tests.resolving import RULES, Office

LOW = -50.0
TOMORROW = as_text(datetime.now(UTC) + timedelta(days=1))


@pytest.fixture
def office(store) -> Office:
    return Office(store)


@pytest.fixture
def hub(office) -> Hub:
    return asking(office)


def finish(hub: Hub, number: int):
    """Do all steps, as whoever asks again and again."""
    while hub.accepting.go_on(number, seconds=0).to_come:
        pass
    return hub.accepting.acceptance(number)


def accepted(hub: Hub, **survey):
    chosen = {"kind": "match", "min_weight": LOW, "actor": "ann"} | survey
    found = hub.accepting.survey(**chosen)
    hub.accepting.accept(found.acceptance_id, "ann", "they are plain")
    return found.acceptance_id


def test_all_questions_of_a_kind_become_one_customer_each(hub, office):
    take_cluster(office)
    asked = open_reviews(hub, kind="match")
    done = finish(hub, accepted(hub))
    assert (done.state, done.questions, done.accepted, done.left_out) == ("accepted", 2, 2, 0)
    assert done.records == sum(each.records for each in asked)
    assert not open_reviews(hub, kind="match")
    assert open_reviews(hub, kind="cluster")
    homes = office.homes()
    assert homes["bank/1"] == homes["shop/1"] == homes["shop/5"]
    assert homes["bank/2"] == homes["shop/6"] != homes["bank/1"]


def test_a_cluster_that_is_accepted_stays_together_whatever_its_weights(hub, office):
    take_cluster(office)
    (asked,) = open_reviews(hub, kind="cluster")
    done = finish(hub, accepted(hub, kind="cluster"))
    assert (done.accepted, done.left_out) == (1, 0)
    assert not open_reviews(hub, kind="cluster")
    (judgement,) = hub.reading.judgements(None, after=None, limit=5).items
    assert [len(part) for part in judgement.parts] == [asked.records]


def test_what_is_below_the_weight_is_not_among_them(hub):
    weights = sorted(each.weight_bits for each in open_reviews(hub))
    found = hub.accepting.survey("match", weights[-1], "ann")
    assert found.questions == sum(weight >= weights[-1] for weight in weights)
    assert found.lowest == found.highest == weights[-1]
    assert hub.accepting.survey("match", weights[-1] + 0.001, "ann").questions == 0


def test_a_survey_decides_nothing_and_the_next_takes_its_place(hub):
    first = hub.accepting.survey("match", LOW, "ann")
    assert len(open_reviews(hub)) == first.questions
    assert hub.accepting.go_on(first.acceptance_id, seconds=0).state == "surveyed"
    hub.accepting.survey("match", 0.0, "ann")
    with pytest.raises(NotFound):
        hub.accepting.acceptance(first.acceptance_id)
    assert hub.accepting.latest() == []


def test_the_sample_is_drawn_from_the_questions_and_stays_the_same(hub, monkeypatch):
    monkeypatch.setattr(accept, "SAMPLE", 3)
    for number in range(4):
        ask(hub, f"n{number}")
    asked = {each.review_id for each in open_reviews(hub)}
    found = hub.accepting.survey("match", LOW, "ann")
    sample = hub.accepting.sample(found.acceptance_id)
    drawn = {each.review_id for each in sample}
    assert len(drawn) == 3
    assert drawn < asked
    assert sample == hub.accepting.sample(found.acceptance_id)


def test_those_of_greatest_weight_are_taken_when_there_are_too_many(hub, monkeypatch):
    monkeypatch.setattr(accept, "MOST_QUESTIONS", 1)
    found = hub.accepting.survey("match", LOW, "ann")
    assert (found.found, found.questions) == (2, 1)
    assert found.lowest == max(each.weight_bits for each in open_reviews(hub))


def test_what_others_have_or_put_off_is_not_among_them(hub):
    one, other = open_reviews(hub)
    hub.reviews.claim(one.review_id, "bob")
    hub.reviews.defer(other.review_id, "bob", TOMORROW)
    assert hub.accepting.survey("match", LOW, "ann").questions == 0
    assert hub.accepting.survey("match", LOW, "bob").questions == 1


def test_each_question_that_changed_since_is_left_out_and_says_why(hub):
    held, put_off, changed, judged, fine = (ask(hub, name) for name in "hpcjf")
    others = {each.review_id for each in open_reviews(hub)}
    others -= {each.review_id for each in (held, put_off, changed, judged, fine)}
    for each in others:
        hub.reviews.claim(each, "bob")
    number = accepted(hub)
    hub.reviews.claim(held.review_id, "bob")
    hub.reviews.defer(put_off.review_id, "bob", TOMORROW)
    hub.submit("bank", [Submission("c", {"given_name": "New", "email": ["new@new.example"]})])
    shown = [[Shown(RecordRef("bank", "j"))], [Shown(RecordRef("shop", "j"))]]
    hub.judge(Proposal("partition", shown, "bob", ""))
    done = finish(hub, number)
    told = {each.review_id: each.why for each in hub.accepting.left_out(number, most=9)}
    assert (done.accepted, done.left_out) == (1, 4)
    assert told[held.review_id] == "bob has it"
    assert told[put_off.review_id] == "bob put it off"
    assert "not asked any more" in told[judged.review_id]
    assert told[changed.review_id]
    assert fine.review_id not in told
    one, other = (hub.reading.record(RecordRef(source, "f")) for source in ("bank", "shop"))
    assert one.golden_id == other.golden_id


def test_a_question_that_an_earlier_one_of_the_act_changed_is_left_out(hub, office):
    # Ann, Dan and Eve share an e-mail and nothing else: three questions about three golden records
    eve = {"given_name": "Eve", "date_of_birth": "1944-04-04", "email": ("ann@lee.example",)}
    office.take(bank_9=eve)
    office.resolve()
    asked = open_reviews(hub, kind="match")
    assert len(asked) == 4
    done = finish(hub, accepted(hub))
    assert (done.accepted, done.left_out) == (2, 2)
    told = [each.why for each in hub.accepting.left_out(done.acceptance_id, most=9)]
    assert any("hold other records by now" in why for why in told)
    assert len(open_reviews(hub, kind="match")) == 1
    assert finish(hub, accepted(hub)).accepted == 1
    assert not open_reviews(hub, kind="match")


def test_a_record_that_left_since_is_not_put_back(hub, office):
    together = [[Shown(RecordRef("bank", "1")), Shown(RecordRef("shop", "1"))]]
    office.take(bank_10={"given_name": "Eve", "date_of_birth": "1944-04-04"})
    office.resolve()
    together[0].append(Shown(RecordRef("bank", "10")))
    judged = hub.judge(Proposal("partition", together, "bob", ""))
    number = accepted(hub)
    hub.withdraw(judged.judgement_id, "bob", "Eve is somebody else")
    done = finish(hub, number)
    (left,) = hub.accepting.left_out(number, most=9)
    assert left.why == "the golden records hold other records by now: look again"
    assert (done.accepted, done.left_out) == (1, 1)
    homes = office.homes()
    assert homes["bank/10"] != homes["bank/1"]


def test_one_undo_takes_all_of_it_back(hub, office):
    before = office.homes()
    asked = {each.review_id for each in open_reviews(hub)}
    number = accepted(hub)
    finish(hub, number)
    assert office.homes() != before
    hub.accepting.undo(number, "bob", "too many")
    done = finish(hub, number)
    assert (done.state, done.withdrawn, done.kept) == ("undone", 2, 0)
    assert office.homes() == before
    assert {each.review_id for each in open_reviews(hub)} == asked
    happened = hub.reading.history(next(iter(before.values())), after=None, limit=20).items
    told = [(each.kind, each.act.actor, each.act.reason) for each in happened if each.act]
    assert ("withdrawn", "bob", f"bulk accept {number}: too many") in told
    assert ("judged", "ann", f"bulk accept {number}: they are plain") in told


def test_undo_leaves_what_was_judged_anew_since_and_says_why(hub):
    number = accepted(hub)
    finish(hub, number)
    mine, _ = hub.reading.judgements(None, after=None, limit=5).items
    hub.withdraw(mine.judgement_id, "bob", "that one was wrong")
    hub.accepting.undo(number, "ann", "")
    done = finish(hub, number)
    assert (done.withdrawn, done.kept) == (1, 1)
    (left,) = hub.accepting.kept(number, most=9)
    assert "was withdrawn" in left.why


def test_it_goes_on_where_it_was_in_another_process(hub, office, monkeypatch):
    monkeypatch.setattr(accept, "AT_ONCE", 1)
    number = accepted(hub)
    begun = hub.accepting.go_on(number, seconds=0)
    assert (begun.accepted, begun.to_come) == (1, 1)
    later = Hub(office.store, RULES)
    done = finish(later, number)
    assert (done.accepted, done.to_come) == (2, 0)
    assert len(hub.reading.judgements(None, after=None, limit=9).items) == 2


def test_a_step_that_fails_leaves_nothing_of_it(hub, monkeypatch):
    number = accepted(hub)
    real, calls = accept.judged, []

    def failing(*arguments):
        calls.append(arguments)
        if len(calls) == 2:
            raise RuntimeError("the disk is full")
        return real(*arguments)

    monkeypatch.setattr(accept, "judged", failing)
    with pytest.raises(RuntimeError):
        hub.accepting.go_on(number, seconds=0)
    assert hub.accepting.acceptance(number).to_come == 2
    assert not hub.reading.judgements(None, after=None, limit=9).items
    assert finish(hub, number).accepted == 2


def test_a_question_that_fails_after_it_was_written_leaves_nothing_of_itself(hub, monkeypatch):
    number = accepted(hub)
    real, calls = accept.judged, []

    def failing(*arguments):
        done = real(*arguments)
        calls.append(done)
        if len(calls) == 1:
            raise PreconditionFailed("too late")
        return done

    monkeypatch.setattr(accept, "judged", failing)
    done = finish(hub, number)
    assert (done.accepted, done.left_out) == (1, 1)
    assert len(hub.reading.judgements(None, after=None, limit=9).items) == 1
    assert hub.verify().findings == []


def test_stopping_leaves_out_the_rest(hub, monkeypatch):
    monkeypatch.setattr(accept, "AT_ONCE", 1)
    number = accepted(hub)
    hub.accepting.go_on(number, seconds=0)
    done = hub.accepting.stop(number, "bob")
    assert (done.state, done.accepted, done.left_out) == ("accepted", 1, 1)
    (left,) = hub.accepting.left_out(number, most=9)
    assert left.why == "bob stopped it before"
    assert hub.accepting.stop(number, "bob") == done


def test_stopping_an_undo_leaves_the_rest_of_the_judgements(hub, monkeypatch):
    monkeypatch.setattr(accept, "AT_ONCE", 1)
    number = accepted(hub)
    finish(hub, number)
    hub.accepting.undo(number, "ann", "")
    hub.accepting.go_on(number, seconds=0)
    done = hub.accepting.stop(number, "bob")
    assert (done.state, done.withdrawn, done.kept) == ("undone", 1, 1)
    (left,) = hub.accepting.kept(number, most=9)
    assert left.why == "bob stopped it before"


def test_nothing_begins_twice(hub):
    number = accepted(hub)
    with pytest.raises(AcceptanceBegun):
        hub.accepting.accept(number, "bob", "")
    finish(hub, number)
    hub.accepting.undo(number, "ann", "")
    finish(hub, number)
    for begin in (hub.accepting.accept, hub.accepting.undo):
        with pytest.raises(AcceptanceBegun):
            begin(number, "bob", "")
