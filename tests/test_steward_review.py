"""Reviewing over HTTP without a browser: what is shown, what is kept, what is refused and why."""

import re

import pytest

from mdm.model.records import RecordRef
from tests.questions import (
    DAN,
    Steward,
    ann,
    fields,
    hub,
    office,
    open_reviews,
    path,
    prepared,
    take_cluster,
)
from tests.resolving import ANN, Office

__all__ = ["ann", "hub", "office", "prepared"]  # fixtures


@pytest.fixture
def review(hub):
    """The question whether Ann, of two records, and Dan are one customer."""
    return next(each for each in open_reviews(hub) if each.records == 3)


def homes(office: Office, *names: str) -> list[str]:
    found = office.homes()
    return [found[name] for name in names]


def test_a_review_shows_values_evidence_and_what_a_merge_would_give(ann, review):
    page = ann.see(review)
    for told in ("<mark>D</mark>an", "✗ differs", "✓ same", "bank, trust 0.9", "If merged"):
        assert told in page
    assert "before anything is compared" in page
    assert re.search(r"<svg class=\"chart waterfall\"", page)
    assert page.count('name="record"') == 3


def test_a_merge_is_kept_and_the_next_review_is_there_at_once(hub, office, ann, review):
    answer = ann.decide(review, "merge", reason="called them")
    one, other = homes(office, "bank/1", "shop/5")
    assert one == other
    (rest,) = open_reviews(hub)
    assert answer.location == path(rest)
    assert rest.assignee == "ann"
    kept = hub.reading.judgement(1)
    assert (kept.actor, kept.reason, kept.kind) == ("ann", "called them", "partition")
    assert "You decided “one customer”" in ann.see(rest)


@pytest.mark.parametrize(("word", "kind"), [("parts", "partition"), ("unsure", "unsure")])
def test_what_is_not_the_same_or_unsure_stays_two_and_is_asked_no_more(
    hub, office, ann, review, word, kind
):
    ann.decide(review, word)
    one, other = homes(office, "bank/1", "shop/5")
    assert one != other
    assert hub.reading.judgement(1).kind == kind
    assert review.review_id not in {each.review_id for each in open_reviews(hub)}
    assert "A judgement answered it." in ann.see(review)


def test_an_undo_takes_the_decision_back_and_asks_again(hub, office, ann, review):
    before = homes(office, "bank/1", "shop/5")
    answer = ann.decide(review, "merge")
    page = ann.client.get(answer.location).text
    assert ann.undo(page).location == path(review)
    assert homes(office, "bank/1", "shop/5") == before
    assert "Undone" in ann.see(review)
    assert hub.reading.judgement(1).withdrawn_at is not None
    again = ann.client.post("/steward/undo", data=fields(page), follow_redirects=True)
    assert "There is nothing to undo." in again.text


def test_an_undo_that_somebody_was_before_is_told(hub, ann, review):
    page = ann.client.get(ann.decide(review, "merge").location).text
    hub.withdraw(1, "bob", "wrong")
    answer = ann.client.post("/steward/undo", data=fields(page), follow_redirects=True)
    assert "It cannot be undone: judgement 1 is not in force" in answer.text


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda office: office.take(bank_9=ANN), "bank 9 came to it"),
        (lambda office: office.retire("shop/1"), "shop 1 is not in it any more"),
        (
            lambda office: office.take(shop_5={**DAN, "given_name": "Dann"}),
            "shop 5 was changed by its department",
        ),
    ],
)
def test_what_changed_since_it_was_shown_is_told_and_nothing_is_kept(
    office, ann, hub, review, change, told
):
    page = ann.see(review)
    change(office)
    office.resolve()
    answer = ann.decide(review, "merge", page)
    assert answer.status_code == 412
    assert told in answer.text
    assert hub.reading.judgements(None, after=None, limit=9).items == []
    assert ann.decide(review, "merge", answer.text).status_code == 303


def test_a_contradiction_names_the_judgements_and_offers_to_supersede_them(
    hub, office, ann, review
):
    bob = Steward.of(hub, "bob")
    page = ann.see(review)
    bob.decide(review, "parts", reason="two brothers")
    number = hub.reading.judgements(None, after=None, limit=9).items[0].judgement_id
    _reopen(office)
    (again,) = (each for each in open_reviews(hub) if each.records == 4)
    hub.reviews.release(again.review_id, "bob")
    page = ann.see(again)
    answer = ann.decide(again, "merge", page)
    assert answer.status_code == 409
    assert f"Judgement {number} of <b>bob</b>" in answer.text
    assert "two brothers" in answer.text
    assert f'name="supersedes" value="{number}"' in answer.text
    done = ann.decide(again, "merge", answer.text, supersedes=str(number))
    assert done.status_code == 303
    assert hub.reading.judgement(number).superseded_by == number + 1
    assert len(set(homes(office, "bank/1", "shop/5"))) == 1


