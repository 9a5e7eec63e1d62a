"""Resolving: what is published, what stays, and which golden IDs come of it."""

import json

import pytest

from mdm.identity.crosswalk_diff import Summary
from mdm.matching import blocking
from mdm.model.errors import NotFound, NothingToDo, Pending, Retired
from mdm.store import models
from tests.resolving import ANN, BOB, CID, RULES, SINGLE, STRICT, Office

ANNE = {"given_name": "Ann", "date_of_birth": "1980-01-31", "email": ("anne@other.example",)}


@pytest.fixture
def office(store) -> Office:
    return Office(store)


@pytest.fixture
def settled(office) -> Office:
    """Two records of Ann, one of Bob, resolved."""
    office.begin(bank_1=ANN, shop_1=ANN, bank_2=BOB)
    return office


def test_a_golden_record_that_says_something_else_is_told_as_changed(settled):
    settled.take(bank_2={**BOB, "given_name": "Rob"})
    assert settled.resolve().summary == Summary(0, 0, 0, 0, 0, 0, changed=1, unchanged=1)


def same(office: Office, *names: str) -> bool:
    homes = office.homes()
    return len({homes[name] for name in names}) == 1


def active(office: Office) -> int | None:
    with office.store.read() as tx:
        found = models.active(tx)
    return found.version if found else None


def test_records_of_one_person_become_one_golden_record(settled):
    assert same(settled, "bank/1", "shop/1")
    assert not same(settled, "bank/1", "bank/2")
    assert settled.pending() == set()


def test_resolving_without_a_model_or_with_an_unknown_one_is_refused(office):
    office.take(bank_1=ANN)
    with pytest.raises(NothingToDo, match="mdm train"):
        office.resolve()
    with pytest.raises(NotFound):
        office.resolve(9)
    office.retire("bank/1")
    with pytest.raises(NothingToDo, match="mdm ingest"):
        office.train()


def test_resolving_again_changes_no_derived_row_and_no_version(settled):
    before, ids = settled.derived(), settled.rows(("golden_id", "record"))
    again = settled.resolve()
    assert again.summary == Summary(0, 0, 0, 0, 0, 0, 0, unchanged=2)
    assert settled.derived() == before
    assert settled.rows(("golden_id", "record")) == ids


def test_only_what_differs_is_written(settled):
    versions = dict(settled.query("SELECT serial, version FROM golden_record"))
    settled.take(bank_2={**BOB, "given_name": "Rob"})
    settled.resolve()
    after = dict(settled.query("SELECT serial, version FROM golden_record"))
    assert sorted(after[serial] - version for serial, version in versions.items()) == [0, 1]


@pytest.mark.parametrize("people", [[], [ANN]])
def test_one_record_and_no_record_at_all_can_be_resolved(office, people):
    office.begin(bank_1=ANN)
    if not people:
        office.retire("bank/1")
    assert office.resolve().records == len(people)
    assert len(office.homes()) == len(people)


def test_a_merge_keeps_the_older_id_and_an_unmerge_gives_both_theirs_back(settled):
    homes = settled.homes()
    ann, bob = homes["bank/1"], homes["bank/2"]
    number = settled.judge(["bank/1", "bank/2"])
    assert settled.resolve().summary == Summary(0, 0, 1, 0, 1, 0, 1, 0)
    assert set(settled.homes().values()) == {ann}
    assert settled.ask(bob) == ann

    settled.withdraw(number)
    settled.judge(["bank/1"], ["bank/2"])
    assert settled.resolve().summary == Summary(0, 1, 0, 1, 1, 0, 1, 0)
    assert settled.homes() == homes
    assert settled.ask(bob) == bob


def test_a_record_that_changes_joins_and_leaves_with_its_own_id(settled):
    homes = settled.homes()
    settled.take(bank_2=ANN)
    settled.resolve()
    assert settled.ask(homes["bank/2"]) == homes["bank/1"]
    settled.take(bank_2=BOB)
    settled.resolve()
    assert settled.homes() == homes


def test_a_golden_id_outlives_its_records(settled):
    homes = settled.homes()
    settled.retire("bank/2")
    assert settled.ask(homes["bank/2"]) == homes["bank/2"]
    assert settled.resolve().summary == Summary(0, 0, 0, 0, 0, 1, 0, 1)
    assert settled.ask(homes["bank/2"]) is Retired

    settled.take(bank_2=BOB)
    assert settled.ask(homes["bank/2"]) is Pending
    assert settled.resolve().summary == Summary(0, 1, 0, 0, 0, 0, 0, 1)
    assert settled.homes() == homes


