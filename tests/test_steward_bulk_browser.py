"""Accepting many questions at once in a real browser: the sample, the progress, the undo."""

import os
import signal

import pytest
from playwright.sync_api import Page, Route, expect

from mdm.hub import Hub
from mdm.resolution import accept
from tests.asked_in_browser import desks, hub, served
from tests.browsing import NARROW, Desk
from tests.questions import ask, open_reviews, take_cluster
from tests.resolving import Office

__all__ = ["desks", "hub", "served"]  # fixtures

MANY = accept.AT_ONCE + 2
"""Questions that take more than one step."""
LOW = "-50"
LISTEN = """region => {
  const told = [];
  new MutationObserver(() => told.push(region.textContent)).observe(region, {childList: true});
  return told;
}"""
"""Lists what comes into a live region, as long as it is in the page."""


def ask_many(hub: Hub, prefix: str, count: int = MANY) -> None:
    for number in range(count):
        ask(hub, f"{prefix}{number}")


def submit(page: Page, button: str) -> None:
    """Press a button that leads to another page, and wait for it."""
    with page.expect_navigation():
        page.get_by_role("button", name=button).click()


def survey(desk: Desk, kind: str = "match") -> None:
    desk.open("/steward/queue")
    with desk.page.expect_navigation():
        desk.page.get_by_role("link", name="Accept many at once").click()
    desk.page.get_by_label("Question").select_option(kind)
    desk.page.get_by_label("Weight from").fill(LOW)
    submit(desk.page, "Count them")


def figure(desk: Desk, name: str) -> str:
    return desk.page.locator(".figures li", has_text=name).locator("b").first.inner_text()


def follow(page: Page, heading: str) -> None:
    """Wait for the page to come to an end by itself, or press its button where nothing runs."""
    while page.get_by_role("button", name="Go on").is_visible():
        submit(page, "Go on")
    # after an error it asks again five seconds later, which is as long as `expect` waits by itself
    expect(page.locator("h1")).to_have_text(heading, timeout=60_000)


@pytest.mark.parametrize("scripts", [True, False])
def test_many_are_accepted_after_a_look_at_a_sample_and_all_undone(scripts, hub, desks):
    ask_many(hub, f"b{scripts:d}")
    asked = {each.review_id for each in open_reviews(hub)}
    with desks.desk("ann", scripts=scripts) as desk:
        survey(desk)
        assert desk.heading() == "Accept these?"
        assert figure(desk, "question") == str(MANY)
        expect(desk.page.get_by_text("8 of them, drawn at random")).to_be_visible()
        assert desk.page.locator("section table").count() == 8
        assert len(open_reviews(hub)) == MANY
        desk.page.get_by_label("Why?").fill("they are plain")
        submit(desk.page, f"Accept all {MANY}")
        follow(desk.page, "Accepted")
        assert (figure(desk, "accepted"), figure(desk, "left out")) == (str(MANY), "0")
        assert open_reviews(hub) == []
        desk.page.get_by_label("Why?").fill("too soon")
        submit(desk.page, f"Undo all {MANY}")
        follow(desk.page, "Undone")
        assert (figure(desk, "undone"), figure(desk, "not undone")) == (str(MANY), "0")
    assert {each.review_id for each in open_reviews(hub)} == asked


def test_a_survey_without_a_weight_says_so_beside_the_field(hub, desks):  # noqa: ARG001
    with desks.desk("ann") as desk:
        desk.expects(422)
        desk.open("/steward/bulk")
        submit(desk.page, "Count them")
        expect(desk.page.locator("#min_weight-fault")).to_have_text("Say from which weight on.")
        assert desk.violations() == []


def test_the_end_of_an_act_is_read_aloud_and_no_step_of_a_short_one(hub, desks):
    ask_many(hub, "a")
    found = hub.accepting.survey("match", float(LOW), "ann")
    hub.accepting.accept(found.acceptance_id, "ann", "")
    with desks.desk("ann") as desk:
        with hub.store.write():  # it stands still
            desk.open(f"/steward/bulk/{found.acceptance_id}")
            region = desk.page.locator("p[role=status]")
            expect(region).to_be_empty()
            told = region.evaluate_handle(LISTEN)
        follow(desk.page, "Accepted")
        expect(region).to_have_text(f"Accepted: {MANY} questions, 0 left out.")
        assert told.json_value() == [f"Accepted: {MANY} questions, 0 left out."]
        assert desk.page.title().startswith("Accepted")


def test_an_act_goes_on_after_the_service_was_killed_in_its_midst(hub, desks):
    ask_many(hub, "k")
    found = hub.accepting.survey("match", float(LOW), "ann")
    hub.accepting.accept(found.acceptance_id, "ann", "")
    hub.accepting.go_on(found.acceptance_id, seconds=0)
    with desks.desk("ann") as desk:
        with hub.store.write():  # it has to wait for this writer
            with desk.page.expect_request(f"**/bulk/{found.acceptance_id}/go-on"):
                desk.open(f"/steward/bulk/{found.acceptance_id}")
            done = desk.page.get_by_label("Accepting")
            expect(done).to_have_attribute("value", str(accept.AT_ONCE))
            for worker in desks.server.workers():
                os.kill(worker, signal.SIGKILL)
        follow(desk.page, "Accepted")
        # the browser asks once more by itself, or the page does, after an error of the network
        desk.wrong = [each for each in desk.wrong if "net::ERR_" not in each]
    assert hub.accepting.acceptance(found.acceptance_id).accepted == MANY
    assert open_reviews(hub) == []


def test_the_progress_leads_to_the_login_when_the_session_ends(hub, desks):
    ask_many(hub, "s")
    found = hub.accepting.survey("match", float(LOW), "ann")
    hub.accepting.accept(found.acceptance_id, "ann", "")
    with desks.desk("bob") as desk:

        def without_session(route: Route) -> None:
            desk.page.context.clear_cookies()
            route.continue_()

        desk.page.route("**/go-on", without_session, times=1)
        desk.open(f"/steward/bulk/{found.acceptance_id}")
        desk.page.wait_for_url("**/login**")
        assert hub.accepting.acceptance(found.acceptance_id).accepted == 0
        desk.log_in("bob")
        follow(desk.page, "Accepted")
    assert open_reviews(hub) == []


@pytest.mark.parametrize(("dark", "width"), [(False, 1280), (True, 1280), (False, NARROW)])
def test_each_state_of_the_page_is_readable(dark, width, hub, desks, served):  # noqa: ARG001
    ask_many(hub, f"r{dark:d}{width}", 3)
    with desks.desk("ann", dark=dark, width=width) as desk:
        survey(desk)
        number = int(desk.page.url.rpartition("/")[2])
        seen = [(desk.violations(), desk.too_wide())]
        hub.accepting.accept(number, "ann", "they are plain")
        with hub.store.write():  # it stands still
            desk.open(f"/steward/bulk/{number}")
            seen.append((desk.violations(), desk.too_wide()))
        follow(desk.page, "Accepted")
        seen.append((desk.violations(), desk.too_wide()))
        desk.open("/steward/bulk")
        seen.append((desk.violations(), desk.too_wide()))
        assert seen == [([], [])] * 4


def test_clusters_are_shown_by_their_records(hub, desks):
    take_cluster(Office(hub.store))
    with desks.desk("ann") as desk:
        survey(desk, "cluster")
        assert figure(desk, "question") == "1"
        expect(desk.page.get_by_role("columnheader", name="bank")).to_have_count(2)
        submit(desk.page, "Accept all 1")
        follow(desk.page, "Accepted")
    assert open_reviews(hub, kind="cluster") == []
