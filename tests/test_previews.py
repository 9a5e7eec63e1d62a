"""A steward sees what a judgement would give before it is made, and nothing is written for that."""

from dataclasses import replace

import pytest

from mdm.hub import Hub
from mdm.model.errors import Contradiction, NotFound, NotInForce, PreconditionFailed, RecordInvalid
from mdm.model.judgements import Proposal, Shown
from mdm.model.pins import Pinning
from mdm.model.previews import AttributeChange, Elsewhere
from mdm.resolution import previewing
from mdm.store.schema import metadata
from tests.foreseen import Foreseen
from tests.resolving import ANN, BOB, CID, RULES, Office, ref

TABLES = [table.name for table in metadata.sorted_tables]


@pytest.fixture
def office(store) -> Office:
    """Ann, whom two departments know, Bob and Cid."""
    office = Office(store)
    office.begin(bank_1=ANN, shop_1=ANN, bank_2=BOB, bank_3=CID)
    return office


@pytest.fixture
def hub(office) -> Hub:
    return Hub(office.store, RULES)


@pytest.fixture
def foreseen(office, hub) -> Foreseen:
    return Foreseen(office, hub)


def saying(*parts, kind: str = "partition", **more) -> Proposal:
    shown = [[Shown(ref(name)) for name in part] for part in parts]
    return Proposal(kind, shown, "steward", "called them", **more)


MERGER = saying(["bank/2", "bank/3"])
STALE = Shown(ref("bank/2"), version=7)


def told(golden) -> tuple[str, list[str]]:
    return golden.standing, [f"{each.source}/{each.key}" for each in golden.records]


def test_a_merge_tells_the_one_golden_record_and_where_the_other_id_leads(office, hub):
    homes = office.homes()
    preview = hub.preview(MERGER)
    (golden,) = preview.golden_records
    assert told(golden) == ("kept", ["bank/2", "bank/3"])
    assert golden.golden_id == homes["bank/2"]
    assert preview.elsewhere == [Elsewhere(homes["bank/3"], homes["bank/2"])]
    both = [*BOB["email"], *CID["email"]]
    assert sorted(golden.attributes["email"]) == sorted(both)
    assert golden.changes == [
        AttributeChange("email", before=BOB["email"], after=golden.attributes["email"])
    ]


def test_a_preview_writes_nothing_and_does_not_wait_for_a_writer(office, hub):
    before = office.rows(TABLES)
    number = hub.judge(saying(["bank/1"], ["shop/1"])).judgement_id
    after = office.rows(TABLES)
    with office.store.write():
        hub.preview(MERGER)
        hub.preview_withdrawal(number)
    assert office.rows(TABLES) == after != before


@pytest.mark.parametrize("keeps", [None, 0, 1])
def test_a_split_tells_which_part_keeps_the_id(office, foreseen, hub, keeps):
    proposal = saying(["bank/1"], ["shop/1"], keeps_part=keeps)
    home = office.homes()["bank/1"]
    kept, new = hub.preview(proposal).golden_records
    assert (kept.golden_id, new.golden_id, new.standing) == (home, None, "new")
    assert told(kept)[1] == [["bank/1", "shop/1"][keeps or 0]]
    assert (new.before, new.changes) == ({}, [])
    foreseen.judge(proposal)


@pytest.mark.parametrize("keeps", [0, 1])
def test_a_pin_goes_with_the_id_that_follows_the_record_of_the_part_that_keeps_the_id(
    office, foreseen, hub, keeps
):
    pinning = Pinning(office.homes()["bank/3"], "given_name", "steward", "asked", value="Zoe")
    hub.pinning.pin(pinning)
    merged = foreseen.judge(MERGER).judgement_id
    split = saying(["bank/2"], ["bank/3"], keeps_part=keeps, supersedes=[merged])
    names = {told(each)[1][0]: each.attributes for each in hub.preview(split).golden_records}
    assert names["bank/3"]["given_name"] == "Zoe" != names["bank/2"]["given_name"]
    foreseen.judge(split)


def test_a_withdrawal_tells_that_the_model_may_link_again(foreseen, hub):
    number = foreseen.judge(saying(["bank/1"], ["shop/1"])).judgement_id
    preview = hub.preview_withdrawal(number)
    assert [told(each) for each in preview.golden_records] == [("kept", ["bank/1", "shop/1"])]
    assert len(preview.elsewhere) == 1
    foreseen.withdraw(number)


