"""The questions to stewards over HTTP: what is asked, who has it, why it is asked no more."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from flask.testing import FlaskClient

from api import create_app
from mdm.hub import Hub
from mdm.model.reviews import ReviewFilter
from tests.resolving import ANN, BOB, CID, RULES, Office
from tests.test_api_judgements import judge, problem, withdraw

REVIEWS = "/v1/reviews"
DAN = {"given_name": "Dan", "date_of_birth": "1955-05-05", "email": ("ann@lee.example",)}
"""Shares Ann's e-mail: worth a review and no more."""
FAY = {"given_name": "Fay", "date_of_birth": "1960-06-06", "email": ("fay@elm.example",)}
BY_DATE = {"date_of_birth": "1960-06-06"}
BY_EMAIL = {"email": ("fay@elm.example",)}
"""Fay alone holds this one and the one by date together."""


@pytest.fixture
def office(store) -> Office:
    office = Office(store)
    office.begin(bank_1=ANN, shop_1=ANN, bank_2=BOB, bank_3=CID, shop_5=DAN)
    return office


@pytest.fixture
def hub(office) -> Hub:
    return Hub(office.store, RULES)


@pytest.fixture
def client(hub) -> FlaskClient:
    return create_app(hub).test_client()


def listed(client: FlaskClient, query: str = "") -> list[dict]:
    answer = client.get(f"{REVIEWS}{query}")
    assert answer.status_code == 200, answer.json
    return answer.json["items"]


def only(client: FlaskClient) -> dict:
    (review,) = listed(client)
    return review


def act(client: FlaskClient, review: dict, what: str, actor: str = "ann", **more):
    return client.post(f"{REVIEWS}/{review['review_id']}/{what}", json={"actor": actor, **more})


def closed(client: FlaskClient, review: dict) -> str:
    """Why a review is closed."""
    answer = client.get(f"{REVIEWS}/{review['review_id']}").json
    assert answer["open"] is None
    assert listed(client) == []
    return answer["closed"]["why"]


def test_two_golden_records_with_a_pair_worth_a_review_are_one_question(office, client):
    homes = office.homes()
    review = only(client)
    assert review["kind"] == "match"
    assert set(review["golden_ids"]) == {homes["bank/1"], homes["shop/5"]}
    assert review["records"] == 3
    shown = client.get(f"{REVIEWS}/{review['review_id']}").json
    assert shown["open"] == review
    assert [each["golden_id"] for each in shown["golden_records"]] == review["golden_ids"]
    assert shown["pair_count"] == len(shown["pairs"]) == 2
    weights = [pair["weight_bits"] for pair in shown["pairs"]]
    assert sum(weights) / 2 == pytest.approx(review["weight_bits"], abs=1e-5)
    assert all(
        sum(part["bits"] for part in pair["parts"]) == pytest.approx(weight, abs=1e-5)
        for pair, weight in zip(shown["pairs"], weights, strict=True)
    )


def test_a_merge_closes_its_review(client):
    review = only(client)
    judge(client, ["bank/1", "shop/1", "shop/5"])
    assert closed(client, review) == "gone"


def test_what_is_judged_different_is_asked_no_more_until_that_is_withdrawn(office, client):
    review = only(client)
    number = judge(client, ["bank/1", "shop/1"], ["shop/5"]).json["judgement_id"]
    assert closed(client, review) == "judged"
    office.train()
    office.resolve()
    assert closed(client, review) == "judged"
    withdraw(client, number)
    again = only(client)
    assert again["review_id"] == review["review_id"]


def test_what_nobody_can_tell_is_asked_again_when_a_record_changes(client):
    review = only(client)
    judge(client, ["bank/1", "shop/1"], ["shop/5"], kind="unsure")
    assert closed(client, review) == "judged"
    put(client, "shop/5", DAN | {"given_name": "Daniel"})
    assert only(client)["review_id"] == review["review_id"]


def test_a_review_whose_weights_fell_closes_by_evidence(client):
    review = only(client)
    put(client, "shop/5", DAN | {"email": ["dan@oak.example"]})
    assert closed(client, review) == "evidence"


