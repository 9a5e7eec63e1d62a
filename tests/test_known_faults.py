"""Faults that other systems for master data had, each as a story that must not end in it.

Each story also runs with the code that prevents its fault taken out: then it must end in exactly
that fault, and in nothing else, so that a story that cannot fail is noticed.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from flask.testing import FlaskClient

from api import create_app
from mdm.hub import Hub
from mdm.identity import crosswalk_diff, fusion
from mdm.identity import judgements as identity
from mdm.identity.cluster import NOTHING_JUDGED
from mdm.identity.judgements import Constraints
from mdm.model.reviews import Backlog
from mdm.model.rules.load import rules_from_text
from mdm.resolution import clustering, proposals, republish, reviewing
from mdm.reviews import Reviews
from tests.resolving import ANN, BOB, CID, RULES, Office, rules_text
from tests.test_api_judgements import judge, withdraw
from tests.test_api_reviews import listed, put

TOWN = {"bank_1": ANN, "shop_1": ANN, "bank_2": BOB, "bank_3": CID}
WHOLE_ANN = ["bank/1", "shop/1"]
DAN = {"given_name": "Dan", "date_of_birth": "1955-05-05", "email": ("ann@lee.example",)}
EVE = {"given_name": "Eve", "date_of_birth": "1966-06-06", "email": ("ann@lee.example",)}
"""They share Ann's e-mail: worth a review and no more."""
FAY = {"given_name": "Fay", "date_of_birth": "1944-04-04", "email": ("cid@fox.example",)}
"""Shares Cid's."""


class FaultFoundError(Exception):
    """The story ended in the fault that it is about."""


def must(held: bool, fault: str) -> None:
    """Hold, or the fault is there; what only sets the scene is asserted instead."""
    if not held:
        raise FaultFoundError(fault)


def judged(answer) -> int:
    assert answer.status_code == 201, answer.json
    return answer.json["judgement_id"]


def accepted_twice(office: Office, client: FlaskClient) -> None:
    """HAPI FHIR 4156: two stewards look at one record beside different golden records."""
    settle(office, shop_5=DAN)
    judged(judge(client, [*WHOLE_ANN, "shop/5"]))
    second = judge(client, ["bank/2", "shop/5"])
    must(second.status_code == 412, "accepted into a second golden record")
    homes = office.homes()
    must(homes["bank/1"] == homes["shop/5"] != homes["bank/2"], "it is not in the first alone")
    golden = client.get(f"/v1/golden-records/{homes['bank/2']}").json
    keys = [entry["key"] for entry in golden["crosswalk"]]
    must(keys == ["2"], "the second golden record lists it")


def second_rejection_fails(office: Office, client: FlaskClient) -> None:
    """HAPI FHIR 4745: of three that look alike every two are rejected, one after another."""
    settle(office, shop_5=DAN, shop_6=EVE)
    assert len(listed(client)) == 3
    judged(judge(client, WHOLE_ANN, ["shop/5"]))
    judged(judge(client, WHOLE_ANN, ["shop/6"]))
    last = judge(client, ["shop/6"], ["shop/5"])
    must(last.status_code == 201, "the second candidate cannot be rejected")
    homes = office.homes()
    must(len({homes[name] for name in ("bank/1", "shop/5", "shop/6")}) == 3, "they are together")
    must(listed(client) == [], "what was rejected is asked about")


def merge_leaves_its_review_open(office: Office, client: FlaskClient) -> None:
    """HAPI FHIR 4287."""
    settle(office, shop_5=DAN)
    (review,) = listed(client)
    judged(judge(client, [*WHOLE_ANN, "shop/5"]))
    must(listed(client) == [], "the review of a merger is still open")
    found = client.get(f"/v1/reviews/{review['review_id']}").json
    must(found["closed"]["why"] == "gone", "the review does not say why it closed")


def stale_after_an_unlink(office: Office, client: FlaskClient) -> None:
    """HAPI FHIR 5236: what a record brought leaves the golden record with it, and comes back."""
    other = {**ANN, "email": ("ann@lee.example", "ann@work.example")}
    settle(office, shop_1=other)
    golden_id = office.homes()["bank/1"]
    path = f"/v1/golden-records/{golden_id}"
    together = client.get(path).json
    assert "ann@work.example" in together["attributes"]["email"]
    number = judged(judge(client, ["bank/1"], ["shop/1"]))
    alone = client.get(path).json
    assert [entry["key"] for entry in alone["crosswalk"]] == ["1"]
    said = alone["attributes"]["email"]
    must(said == ["ann@lee.example"], "the golden record says what left it")
    must(alone["version"] > together["version"], "a new content has the old version")
    withdraw(client, number)
    must(client.get(path).json["attributes"] == together["attributes"], "the undoing is stale")


def event_misses_the_link(office: Office, client: FlaskClient) -> None:
    """HAPI FHIR 6297: whoever follows the changes hears of a new link with the act that made it."""
    settle(office, shop_5=DAN)
    golden_id = office.homes()["bank/1"]
    after = client.get("/v1/changes").json["after"]
    judged(judge(client, [*WHOLE_ANN, "shop/5"]))
    put(client, "shop/9", ANN)
    assert office.homes()["shop/5"] == office.homes()["shop/9"] == golden_id
    items = client.get(f"/v1/changes?after={after}").json["items"]
    attached = [(e["golden_id"], e["source"], e["key"]) for e in items if e["kind"] == "attached"]
    told = [(golden_id, "shop", "5"), (golden_id, "shop", "9")]
    must(attached == told, "the changes miss a new link")