def test_the_withdrawal_of_a_merge_tells_that_an_id_comes_back(office, foreseen, hub):
    homes = office.homes()
    number = foreseen.judge(MERGER).judgement_id
    kept, restored = hub.preview_withdrawal(number).golden_records
    assert (kept.golden_id, kept.standing) == (homes["bank/2"], "kept")
    assert (restored.golden_id, restored.standing) == (homes["bank/3"], "restored")
    foreseen.withdraw(number)


def test_undoing_a_judgement_brings_back_what_it_superseded(foreseen):
    first = foreseen.judge(MERGER).judgement_id
    second = foreseen.judge(saying(["bank/2"], ["bank/3"], supersedes=[first])).judgement_id
    foreseen.withdraw(second)
    foreseen.withdraw(first)


def test_a_confirmation_tells_that_nothing_changes(foreseen, hub):
    preview = hub.preview(saying(["bank/1", "shop/1"]))
    assert [told(each) for each in preview.golden_records] == [("unchanged", ["bank/1", "shop/1"])]
    assert preview.elsewhere == []
    foreseen.judge(saying(["bank/1", "shop/1"]))


def test_what_nobody_can_tell_is_taken_apart_again(foreseen):
    foreseen.judge(saying(["bank/1"], ["shop/1"], kind="unsure"))


def test_records_that_wait_are_resolved_along_and_told(office, foreseen, hub):
    office.take(bank_2=BOB | {"date_of_birth": "1991-01-01"}, shop_2=CID)
    office.take(bank_4={"given_name": "Eve"}, shop_1=ANN | {"email": ("new@lee.example",)})
    assert office.pending() >= {"shop/1", "bank/2"}
    preview = hub.preview(saying(["bank/3"], ["bank/1"], kind="unsure"))
    changed = {each.golden_id for each in preview.golden_records if each.changes}
    assert office.homes()["shop/1"] in changed
    foreseen.judge(saying(["bank/3"], ["bank/1"], kind="unsure"))
    assert office.pending() == {"bank/2", "shop/2", "bank/4"}


def test_an_id_of_which_nobody_is_left_is_told_although_it_led_elsewhere(office, foreseen, hub):
    homes = office.homes()
    number = foreseen.judge(MERGER).judgement_id
    office.retire("bank/3")
    assert office.ask(homes["bank/3"]) == homes["bank/2"]
    assert hub.preview_withdrawal(number).elsewhere == [Elsewhere(homes["bank/3"], None)]
    foreseen.withdraw(number)


@pytest.mark.parametrize(
    ("proposal", "error"),
    [
        (saying(["bank/1", "bank/2"]), PreconditionFailed),
        (saying(["bank/2", "bank/99"]), NotFound),
        (saying(["bank/2"]), RecordInvalid),
        (replace(MERGER, parts=[[STALE, *MERGER.parts[0][1:]]]), PreconditionFailed),
        (replace(MERGER, supersedes=[1]), NotFound),
        (saying(["bank/2"], ["bank/3"], keeps_part=0), RecordInvalid),
    ],
)
def test_what_cannot_be_judged_cannot_be_previewed(foreseen, proposal, error):
    with pytest.raises(error):
        foreseen.judge(proposal)


def test_a_contradiction_names_its_judgements_before_anything_is_done(foreseen):
    number = foreseen.judge(MERGER).judgement_id
    with pytest.raises(Contradiction) as raised:
        foreseen.judge(saying(["bank/2"], ["bank/3"]))
    assert raised.value.judgements == (number,)


def test_what_is_out_of_force_cannot_be_withdrawn_in_a_preview_either(foreseen):
    number = foreseen.judge(MERGER).judgement_id
    foreseen.withdraw(number)
    with pytest.raises(NotInForce):
        foreseen.withdraw(number)
    with pytest.raises(NotFound):
        foreseen.withdraw(99)


def test_a_preview_of_much_shows_some_of_it_and_counts_all(hub, monkeypatch):
    monkeypatch.setattr(previewing, "MOST_SHOWN", 1)
    preview = hub.preview(saying(["bank/1", "shop/1", "bank/2", "bank/3"]))
    (golden,) = preview.golden_records
    assert (len(golden.records), golden.record_count, preview.golden_count) == (1, 4, 1)
    assert (len(preview.elsewhere), preview.elsewhere_count) == (1, 2)
    apart = hub.preview(saying(["bank/1"], ["shop/1"]))
    assert (len(apart.golden_records), apart.golden_count) == (1, 2)