def test_a_review_of_a_retired_golden_record_closes(client):
    review = only(client)
    assert client.delete("/v1/sources/shop/records/5").status_code == 200
    assert closed(client, review) == "gone"
    assert client.get(f"{REVIEWS}/{review['review_id']}").json["golden_records"] != []


def put(client: FlaskClient, name: str, attributes: dict):
    source, key = name.split("/")
    body = {"attributes": attributes | {"email": list(attributes.get("email", ()))}}
    answer = client.put(f"/v1/sources/{source}/records/{key}", json=body)
    assert answer.status_code in (200, 201), answer.json
    return answer.json


def test_a_cluster_that_one_record_holds_together_is_a_question_until_confirmed(office, client):
    first = only(client)
    for name, said in {"bank/6": FAY, "shop/6": BY_EMAIL, "shop/7": BY_DATE}.items():
        put(client, name, said)
    home = office.homes()["bank/6"]
    review = next(each for each in listed(client) if each != first)
    assert (review["kind"], review["golden_ids"]) == ("cluster", [home])
    assert "bridge" in review["reasons"]
    assert [each["review_id"] for each in listed(client, "?kind=cluster")] == [review["review_id"]]
    judge(client, ["bank/6", "shop/6", "shop/7"])
    assert listed(client) == [first]


def test_a_review_is_claimed_by_one_steward_at_a_time(client):
    review = only(client)
    assert act(client, review, "claim").json["assignee"] == "ann"
    refused = problem(act(client, review, "claim", "bob"), 409, "review-held")
    assert refused["detail"].startswith("ann has this review until ")
    problem(act(client, review, "release", "bob"), 409, "review-held")
    assert act(client, review, "claim", assignee="bob").json["assignee"] == "bob"
    assert act(client, review, "release", "bob").json["assignee"] is None
    assert act(client, review, "claim", "cid").json["assignee"] == "cid"
    assert [each["assignee"] for each in listed(client, "?assignee=cid")] == ["cid"]
    assert listed(client, "?assignee=ann") == []


def test_a_lease_runs_out(office, client):
    review = only(client)
    act(client, review, "claim")
    with office.store.write() as tx:
        tx.connection.exec_driver_sql("UPDATE review_note SET lease_until = '2020-01-01'")
        tx.commit()
    assert only(client)["assignee"] is None
    assert act(client, review, "claim", "bob").json["assignee"] == "bob"


def take_next(client: FlaskClient, actor: str, query: str = "") -> str | None:
    answer = client.post(f"{REVIEWS}/next?actor={actor}{query}")
    assert answer.status_code == 200, answer.json
    return answer.json["review"] and answer.json["review"]["review_id"]


def test_two_stewards_never_get_the_same_review_from_next(client):
    put(client, "bank/9", BOB | {"given_name": "Rob", "date_of_birth": "1951-01-01"})
    by_worth = [each["review_id"] for each in listed(client)]
    assert len(by_worth) == 2
    told = client.get(f"{REVIEWS}/next?actor=ann").json["review"]
    assert (told["review_id"], told["assignee"]) == (by_worth[0], None)
    assert take_next(client, "ann") == by_worth[0]
    assert take_next(client, "bob") == by_worth[1]
    assert take_next(client, "cid") is None
    assert take_next(client, "ann") == by_worth[0]
    assert take_next(client, "ann", f"&skip={by_worth[0]}") is None
    assert take_next(client, "cid") == by_worth[0]


def test_stewards_who_ask_at_once_get_different_reviews(hub, client):
    for number in range(6):
        person = {"given_name": f"No{number}", "date_of_birth": f"19{number}1-01-01"}
        put(client, f"bank/3{number}", person | {"email": [f"p{number}@elm.example"]})
        put(client, f"shop/3{number}", DAN | {"email": [f"p{number}@elm.example"]})
    reviews = {each["review_id"] for each in listed(client)}
    stewards = [f"steward {number}" for number in range(len(reviews))]
    together = Barrier(len(stewards))

    def ask(steward: str) -> str:
        together.wait()
        return hub.reviews.take_next(steward, ReviewFilter()).review_id

    with ThreadPoolExecutor(len(stewards)) as threads:
        assert set(threads.map(ask, stewards)) == reviews
    assert len(reviews) == len(stewards) > 5


