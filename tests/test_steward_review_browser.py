"""Reviewing in a real browser: by keyboard alone, without JavaScript, two stewards at once."""

from playwright.sync_api import Page, expect

from mdm.hub import Hub
from mdm.model.records import RecordRef
from mdm.model.submissions import Submission
from tests.asked_in_browser import desks, hub, served
from tests.questions import ask, open_reviews, path, take_cluster
from tests.resolving import Office
from tests.steward_client import HOSTILE

__all__ = ["desks", "hub", "served"]  # fixtures

BEGIN = "/steward/queue"


def kinds(hub: Hub, since: int) -> list[tuple[str, str, int]]:
    """The judgements behind a number: who, of which kind, of how many parts."""
    found = hub.reading.judgements(None, after=(since,), limit=50).items
    return [(each.actor, each.kind, len(each.parts)) for each in found]


def last(hub: Hub) -> int:
    found = hub.reading.judgements(None, after=None, limit=200).items
    return found[-1].judgement_id if found else 0


def press(page: Page, key: str) -> None:
    """Press a key that leads to another page, and wait for it."""
    with page.expect_navigation():
        page.keyboard.press(key)


def test_a_whole_queue_is_worked_by_keyboard_alone(hub, desks):
    for name in ("One", "Two", "Three", "Four"):
        ask(hub, name)
    since = last(hub)
    with desks.desk("ann") as desk:
        page = desk.page
        press(page, "s")
        page.keyboard.press("?")
        expect(page.get_by_role("dialog")).to_contain_text("not the same customer")
        page.keyboard.press("Escape")
        expect(page.get_by_role("dialog")).to_be_hidden()

        page.keyboard.press("c")
        page.keyboard.type("asked the branch")
        page.keyboard.press("Tab")
        press(page, "Enter")
        expect(page.locator("#notes ~ p").first).to_contain_text("asked the branch")

        for key in "mnus":
            assert desk.heading() == "Are these one customer?"
            press(page, key)
        expect(page.get_by_text("There is nothing left to review")).to_be_visible()
        for key in "sm":
            press(page, key)
        expect(page.get_by_text("Nothing is left to review")).to_be_visible()
    assert kinds(hub, since) == [
        ("ann", "partition", 1),
        ("ann", "partition", 2),
        ("ann", "unsure", 2),
        ("ann", "partition", 1),
    ]


def test_keys_can_be_turned_off_and_never_act_on_who_writes(hub, desks):
    review = ask(hub, "Quiet")
    since = last(hub)
    with desks.desk("ann") as desk:
        desk.open(path(review))
        desk.page.get_by_label("Why?").focus()
        desk.page.keyboard.type("mnu?")
        assert desk.page.get_by_label("Why?").input_value() == "mnu?"
        desk.page.get_by_role("button", name="Keys").click()
        desk.page.get_by_label("Keys act without").uncheck()
        desk.page.get_by_role("button", name="Close").click()
        desk.page.keyboard.press("m")
        desk.page.reload()
        desk.page.keyboard.press("m")
        assert desk.heading() == "Are these one customer?"
    assert kinds(hub, since) == []


def test_a_queue_is_worked_without_javascript(hub, desks):
    for name in ("Uno", "Due", "Tre"):
        ask(hub, name)
    since = last(hub)
    with desks.desk("ann", scripts=False) as desk:
        page = desk.page
        page.get_by_role("button", name="Review the next one").click()
        page.get_by_label("Why?").fill("same letter of theirs")
        page.get_by_role("button", name="One customer").click()
        page.get_by_role("button", name="Undo").click()
        expect(page.get_by_text("Undone:")).to_be_visible()
        page.get_by_role("button", name="One customer").click()
        page.get_by_role("button", name="Not the same").click()
        page.get_by_role("button", name="Unsure").click()
        assert desk.heading() == "Queue"
    assert kinds(hub, since) == [
        ("ann", "partition", 1),
        ("ann", "partition", 1),
        ("ann", "partition", 2),
        ("ann", "unsure", 2),
    ]
    assert hub.reading.judgement(since + 1).withdrawn_at is not None