def test_retiring_everything_retires_every_id_and_all_come_back(settled):
    homes = settled.homes()
    settled.retire("bank/1", "bank/2", "shop/1")
    assert settled.resolve().summary == Summary(0, 0, 0, 0, 0, 2, 0, 0)
    assert {settled.ask(golden_id) for golden_id in homes.values()} == {Retired}
    settled.take(bank_1=ANN, shop_1=ANN, bank_2=BOB)
    settled.resolve()
    assert settled.homes() == homes


def test_the_summary_counts_what_is_new_split_and_moved(settled):
    settled.take(shop_3=CID, shop_1=BOB)
    # Ann's second record is Bob's by now
    assert settled.resolve().summary == Summary(1, 0, 0, 0, 1, 0, 2, 0)
    settled.judge(["bank/2"], ["shop/1"])
    assert settled.resolve().summary == Summary(1, 0, 0, 1, 1, 0, 1, 2)


def test_unsure_keeps_a_pair_from_linking_until_a_record_changes(settled):
    settled.judge(["bank/1"], ["shop/1"], kind="unsure")
    settled.resolve()
    assert not same(settled, "bank/1", "shop/1")
    settled.take(shop_1={**ANN, "email": ("ann@lee.example", "a@b.example")})
    settled.resolve()
    assert same(settled, "bank/1", "shop/1")


def test_published_values_stay_until_the_resolve_that_knows_better(settled):
    golden_id = settled.homes()["bank/2"]
    before = settled.derived()["golden_record"]
    settled.take(bank_2={**BOB, "given_name": "Rob"})
    assert settled.derived()["golden_record"] == before
    assert settled.pending() == {"bank/2"}
    settled.resolve()
    assert settled.ask(golden_id) == golden_id
    assert settled.derived()["golden_record"] != before


def test_a_model_of_other_rules_standardises_anew_and_is_active_with_its_resolve(settled):
    settled.take(shop_4=ANNE)
    settled.resolve()
    assert same(settled, "bank/1", "shop/4")
    published = settled.derived()
    strict = settled.train(STRICT)
    assert active(settled) == 1
    assert settled.derived() == published

    settled.resolve()
    assert active(settled) == strict
    assert not same(settled, "bank/1", "shop/4")
    assert hashes(settled) == {STRICT.rules_hash}


def test_an_older_version_can_be_resolved_with_again(settled):
    settled.take(shop_4=ANNE)
    settled.resolve()
    published = settled.meaning()
    settled.train(STRICT)
    settled.resolve()
    assert settled.resolve(1).model_version == 1
    assert active(settled) == 1
    assert settled.meaning() == published
    assert hashes(settled) == {RULES.rules_hash}


def test_the_keys_that_a_new_version_skips_are_kept_no_longer(settled, monkeypatch):
    settled.take(shop_4=ANNE)
    settled.resolve()
    before = settled.rows(["blocking_key"])["blocking_key"]
    monkeypatch.setattr(blocking, "KEY_LIMIT", 1)
    settled.train()
    settled.resolve()
    after = settled.rows(["blocking_key"])["blocking_key"]
    assert 0 < len(after) < len(before)
    settled.resolve(1)
    assert settled.rows(["blocking_key"])["blocking_key"] == before


def test_keys_that_an_older_release_did_not_keep_are_made_by_the_next_resolve(settled, store):
    before = settled.rows(["blocking_key"])
    with store.write() as tx:
        tx.connection.exec_driver_sql("DELETE FROM blocking_key")
        tx.connection.exec_driver_sql("UPDATE resolution SET keyed = NULL")
        tx.commit()
    settled.resolve()
    assert settled.rows(["blocking_key"]) == before


def hashes(office: Office) -> set[str]:
    return {name for (name,) in office.query("SELECT rules_hash FROM standardised")}


def test_an_attribute_that_may_have_one_value_now_takes_the_first_of_those_it_had(settled):
    settled.take(bank_3={**CID, "email": ("cid@fox.example", "cid@old.example")})
    settled.train(SINGLE)
    settled.resolve()
    assert settled.resolve().summary == Summary(0, 0, 0, 0, 0, 0, 0, unchanged=3)
    first = {"ann@lee.example", "bob@ray.example", "cid@fox.example"}
    assert set(emails(settled)) == first
    settled.resolve(1)
    assert ["cid@fox.example", "cid@old.example"] in emails(settled)


def test_an_attribute_that_may_have_many_values_now_has_the_one_it_had(office):
    single = {**CID, "email": "cid@fox.example"}
    office.take(SINGLE, bank_1=single, shop_1=single)
    office.train()
    office.resolve()
    assert emails(office) == [["cid@fox.example"]]
    assert office.resolve().summary == Summary(0, 0, 0, 0, 0, 0, 0, unchanged=1)


def emails(office: Office) -> list:
    found = office.query("SELECT attributes FROM golden_record")
    return [json.loads(text)["email"] for (text,) in found]