def _reopen(office) -> None:
    """Ask again about a pair that is judged: by a fourth record, which nobody has judged."""
    office.take(shop_8={**DAN, "given_name": "Dan"})
    office.resolve()


def test_a_review_that_another_steward_has_is_not_decided(hub, office, ann, review):
    before = homes(office, "bank/1", "shop/5")
    page = ann.see(review)
    hub.reviews.claim(review.review_id, "bob")
    answer = ann.decide(review, "merge", page)
    assert answer.status_code == 409
    assert "bob has this review until" in answer.text
    assert homes(office, "bank/1", "shop/5") == before


def test_a_decision_on_a_review_that_was_closed_meanwhile_is_not_kept(hub, ann, review):
    page = ann.see(review)
    Steward.of(hub, "bob").decide(review, "parts")
    answer = ann.decide(review, "merge", page)
    assert answer.status_code == 409
    assert "Nothing was kept" in answer.text
    assert "This review is closed" in answer.text


def test_a_cluster_is_split_as_marked_and_the_chosen_part_keeps_the_id(hub, office, ann):
    take_cluster(office)
    (cluster,) = open_reviews(hub, kind="cluster")
    before = homes(office, "bank/7")
    page = ann.see(cluster)
    records = fields(page)["record"]
    parts = {f"part-{at}": str(int("BY" in text or "8" in text)) for at, text in enumerate(records)}
    shown = ann.send(cluster, "preview", page, **parts)
    assert "What this would give" in shown.text
    assert "2 golden records" in shown.text
    assert hub.reading.judgements(None, after=None, limit=9).items == []
    answer = ann.decide(cluster, "parts", page, **parts, keeps="1")
    assert answer.status_code == 303
    assert homes(office, "bank/8") == before != homes(office, "bank/7")


def test_a_split_into_one_part_is_refused_beside_the_records(hub, office, ann):
    take_cluster(office)
    (cluster,) = open_reviews(hub, kind="cluster")
    parts = {f"part-{at}": "0" for at in range(3)}
    for act in ("decision", "preview"):
        answer = ann.send(cluster, act, decision="parts", **parts)
        assert answer.status_code == 422
        assert "The records are all in one part" in answer.text


def test_comments_and_claims_are_noted(ann, review):
    ann.send(review, "comment", comment="no answer <yet>")
    assert "no answer &lt;yet&gt;" in ann.see(review)
    ann.send(review, "claim")
    assert "You have it" in ann.see(review)
    ann.send(review, "release")
    assert "Nobody. Whoever decides takes it." in ann.see(review)
    ann.send(review, "claim", assignee="bob")
    assert "<b>bob</b> has it" in ann.see(review)
    answer = ann.client.post(
        f"{path(review)}/release", data=fields(ann.see(review)), follow_redirects=True
    )
    assert "Bob has this review until" in answer.text


def test_a_review_is_put_off_until_a_day_to_come_only(hub, ann, review):
    for day, told in (("2020-01-01", "a time to come"), ("never", "choose a day to come")):
        answer = ann.client.post(
            f"{path(review)}/defer",
            data={**fields(ann.see(review)), "until": day},
            follow_redirects=True,
        )
        assert told in answer.text
    page = ann.see(review)
    until = re.search(r'min="(\d{4}-\d\d-\d\d)"', page)[1]
    answer = ann.send(review, "defer", page, until=until)
    (other,) = open_reviews(hub)
    assert answer.location == path(other)
    assert open_reviews(hub, deferred=True)[0].deferred_by == "ann"


@pytest.mark.parametrize(
    "form",
    [
        {"record": "no JSON"},
        {"record": '["bank"]'},
        {"record": '["bank", "1", true]'},
        {"record": '["bank", "1", "1"]'},
        {"record": '["bank", "\\u0000", 1]'},
        {"record": "[1, 2, 3]"},
        {"decision": "erase"},
        {"supersedes": "١"},
        {"supersedes": "9" * 30},
        {"part-0": "9"},
        {"keeps": "x"},
        {"reason": "x" * 3_000},
        {"reason": "a\0b"},
        {"comment": "a\0b"},
    ],
)
def test_a_form_that_the_page_did_not_make_is_refused_and_nothing_is_kept(hub, ann, review, form):
    act = "comment" if "comment" in form else "decision"
    answer = ann.send(review, act, **{"decision": "merge", **form})
    assert answer.status_code == 422
    assert hub.reading.judgements(None, after=None, limit=9).items == []
    assert open_reviews(hub, source="bank")[0].comments == 0


def test_records_and_judgements_that_never_were_are_told(hub, ann, review):
    never = ['["bank", "1", 1]', '["bank", "never", 1]']
    for form in ({"record": never}, {"supersedes": "77"}):
        answer = ann.decide(review, "merge", **form)
        assert answer.status_code in (404, 412)
    assert hub.reading.golden_record_of(RecordRef("bank", "1"))
