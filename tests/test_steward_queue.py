"""The queue over HTTP without a browser: filters, the next review, what an empty one says."""

from tests.questions import ann, fields, hub, office, open_reviews, path, prepared

__all__ = ["ann", "hub", "office", "prepared"]  # fixtures


def test_skipping_leads_behind_the_review_and_gives_it_back(hub, ann):
    first, second = open_reviews(hub)
    ann.client.post("/steward/queue/next", data=fields(ann.client.get("/steward/queue").text))
    assert ann.send(first, "skip").location == path(second)
    assert [each.assignee for each in open_reviews(hub)] == [None, "ann"]
    last = ann.client.post(
        f"{path(second)}/skip", data=fields(ann.see(second)), follow_redirects=True
    )
    assert "There is nothing left to review" in last.text


def test_filters_go_along_from_review_to_review(hub, ann):
    first, second = open_reviews(hub)
    page = ann.client.get("/steward/queue?kind=match").text
    answer = ann.client.post("/steward/queue/next", data=fields(page))
    assert answer.location == f"{path(first)}?kind=match"
    page = ann.client.get(answer.location).text
    assert ann.decide(first, "parts", page).location == f"{path(second)}?kind=match"


def test_filters_that_mean_nothing_are_told_beside_the_field(ann):
    answer = ann.client.get("/steward/queue?min_weight=x&attribute=shoe&opened_from=yesterday")
    assert answer.status_code == 422
    assert 'id="min_weight-fault"' in answer.text
    assert 'id="opened_from-fault"' in answer.text
    answer = ann.client.get("/steward/queue?attribute=shoe")
    assert "is no attribute" in answer.text
    assert "Nothing fits" not in answer.text


def test_an_empty_queue_says_what_to_do(hub, ann):
    assert (
        "No open review fits these filters." in ann.client.get("/steward/queue?min_weight=90").text
    )
    for each in open_reviews(hub):
        ann.decide(each, "parts")
    assert "Nothing is left to review." in ann.client.get("/steward/queue").text