def test_of_two_stewards_at_one_review_the_second_is_told_what_changed(hub, desks):
    review = ask(hub, "Twice")
    since = last(hub)
    with desks.desk("ann") as one, desks.desk("bob") as other:
        for desk in (one, other):
            desk.open(path(review))
        one.page.get_by_role("button", name="One customer").click()
        other.expects(409)
        other.page.get_by_role("button", name="Not the same").click()
        alert = other.page.get_by_role("alert")
        expect(alert).to_contain_text("Nothing was kept")
        assert "This review is closed" in other.page.inner_text("main")
    assert kinds(hub, since) == [("ann", "partition", 1)]


def test_what_a_department_changed_meanwhile_is_shown_before_anything_is_kept(hub, desks):
    review = ask(hub, "Moved")
    since = last(hub)
    with desks.desk("ann") as one, desks.desk("bob") as other:
        one.open(path(review))
        other.open(path(review))
        _submit_again(hub, "Moved", "Mooved")
        one.expects(412)
        one.page.get_by_role("button", name="One customer").click()
        alert = one.page.get_by_role("alert")
        expect(alert).to_contain_text("what you saw has changed meanwhile")
        expect(alert).to_contain_text("bank Moved was changed by its department")
        expect(one.page.locator(".sides")).to_contain_text("Mooved")
        assert one.violations() == []
        one.page.get_by_role("button", name="One customer").click()
        assert one.heading() == "Queue"
    assert kinds(hub, since) == [("ann", "partition", 1)]


def _submit_again(hub: Hub, key: str, given: str) -> None:
    (record,) = hub.reading.versions(RecordRef("bank", key), after=None, limit=1).items
    values = {**record.attributes, "given_name": given, "email": [*record.attributes["email"]]}
    hub.submit("bank", [Submission(key, values)])


def test_a_review_that_another_steward_has_says_who_and_keeps_nothing(hub, desks):
    review = ask(hub, "Held")
    since = last(hub)
    with desks.desk("ann") as desk:
        desk.open(path(review))
        hub.reviews.claim(review.review_id, "bob")
        desk.expects(409)
        desk.page.get_by_role("button", name="One customer").click()
        expect(desk.page.get_by_role("alert")).to_contain_text("bob has this review until")
        assert desk.violations() == []
    with desks.desk("eve") as desk:
        desk.page.get_by_role("button", name="Review the next one").click()
        expect(desk.page.get_by_text("There is nothing left to review")).to_be_visible()
    assert kinds(hub, since) == []


def test_a_session_that_ended_is_told_and_nothing_is_kept(hub, desks):
    review = ask(hub, "Over")
    since = last(hub)
    with desks.desk("eve") as desk:
        desk.open(path(review))
        hub.users.set_password("eve", "correct horse battery")
        desk.page.get_by_role("button", name="One customer").click()
        assert desk.heading() == "Log in"
        expect(desk.page.get_by_role("status")).to_contain_text("Your session has ended")
        desk.log_in("eve")
        assert desk.page.url.endswith(path(review))
    assert kinds(hub, since) == []


def test_values_that_may_break_a_page_do_not(hub, desks):
    reviews = [ask(hub, f"Z {given}") for given in HOSTILE.values()]
    for width, dark in ((1280, False), (400, True)):
        with desks.desk("ann", width=width, dark=dark) as desk:
            desk.open(BEGIN)
            assert desk.too_wide() == []
            assert desk.violations() == []
            for review in reviews:
                desk.open(path(review))
                assert desk.page.title() == "Are these one customer? · Master data"
                assert desk.too_wide() == []
                assert desk.violations() == []


def test_a_golden_record_is_split_in_the_browser(hub, desks):
    take_cluster(Office(hub.store))
    (cluster,) = open_reviews(hub, kind="cluster")
    since = last(hub)
    for width, dark in ((1280, True), (400, False)):
        with desks.desk("ann", width=width, dark=dark) as desk:
            desk.open(path(cluster))
            assert desk.too_wide() == []
            assert desk.violations() == []
    with desks.desk("ann") as desk:
        desk.open(path(cluster))
        press(desk.page, "p")
        expect(desk.page.locator("#outcome")).to_contain_text("2 golden records")
        assert desk.violations() == []
        desk.page.get_by_role("button", name="Split as marked").click()
        expect(desk.page.get_by_text("not the same customer")).to_be_visible()
    assert kinds(hub, since) == [("ann", "partition", 2)]
