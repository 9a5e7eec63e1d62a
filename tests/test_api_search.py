"""Golden records found over HTTP: by a department's key, by what is known of the customer."""

import pytest

JANE = {"given_name": "Jane", "family_name": "Doe", "date_of_birth": "1980-02-29"}


def test_a_department_finds_its_customer_by_its_own_key(world, client):
    world.take("shop/a/1 &ü", **JANE)
    (golden_id,) = world.publish(["shop/a/1 &ü"])

    answer = client.get("/v1/golden-records", query_string={"source": "shop", "key": "a/1 &ü"})

    assert answer.status_code == 200
    assert [item["golden_id"] for item in answer.json["items"]] == [golden_id]
    assert answer.json["next"] is None


@pytest.mark.parametrize(
    ("source", "key", "status", "kind"),
    [
        ("mill", "1", 404, "not-found"),
        ("bank", "9", 404, "not-found"),
        ("bank", "new", 404, "pending"),
        ("bank", "old", 410, "retired"),
    ],
)
def test_a_key_without_a_golden_record_says_why(world, client, source, key, status, kind):
    world.take("bank/old", **JANE)
    world.publish(["bank/old"])
    world.retire("bank/old")
    world.take("bank/new", **JANE)

    answer = client.get("/v1/golden-records", query_string={"source": source, "key": key})

    assert (answer.status_code, answer.json["type"]) == (status, f"/problems/{kind}")
    assert key in answer.json["detail"] or source in answer.json["detail"]


@pytest.mark.parametrize(
    "query",
    [
        {"email": " JANE@Doe.Example "},
        {"phone": "020 7946 0958"},
        {"phone": "+44 (20) 7946-0958"},
        {"identifier": "qq-12 34"},
        {"given_name": "JANÉ", "family_name": "doe", "date_of_birth": "1980-02-29"},
    ],
)
def test_a_search_matches_whatever_has_the_same_standardised_value(world, client, query):
    contact = {"email": ("jane@doe.example",), "phone": ("+442079460958",)}
    world.take("bank/1", **JANE, **contact, tax_number="QQ1234")
    world.take("bank/2", given_name="Jim", family_name="Doe", date_of_birth="1980-02-29")
    golden_id, _ = world.publish(["bank/1"], ["bank/2"])

    answer = client.get("/v1/golden-records", query_string=query)

    assert [item["golden_id"] for item in answer.json["items"]] == [golden_id]
    assert len(answer.json["looked_for"]) == 1


def test_a_search_for_a_placeholder_finds_nothing_and_says_that_nothing_was_looked_for(client):
    answer = client.get("/v1/golden-records?phone=0000000000")

    assert answer.json == {"items": [], "looked_for": [], "next": None}


def test_a_search_is_paged_without_gaps_or_repetitions(world, client):
    names = [f"bank/{number}" for number in range(5)]
    for name in names:
        world.take(name, **JANE, email=("home@doe.example",))
    golden_ids = world.publish(*([name] for name in names))

    found, link = [], "/v1/golden-records?email=home%40doe.example&limit=2"
    sizes = []
    while link:
        page = client.get(link).json
        found += [item["golden_id"] for item in page["items"]]
        sizes.append(len(page["items"]))
        link = page["next"]

    assert found == golden_ids
    assert sizes == [2, 2, 1]


def test_a_page_that_holds_exactly_the_rest_is_the_last_one(world, client):
    for number in range(2):
        world.take(f"bank/{number}", **JANE)
    world.publish(["bank/0"], ["bank/1"])

    query = {"given_name": "Jane", "family_name": "Doe", "date_of_birth": "1980-02-29", "limit": 2}
    page = client.get("/v1/golden-records", query_string=query).json

    assert len(page["items"]) == 2
    assert page["next"] is None


@pytest.mark.parametrize(
    ("query", "fields"),
    [
        ("", {"query"}),
        ("limit=5", {"query"}),
        ("source=bank", {"key"}),
        ("key=1", {"source"}),
        ("given_name=Jane", {"family_name", "date_of_birth"}),
        ("email=a@b.example&phone=1", {"phone"}),
        ("source=bank&key=1&identifier=1", {"identifier"}),
        ("email=a@b.example&limit=0", {"limit"}),
        ("email=a@b.example&limit=201", {"limit"}),
        ("email=a@b.example&limit=1_0", {"limit"}),
        ("email=a@b.example&cursor=%21", {"cursor"}),
        ("email=a@b.example&cursor=WzEsMl0", {"cursor"}),
        ("email=a@b.example&cursor=WzE4NDQ2NzQ0MDczNzA5NTUxNjE2XQ", {"cursor"}),
        ("email=", {"email"}),
        ("email=a@b.example&email=b@b.example", {"email"}),
        ("e_mail=a@b.example", {"e_mail"}),
        ("given_name=J&family_name=D&date_of_birth=1980-02-30", {"date_of_birth"}),
        ("given_name=J&family_name=D&date_of_birth=19800229", {"date_of_birth"}),
        (f"email={'a' * 501}", {"email"}),
    ],
)
def test_parameters_that_break_a_rule_are_refused_by_name(client, query, fields):
    answer = client.get(f"/v1/golden-records?{query}")

    assert answer.status_code == 422
    assert answer.mimetype == "application/problem+json"
    assert answer.json["type"] == "/problems/invalid-parameters"
    assert {fault["field"] for fault in answer.json["errors"]} == fields
    assert all(fault["message"] for fault in answer.json["errors"])


@pytest.mark.parametrize("path", ["/v1/golden-records/{}", "/v1/sources"])
def test_where_nothing_can_be_asked_a_parameter_is_refused_too(world, client, path):
    world.take("shop/1", **JANE)
    (golden_id,) = world.publish(["shop/1"])

    answer = client.get(path.format(golden_id), query_string={"feilds": "email"})

    assert answer.status_code == 422
    assert [error["field"] for error in answer.json["errors"]] == ["feilds"]


def test_a_search_without_parameters_says_what_can_be_searched_by(client):
    message = client.get("/v1/golden-records").json["errors"][0]["message"]

    assert all(f"`{name}`" in message for name in ("source", "email", "phone", "date_of_birth"))
