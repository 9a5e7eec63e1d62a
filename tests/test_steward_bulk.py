"""Bulk accept over HTTP: what its script is answered when something is not as it should be."""

import re

from api import create_app
from tests.questions import ann, fields, hub, office, prepared
from tests.steward_client import token

__all__ = ["ann", "hub", "office", "prepared"]  # fixtures

BY_SCRIPT = {"HX-Request": "true"}
TOLD = re.compile(r'<p [^>]*id="told" hx-swap-oob="innerHTML">([^<]*)</p>')


def begun(hub) -> str:
    """Begin an acceptance; gives the address of its next steps."""
    found = hub.accepting.survey("match", -50.0, "ann")
    hub.accepting.accept(found.acceptance_id, "ann", "")
    return f"/steward/bulk/{found.acceptance_id}/go-on"


def read_aloud(answer: str) -> list[str]:
    """Read what an answer puts into the live region of the page."""
    return TOLD.findall(answer)


def test_a_script_gets_the_progress_and_in_the_end_what_came_of_it(hub, ann, monkeypatch):
    monkeypatch.setattr("mdm.resolution.accept.AT_ONCE", 1)
    monkeypatch.setattr("api.steward.bulk.SHORT", 0)
    address, form = begun(hub), {"csrf_token": token(ann.client, "/steward/queue")}
    part = ann.client.post(address, data=form | {"mark": "0"}, headers=BY_SCRIPT)
    assert "Accepting: 1 of 2" in part.text
    assert "<html" not in part.text
    last = ann.client.post(address, data=fields(part.text), headers=BY_SCRIPT)
    assert last.headers["HX-Reselect"] == "#content > *"
    assert "<h1>Accepted</h1>" in last.text
    assert read_aloud(last.text) == ["Accepted: 2 questions, 0 left out."]


def test_a_step_is_read_aloud_only_when_it_came_to_another_part(hub, ann, monkeypatch):
    monkeypatch.setattr("mdm.resolution.accept.AT_ONCE", 1)
    monkeypatch.setattr("api.steward.bulk.SHORT", 0)
    address = begun(hub)
    form = fields(ann.client.get(address.removesuffix("/go-on")).text)
    assert form["mark"] == "0"
    part = ann.client.post(address, data=form, headers=BY_SCRIPT).text
    assert (fields(part)["mark"], read_aloud(part)) == ("0", [])
    hub.accepting.go_on(1, seconds=1)
    monkeypatch.setattr("api.steward.bulk.APART", 1)
    hub.accepting.undo(1, "ann", "")
    part = ann.client.post(address, data=form, headers=BY_SCRIPT).text
    assert (fields(part)["mark"], read_aloud(part)) == ("1", ["Undoing: 1 of 2."])


def test_a_script_whose_token_is_wrong_is_told_so_in_its_place(hub, ann):
    address = begun(hub)
    answer = ann.client.post(address, data={"csrf_token": "wrong"}, headers=BY_SCRIPT)
    assert answer.status_code == 200
    assert answer.text.startswith('<div class="notice bad" role="alert">')
    assert "token of your session" in answer.text


def test_a_script_without_a_session_leads_its_page_to_the_login(hub):
    address = begun(hub)
    page = address.removesuffix("/go-on")
    nobody = create_app(hub).test_client()
    headers = {**BY_SCRIPT, "Referer": f"http://localhost{page}"}
    answer = nobody.post(address, headers=headers)
    assert answer.status_code == 204
    assert answer.headers["HX-Redirect"] == f"/steward/login?next={page}"
    elsewhere = nobody.get(page, headers={**BY_SCRIPT, "Referer": "http://["})
    assert elsewhere.headers["HX-Redirect"] == "/steward/login"


def test_a_sampled_question_that_changed_says_so(hub, ann, office):
    found = hub.accepting.survey("match", -50.0, "ann")
    page = f"/steward/bulk/{found.acceptance_id}"
    assert "This one has changed" not in ann.client.get(page).text
    office.take(shop_6={"given_name": "Boo", "email": ("bob@ray.example",)})
    office.resolve()
    assert ann.client.get(page).text.count("This one has changed since it was drawn") == 1
