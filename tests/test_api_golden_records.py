"""Golden records over HTTP by their ID, and what an ID that is not one any more leads to."""

import pytest

JANE = {"given_name": "Jane", "family_name": "Doe", "date_of_birth": "1980-02-29"}


def test_a_golden_record_tells_its_values_where_they_came_from_and_what_it_is_made_of(
    world, client
):
    world.take("bank/1", **JANE, email=("jane@doe.example",))
    world.take("shop/a/1", **JANE)
    (golden_id,) = world.publish(["bank/1", "shop/a/1"])

    answer = client.get(f"/v1/golden-records/{golden_id}")

    assert answer.status_code == 200
    assert answer.json["golden_id"] == golden_id
    assert answer.json["version"] == 1
    assert answer.json["attributes"] == {**JANE, "email": ["jane@doe.example"]}
    assert answer.json["provenance"]["given_name"]["source"] == "bank"
    assert answer.json["created_at"] == answer.json["updated_at"] == "2026-01-01T00:00:00.000000Z"
    assert answer.json["crosswalk"] == [
        {"source": "bank", "key": "1", "own_id": golden_id, "pending": False},
        {"source": "shop", "key": "a/1", "own_id": golden_id, "pending": False},
    ]


def test_an_etag_saves_the_answer_until_the_golden_record_changes(world, client):
    world.take("bank/1", **JANE)
    world.take("bank/2", **JANE)
    golden_id, _ = world.publish(["bank/1"], ["bank/2"])
    path = f"/v1/golden-records/{golden_id}"
    etag = client.get(path).headers["ETag"]

    same = client.get(path, headers={"If-None-Match": etag})
    world.publish(["bank/1", "bank/2"])
    changed = client.get(path, headers={"If-None-Match": etag})

    assert (same.status_code, same.data) == (304, b"")
    assert (same.headers["ETag"], same.headers["Cache-Control"]) == (etag, "private, no-cache")
    assert changed.status_code == 200
    assert changed.headers["ETag"] != etag
    assert changed.headers["Cache-Control"] == "private, no-cache"


def test_a_proxy_that_weakens_an_etag_is_told_that_nothing_changed(world, client):
    world.take("bank/1", **JANE)
    (golden_id,) = world.publish(["bank/1"])
    path = f"/v1/golden-records/{golden_id}"
    etag = client.get(path).headers["ETag"]

    assert client.get(path, headers={"If-None-Match": f"W/{etag}"}).status_code == 304


def test_a_record_that_waits_changes_the_etag_of_its_golden_record(world, client):
    world.take("bank/1", **JANE)
    (golden_id,) = world.publish(["bank/1"])
    path = f"/v1/golden-records/{golden_id}"
    etag = client.get(path).headers["ETag"]

    world.take("bank/1", **{**JANE, "given_name": "Joan"})
    waiting = client.get(path, headers={"If-None-Match": etag})

    assert waiting.status_code == 200
    assert waiting.json["crosswalk"][0]["pending"] is True


def test_a_golden_record_that_was_gone_and_returned_has_another_etag(world, client):
    world.take("bank/1", **JANE)
    (golden_id,) = world.publish(["bank/1"])
    path = f"/v1/golden-records/{golden_id}"
    etag = client.get(path).headers["ETag"]

    world.publish()
    world.publish(["bank/1"], at="2026-02-01T00:00:00.000000Z")
    returned = client.get(path, headers={"If-None-Match": etag})

    assert returned.status_code == 200
    assert returned.json["version"] == 1


@pytest.mark.parametrize("below", ["", "/records", "/explanation"])
def test_a_merged_id_leads_to_the_survivor_and_is_not_cached(world, client, below):
    world.take("bank/1", **JANE)
    world.take("bank/2", **JANE)
    kept, merged = world.publish(["bank/1"], ["bank/2"])
    world.publish(["bank/1", "bank/2"])

    answer = client.get(f"/v1/golden-records/{merged}{below}")

    assert answer.status_code == 307
    assert answer.headers["Location"] == f"/v1/golden-records/{kept}{below}"
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.json == {"asked": merged, "golden_id": kept}
    assert client.get(answer.headers["Location"]).status_code == 200


def test_a_redirect_keeps_the_page_that_was_asked_for(world, client):
    world.take("bank/1", **JANE)
    world.take("bank/2", **JANE)
    kept, merged = world.publish(["bank/1"], ["bank/2"])
    world.publish(["bank/1", "bank/2"])

    answer = client.get(f"/v1/golden-records/{merged}/records?limit=1")

    assert answer.headers["Location"] == f"/v1/golden-records/{kept}/records?limit=1"


def test_an_id_resolves_to_where_most_of_its_records_went(world, client):
    for number in range(1, 7):
        world.take(f"bank/{number}", **JANE)
    left, _, gone = world.publish(["bank/1", "bank/2"], ["bank/3"], ["bank/4", "bank/5", "bank/6"])
    world.publish(["bank/1", "bank/2", "bank/5", "bank/6"], ["bank/3", "bank/4"])

    assert client.get(f"/v1/golden-records/{gone}").json["golden_id"] == left


def test_an_id_whose_records_parted_evenly_resolves_to_where_the_earliest_went(world, client):
    for number in range(1, 6):
        world.take(f"bank/{number}", **JANE)
    _, right, gone = world.publish(["bank/1", "bank/2"], ["bank/3"], ["bank/4", "bank/5"])
    world.publish(["bank/1", "bank/2", "bank/5"], ["bank/3", "bank/4"])

    assert client.get(f"/v1/golden-records/{gone}").json["golden_id"] == right


def test_an_id_works_again_after_an_unmerge(world, client):
    world.take("bank/1", **JANE)
    world.take("bank/2", **JANE)
    _, second = world.publish(["bank/1"], ["bank/2"])
    world.publish(["bank/1", "bank/2"])
    world.publish(["bank/1"], ["bank/2"])

    assert client.get(f"/v1/golden-records/{second}").status_code == 200


@pytest.mark.parametrize("golden_id", ["g0123456789abcdef0123", "nonsense", "G" * 300, "g1%0A"])
def test_an_id_that_was_never_issued_is_unknown(client, golden_id):
    answer = client.get(f"/v1/golden-records/{golden_id}")

    assert answer.status_code == 404
    assert answer.json["type"] == "/problems/not-found"


def test_an_id_whose_records_are_all_retired_is_gone_until_one_returns(world, client):
    world.take("bank/1", **JANE)
    (golden_id,) = world.publish(["bank/1"])
    path = f"/v1/golden-records/{golden_id}"
    world.retire("bank/1")
    before_publication = client.get(path)
    world.publish()
    gone = client.get(path)
    world.take("bank/1", **JANE)
    waiting = client.get(path)
    world.publish(["bank/1"])
    back = client.get(path)

    assert before_publication.status_code == 200
    assert before_publication.json["crosswalk"][0]["pending"] is True
    assert (gone.status_code, gone.json["type"]) == (410, "/problems/retired")
    assert (waiting.status_code, waiting.json["type"]) == (404, "/problems/pending")
    assert (back.status_code, back.json["golden_id"]) == (200, golden_id)
