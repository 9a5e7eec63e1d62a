"""The source records behind a golden record, and what holds it together, over HTTP."""

import pytest


@pytest.fixture
def family(world) -> str:
    """Three records of one golden record, all pairs scored; its golden ID."""
    for name in ("bank/1", "shop/1", "bank/2"):
        world.take(name, given_name="Jane", email=("JANE@doe.example",))
    (golden_id,) = world.publish(["bank/1", "shop/1", "bank/2"])
    world.weigh({("bank/1", "shop/1"): 3.5, ("bank/1", "bank/2"): 9.25, ("shop/1", "bank/2"): -1.5})
    return golden_id


def test_source_records_are_shown_as_they_came_beside_what_was_made_of_them(family, client):
    page = client.get(f"/v1/golden-records/{family}/records").json

    assert [(item["source"], item["key"]) for item in page["items"]] == [
        ("bank", "1"),
        ("shop", "1"),
        ("bank", "2"),
    ]
    assert page["items"][0]["payload"] == {
        "KEY": "1",
        "given_name": "Jane",
        "email": ["JANE@doe.example"],
    }
    assert page["items"][0]["attributes"]["email"] == ["JANE@doe.example"]
    assert page["items"][0]["standardised"]["email"] == ["jane@doe.example"]
    assert page["items"][0]["retired_at"] is None
    assert page["next"] is None


def test_source_records_are_paged(family, client):
    first = client.get(f"/v1/golden-records/{family}/records?limit=2").json
    second = client.get(first["next"]).json

    assert [len(first["items"]), len(second["items"])] == [2, 1]
    assert second["next"] is None


def test_an_explanation_lists_the_pairs_strongest_first_with_bits_that_sum_to_the_weight(
    family, client
):
    told = client.get(f"/v1/golden-records/{family}/explanation").json

    assert [pair["weight_bits"] for pair in told["pairs"]] == [9.25, 3.5, -1.5]
    assert told["pairs"][0]["left"] == {"source": "bank", "key": "1"}
    assert told["pairs"][0]["right"] == {"source": "bank", "key": "2"}
    for pair in told["pairs"]:
        assert pair["parts"][0]["name"] == "prior"
        assert sum(part["bits"] for part in pair["parts"]) == pytest.approx(pair["weight_bits"])
    assert told["link_bits"] == 2.0
    assert told["model_version"] > 0


def test_an_explanation_is_paged_through_equal_weights_too(family, world, client):
    world.weigh({("bank/1", "shop/1"): -1.5})

    weights, link = [], f"/v1/golden-records/{family}/explanation?limit=1"
    while link:
        told = client.get(link).json
        weights += [(pair["weight_bits"], pair["right"]["key"]) for pair in told["pairs"]]
        link = told["next"]

    assert weights == [(9.25, "2"), (-1.5, "1"), (-1.5, "2")]


def test_pairs_with_other_golden_records_are_left_out(family, world, client):
    world.take("shop/9", given_name="Jane")
    world.publish(["bank/1", "shop/1", "bank/2"], ["shop/9"])
    world.weigh({("bank/1", "shop/9"): 1.0})

    told = client.get(f"/v1/golden-records/{family}/explanation").json

    assert len(told["pairs"]) == 3


def test_a_pair_whose_record_changed_since_keeps_its_weight_and_waits_for_its_parts(
    family, world, client
):
    world.take("bank/2", given_name="Janet")

    told = client.get(f"/v1/golden-records/{family}/explanation").json

    assert [(pair["pending"], bool(pair["parts"])) for pair in told["pairs"]] == [
        (True, False),
        (False, True),
        (True, False),
    ]


def test_judgements_in_force_are_part_of_the_explanation(family, world, client):
    number = world.judge(["bank/1", "shop/1"], ["bank/2"])

    (judgement,) = client.get(f"/v1/golden-records/{family}/explanation").json["judgements"]

    assert judgement["judgement_id"] == number
    assert judgement["actor"] == "steward"
    assert judgement["parts"] == [
        [{"source": "bank", "key": "1"}, {"source": "shop", "key": "1"}],
        [{"source": "bank", "key": "2"}],
    ]


def test_a_golden_record_of_one_record_needs_no_pairs_and_no_model(world, client):
    world.take("bank/1", given_name="Jane")
    (golden_id,) = world.publish(["bank/1"])

    told = client.get(f"/v1/golden-records/{golden_id}/explanation").json

    assert (told["pairs"], told["judgements"], told["model_version"]) == ([], [], None)
