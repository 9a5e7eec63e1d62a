"""What re-clustering has to look at beside the records that changed."""

import pytest

from mdm.hub import Hub
from mdm.identity import components
from mdm.model.judgements import Proposal, Shown
from mdm.model.pins import Pinning
from mdm.model.submissions import Submission
from tests import stores
from tests.resolving import ANN, BOB, CID, RULES, Office, ref

EVE = {"given_name": "Eve", "date_of_birth": "1999-09-09", "email": ("eve@oak.example",)}
# Ann has two records; Zoe, Una and Ida share an e-mail each with one of them, which links by less
# than two bits, and were born on other days than the other one, which keeps them apart.
HUB = {"given_name": "Ann", "email": ("a@x.example", "b@x.example", "c@x.example")}
HUB_BORN = {"given_name": "Ann", "date_of_birth": "1980-01-31", "email": ("c@x.example",)}
ZOE = {"given_name": "Zoe", "date_of_birth": "1982-02-01", "email": ("a@x.example",)}
UNA = {"given_name": "Una", "date_of_birth": "1985-03-31", "email": ("b@x.example",)}
IDA = {"given_name": "Ida", "date_of_birth": "1987-04-30", "email": ("b@x.example",)}


@pytest.fixture
def crowded(tmp_path, monkeypatch):
    """A store whose components are over the limit from six records on."""
    monkeypatch.setattr(components, "COMPONENT_LIMIT", 5)
    with stores.fresh(f"sqlite:///{tmp_path / 'crowded.db'}") as store:
        yield Office(store)


def same(office: Office, *names: str) -> None:
    parts = [[Shown(ref(name)) for name in names]]
    Hub(office.store, RULES).judge(Proposal("partition", parts, "steward", "called them"))


def is_as_a_batch_says(office: Office, tmp_path) -> bool:
    with stores.fresh(f"sqlite:///{tmp_path / 'batch.db'}") as fresh:
        return office.rebuilt(fresh).meaning() == office.meaning()


def between(office: Office, one: str, other: str) -> list[tuple[object, ...]]:
    return office.query(
        f"""
        SELECT p.weight
        FROM pair p
        JOIN record l ON l.record_id = p.record_l
        JOIN record r ON r.record_id = p.record_r
        WHERE (l.key, r.key) IN (('{one}', '{other}'), ('{other}', '{one}'))
        """
    )


def test_a_judgement_that_makes_a_giant_parts_those_who_hung_on_its_records(crowded, tmp_path):
    crowded.take(bank_1=HUB, bank_2=HUB_BORN, bank_3=ZOE, bank_4=UNA)
    crowded.take(bank_5=BOB, bank_6=BOB, bank_7=BOB, bank_8=CID, bank_9=CID)
    crowded.train()
    crowded.resolve()
    assert between(crowded, "3", "4") != []
    same(crowded, "bank/1", "bank/2", "bank/5", "bank/6", "bank/7")
    assert between(crowded, "3", "4") == []
    assert is_as_a_batch_says(crowded, tmp_path)


def test_a_record_that_returns_to_what_it_was_judged_the_same_as_makes_a_giant(crowded, tmp_path):
    crowded.take(bank_1=HUB, bank_2=HUB_BORN, bank_3=ZOE, bank_4=UNA, bank_5=IDA, bank_6=EVE)
    crowded.take(bank_7=BOB, bank_8=CID, bank_9=CID)
    crowded.train()
    crowded.resolve()
    same(crowded, "bank/1", "bank/2", "bank/6")
    hub = Hub(crowded.store, RULES)
    hub.submitting.retire(ref("bank/6"))
    assert between(crowded, "3", "4") != []
    hub.submit("bank", [Submission("6", {"given_name": "Eve"})])
    assert between(crowded, "3", "4") == []
    assert is_as_a_batch_says(crowded, tmp_path)


def test_a_retired_record_that_waits_goes_with_the_golden_record_that_only_a_judgement_kept_it_in(
    crowded, tmp_path
):
    crowded.take(bank_1=BOB, bank_2=BOB, bank_3=CID, bank_4={"given_name": "Eve"})
    crowded.judge(["bank/3", "bank/4"])
    crowded.train()
    crowded.resolve()
    crowded.retire("bank/4")
    hub = Hub(crowded.store, RULES)
    bridge = {"given_name": "Cid", "email": [*BOB["email"], *CID["email"]]}
    hub.submit("bank", [Submission("3", bridge), Submission("1", BOB | {"email": ["n@x.example"]})])
    assert crowded.pending() == set()
    assert set(crowded.homes()) == {"bank/1", "bank/2", "bank/3"}
    assert hub.verify().findings == []
    assert is_as_a_batch_says(crowded, tmp_path)


@pytest.mark.parametrize("others", [1, 2])
def test_what_waits_is_resolved_with_those_that_share_its_golden_id_from_elsewhere(
    others, crowded, tmp_path
):
    left = [f"shop/{number}" for number in range(1, 1 + others)]
    crowded.take(bank_1=ANN, bank_2=BOB, **{name.replace("/", "_"): ANN for name in left})
    crowded.train()
    crowded.resolve()
    crowded.retire(*left)
    crowded.resolve()
    hub = Hub(crowded.store, RULES)
    crowded.take(bank_1=BOB)
    assert crowded.pending() == {"bank/1"}
    eve = EVE | {"email": list(EVE["email"])}
    hub.submit("shop", [Submission(ref(name).key, eve) for name in left])
    assert crowded.pending() == set()
    homes = crowded.homes()
    assert homes["bank/1"] == homes["bank/2"] != homes["shop/1"]
    assert hub.verify().findings == []
    assert is_as_a_batch_says(crowded, tmp_path)


def test_a_retired_record_that_waits_leaves_when_its_golden_record_is_pinned(crowded, tmp_path):
    crowded.take(bank_1=ANN, shop_1=ANN)
    crowded.train()
    crowded.resolve()
    crowded.retire("shop/1")
    hub = Hub(crowded.store, RULES)
    (golden_id,) = {*crowded.homes().values()}
    hub.pinning.pin(Pinning(golden_id, "given_name", "steward", "asked her", value="Anna"))
    assert crowded.pending() == set()
    assert crowded.homes() == {"bank/1": golden_id}
    assert crowded.query("SELECT golden_id FROM golden_id") == [(golden_id,)]
    assert hub.verify().findings == []
    assert is_as_a_batch_says(crowded, tmp_path)