def backlog_is_not_counted(office: Office, client: FlaskClient) -> None:
    """HAPI FHIR 5129: how much is left to do is known, and is what the queue holds."""
    settle(office, shop_5=DAN, shop_6=EVE)
    for left in (3, 2):
        backlog = client.get("/v1/reviews/backlog").json
        assert len(listed(client)) == left
        must(backlog["open"] == left, "the backlog is not counted")
        must(backlog["by_kind"] == {"match": left}, "the backlog is not counted by kind")
        judged(judge(client, ["shop/5"], ["shop/6"]))


def back_after_retraining(office: Office, client: FlaskClient) -> None:
    """Law 5: a model that links what was rejected links everything like it, and leaves that."""
    settle(office, shop_5=DAN, shop_7=FAY)
    judged(judge(client, WHOLE_ANN, ["shop/5"]))
    office.train(rules_from_text(rules_text(link=-12, review=-20), "eager.yaml"))
    office.resolve()
    homes = office.homes()
    assert homes["bank/3"] == homes["shop/7"], "the eager model links those like them"
    must(homes["bank/1"] != homes["shop/5"], "a rejected pair is back after retraining")
    must(listed(client) == [], "a rejected pair is asked about after retraining")


def third_record_bridges(office: Office, client: FlaskClient) -> None:
    """RecordLinker, JeMPI: a record like both of two that a steward separated."""
    settle(office, shop_3=BOB)
    judged(judge(client, ["bank/2"], ["shop/3"]))
    homes = office.homes()
    assert homes["bank/2"] != homes["shop/3"]
    put(client, "bank/0", BOB)
    apart = office.homes()
    assert apart["bank/0"] in (apart["bank/2"], apart["shop/3"])
    must(apart["bank/2"] != apart["shop/3"], "a third record bridges what was separated")
    office.resolve()
    must(office.homes() == apart, "a resolve bridges what was separated")


def settle(office: Office, **more: object) -> None:
    """Publish the town, and more of it."""
    office.take(**TOWN | more)
    office.train()
    office.resolve()


Story = Callable[[Office, FlaskClient], None]
STORIES: tuple[Story, ...] = (
    accepted_twice,
    second_rejection_fails,
    merge_leaves_its_review_open,
    stale_after_an_unlink,
    event_misses_the_link,
    backlog_is_not_counted,
    back_after_retraining,
    third_record_bridges,
)


def named(story: object) -> str | None:
    return story.__name__ if callable(story) else None


def client_of(office: Office) -> FlaskClient:
    return create_app(Hub(office.store, RULES)).test_client()


@pytest.mark.parametrize("story", STORIES, ids=named)
def test_a_fault_of_other_systems_does_not_exist(story, store):
    office = Office(store)
    story(office, client_of(office))


@dataclass(frozen=True)
class Defect:
    """What takes the place of the code that prevents a fault, and the fault that is there then."""

    story: Story
    place: object
    name: str
    instead: object
    fault: str


def without_crossing(state, known) -> Iterator[object]:
    """Go on as if *different* linked as *same* does."""
    record, crossed = state
    for _, judgement in known.get(record, ()):
        for member in judgement.members:
            yield (member.record_id, crossed), judgement.judgement_id


def only_what_is_new(clusters, before, _found, _suspected):
    published = {*before.values()}
    return {serial: members for serial, members in clusters.items() if serial not in published}


def of_before(before, _after, **more):
    return crosswalk_diff.events_between(before, before, **more)


def forgetting(groups, kept: int, gone: int) -> None:
    """Fuse two groups, and forget what a judgement keeps the second one apart from."""
    groups._parent[gone] = kept


def nothing(*_: object, **__: object) -> None:
    """Do nothing."""


DEFECTS = (
    Defect(
        accepted_twice, proposals, "_check_shown", nothing, "accepted into a second golden record"
    ),
    Defect(
        second_rejection_fails,
        identity,
        "_steps",
        without_crossing,
        "the second candidate cannot be rejected",
    ),
    Defect(
        merge_leaves_its_review_open,
        reviewing,
        "renew",
        nothing,
        "the review of a merger is still open",
    ),
    Defect(
        stale_after_an_unlink,
        republish,
        "_rewritten",
        only_what_is_new,
        "the golden record says what left it",
    ),
    Defect(
        event_misses_the_link, republish, "events_between", of_before, "the changes miss a new link"
    ),
    Defect(
        backlog_is_not_counted,
        Reviews,
        "backlog",
        lambda _: Backlog(0, 0, 0, {}, {}, None),
        "the backlog is not counted",
    ),
    Defect(
        back_after_retraining,
        clustering,
        "judged_in",
        lambda _: NOTHING_JUDGED,
        "a rejected pair is back after retraining",
    ),
    Defect(
        back_after_retraining,
        reviewing,
        "_asked",
        lambda _: Constraints(),
        "a rejected pair is asked about after retraining",
    ),
    Defect(
        third_record_bridges,
        fusion._Groups,
        "fuse",
        forgetting,
        "a third record bridges what was separated",
    ),
)


def test_every_story_is_tried_with_its_prevention_taken_out():
    assert {defect.story for defect in DEFECTS} == {*STORIES}


@pytest.mark.parametrize(
    "defect", DEFECTS, ids=lambda defect: f"{defect.story.__name__}-{defect.name}"
)
def test_without_what_prevents_it_the_fault_is_there(
    defect: Defect, sqlite_store, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(defect.place, defect.name, defect.instead)
    office = Office(sqlite_store)
    with pytest.raises(FaultFoundError, match=f"^{defect.fault}$"):
        defect.story(office, client_of(office))