def test_the_judgement_that_closed_a_review_is_shown(client):
    judge(client, ["bank/1", "shop/1"], ["bank/2"])
    put(client, "bank/9", BOB | {"given_name": "Rob", "date_of_birth": "1951-01-01"})
    review = next(each for each in listed(client) if each["records"] == 2)
    number = judge(client, ["bank/2"], ["bank/9"]).json["judgement_id"]
    shown = client.get(f"{REVIEWS}/{review['review_id']}").json
    assert shown["closed"]["why"] == "judged"
    assert [each["judgement_id"] for each in shown["judgements"]] == [number]


def test_a_review_that_is_put_off_is_asked_again_on_its_day(office, client):
    review = only(client)
    fault = problem(act(client, review, "defer", until="2020-01-01"), 422, "invalid-parameters")
    assert [each["field"] for each in fault["errors"]] == ["until"]
    until = office.query("SELECT substr(opened_at, 1, 4) FROM review")[0][0]
    day = f"{int(until) + 1}-01-01"
    assert act(client, review, "defer", until=day).json["deferred_by"] == "ann"
    assert listed(client) == []
    assert take_next(client, "bob") is None
    assert len(listed(client, "?deferred=true")) == 1
    with office.store.write() as tx:
        tx.connection.exec_driver_sql("UPDATE review_note SET deferred_until = '2020-01-01'")
        tx.commit()
    assert only(client)["deferred_until"] is None


def test_comments_are_kept_under_the_review_when_it_closes_and_opens_again(client):
    review = only(client)
    assert act(client, review, "comments", comment="Called, no answer.").json["comments"] == 1
    number = judge(client, ["bank/1", "shop/1"], ["shop/5"]).json["judgement_id"]
    problem(act(client, review, "comments", comment="Too late."), 409, "review-closed")
    withdraw(client, number)
    shown = client.get(f"{REVIEWS}/{review['review_id']}").json
    said = [(each["actor"], each["comment"]) for each in shown["comments"]]
    assert said == [("ann", "Called, no answer.")]


def test_the_backlog_is_counted(client):
    act(client, only(client), "claim")
    backlog = client.get(f"{REVIEWS}/backlog").json
    opened = backlog.pop("oldest_opened_at")
    assert opened == only(client)["opened_at"]
    assert backlog == {
        "open": 1,
        "claimed": 1,
        "deferred": 0,
        "by_kind": {"match": 1},
        "by_age": {"day": 1, "week": 0, "month": 0, "older": 0},
    }


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("?source=shop", 1),
        ("?source=nobody", 0),
        ("?kind=cluster", 0),
        ("?attribute=given_name", 1),
        ("?attribute=email", 0),
        ("?max_weight=0", 1),
        ("?min_weight=0", 0),
        ("?opened_from=2999-01-01", 0),
        ("?opened_to=2999-01-01", 1),
    ],
)
def test_reviews_are_chosen_by_what_stewards_ask_for(client, query, count):
    assert len(listed(client, query)) == count


def test_pages_follow_each_other_by_worth(client):
    for number, person in enumerate((BOB, CID, FAY)):
        put(client, f"bank/2{number}", person)
        put(client, f"shop/2{number}", DAN | {"email": person["email"], "given_name": "Eve"})
    whole = listed(client)
    assert len(whole) > 2
    found, address = [], f"{REVIEWS}?limit=1"
    while address:
        page = client.get(address).json
        found += page["items"]
        address = page["next"]
    assert found == whole
    assert [each["worth"] for each in whole] == sorted((r["worth"] for r in whole), reverse=True)


def test_an_attribute_that_there_is_none_of_is_named(client):
    fault = problem(client.get(f"{REVIEWS}?attribute=shoe"), 422, "invalid-parameters")
    assert fault["errors"][0]["field"] == "attribute"
    assert "given_name" in fault["errors"][0]["message"]


def test_a_review_that_never_was_is_not_found(client):
    problem(client.get(f"{REVIEWS}/r{'0' * 20}"), 404, "not-found")
    problem(client.get(f"{REVIEWS}/nonsense"), 404, "not-found")
