"""The figures of the overview, added up by differences, are those of a count over everything."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from mdm.hub import Hub
from mdm.identity.components import MICRO
from mdm.identity.tallies import (
    ALL_GOLDEN,
    Tally,
    difference,
    of_crosswalk,
    of_golden_records,
    of_weights,
)
from mdm.model.judgements import Proposal, Shown
from mdm.model.overview import BacklogDay, Overlap, Overview
from mdm.model.submissions import Submission
from mdm.model.views import Submitted
from mdm.store import Transaction, tallies
from tests.resolving import ANN, BOB, CID, RULES, Office, ref

ANNA = {"given_name": "Anna", "date_of_birth": "1980-01-31", "email": ("ann@lee.example",)}
DAN = {"given_name": "Dan", "date_of_birth": "1955-05-05", "email": ("ann@lee.example",)}
"""Shares Ann's e-mail: worth a review and no more."""

golden = st.dictionaries(
    st.integers(1, 9), st.lists(st.integers(1, 4), min_size=1, max_size=5), max_size=6
)


@pytest.fixture
def office(store) -> Office:
    """Ann twice in the bank and once in the shop, Bob, Cid and Dan; resolved."""
    office = Office(store)
    office.begin(bank_1=ANN, bank_2=ANNA, shop_1=ANN, bank_3=BOB, shop_2=CID, shop_3=DAN)
    return office


@pytest.fixture
def hub(office) -> Hub:
    return Hub(office.store, RULES)


def counted_by_hand(office: Office) -> tuple[Counter[str], Counter[str], Counter[tuple], Counter]:
    """Records and golden records of each source, those of each two sources, pairs by whole bits."""
    clusters: dict[str, list[str]] = {}
    for name, golden_id in office.homes().items():
        clusters.setdefault(golden_id, []).append(name.split("/")[0])
    records = Counter(source for sources in clusters.values() for source in sources)
    having = Counter(source for sources in clusters.values() for source in {*sources})
    both = Counter(
        pair for sources in clusters.values() for pair in combinations(sorted({*sources}), 2)
    )
    weights = Counter(weight // MICRO for (weight,) in office.query("SELECT weight FROM pair"))
    return records, having, both, weights


def agree(office: Office, hub: Hub) -> Overview:
    """The overview is what counting by hand gives, and what the store's own count gives."""
    told = hub.reading.overview()
    records, having, both, weights = counted_by_hand(office)
    assert {each.name: each.records for each in told.sources if each.records} == records
    assert {s.name: s.golden_records for s in told.sources if s.golden_records} == having
    assert {s.name: s.duplicates for s in told.sources if s.records} == {
        name: records[name] - having[name] for name in records
    }
    assert {each.sources: each.golden_records for each in told.overlaps} == both
    assert {each.from_bits: each.pairs for each in told.weights} == weights
    assert (told.records, told.golden_records) == (
        records.total(),
        len({*office.homes().values()}),
    )
    assert [each.open for each in told.backlog][-1:] == [
        count for (count,) in office.query("SELECT count(*) FROM review")
    ]
    assert wrong(office) == []
    return told


def submit(hub: Hub, key: str, said: Mapping[str, object]) -> None:
    """Submit a record of the shop, with its e-mails as JSON has them."""
    emails = {"email": [*said["email"]]} if "email" in said else {}
    (answer,) = hub.submit("shop", [Submission(key, {**said, **emails})])
    assert isinstance(answer, Submitted), answer


def wrong(office: Office) -> list[str]:
    with office.store.read() as tx:
        return tallies.wrong(tx)


def test_a_resolve_counts(office, hub):
    told = agree(office, hub)
    assert (told.records, told.golden_records) == (6, 4)
    assert [(each.name, each.records, each.duplicates) for each in told.sources] == [
        ("bank", 3, 1),
        ("shop", 3, 0),
    ]
    assert told.overlaps == [Overlap(("bank", "shop"), 1)]
    assert (told.link_bits, told.review_bits) == (0, -6)


def test_submissions_corrections_and_deletions_add_their_difference(office, hub):
    submit(hub, "4", BOB)
    submit(hub, "5", {"given_name": "Eve"})
    assert agree(office, hub).records == 8
    submit(hub, "1", CID)
    agree(office, hub)
    hub.submitting.retire(ref("shop/4"))
    hub.submitting.retire(ref("bank/3"))
    told = agree(office, hub)
    assert (told.records, told.golden_records) == (6, 4)


def test_judgements_and_their_withdrawal_add_their_difference(office, hub):
    parts = [[Shown(ref("bank/1"))], [Shown(ref("bank/2")), Shown(ref("shop/1"))]]
    split = hub.judge(Proposal("partition", parts, "steward", "twins"))
    assert agree(office, hub).golden_records == 5
    hub.withdraw(split.judgement_id, "steward", "not twins")
    assert agree(office, hub).golden_records == 4


def test_what_waits_is_counted_when_it_is_resolved(office, hub):
    office.take(shop_7=BOB, shop_1=DAN)
    office.retire("bank/1")
    told = agree(office, hub)
    assert [each.pending for each in told.sources] == [1, 2]
    hub.resolve_waiting()
    told = agree(office, hub)
    assert [each.pending for each in told.sources] == [0, 0]


def test_the_backlog_is_kept_day_by_day_and_a_clock_set_back_counts_on_the_newest(office, hub):
    so_far = hub.reading.overview().backlog
    assert (so_far[0].opened, so_far[0].closed, so_far[-1].open) == (1, 0, 1)
    with office.store.write() as tx:
        tallies.reviews_changed(tx, 3, 1, at="9998-01-01T00:00:00.000000Z")
        tallies.reviews_changed(tx, 1, 2, at="9999-01-01T00:00:00.000000Z")
        tallies.reviews_changed(tx, 1, 1, at="2020-01-01T00:00:00.000000Z")
        tx.commit()
    assert hub.reading.overview().backlog == [
        *so_far,
        BacklogDay("9998-01-01", 3, 1, 3),
        BacklogDay("9999-01-01", 2, 3, 2),
    ]


def test_a_judgement_that_answers_a_question_closes_it(hub):
    told = [Shown(ref(name)) for name in ("bank/1", "bank/2", "shop/1", "shop/3")]
    parts = [told[:3], told[3:]]
    hub.judge(Proposal("partition", parts, "steward", "not her"))
    days = hub.reading.overview().backlog
    assert [sum(day.opened for day in days), sum(day.closed for day in days)] == [1, 1]
    assert days[-1].open == 0


def test_a_wrong_figure_is_named_and_a_resolve_counts_anew(office, hub):
    before = replace(hub.reading.overview(), backlog=[])
    _run(office, "UPDATE tally SET number = number + 1 WHERE figure = 'pairs'")
    _run(office, "INSERT INTO tally (figure, one, other, number) VALUES ('records', 9, 0, 1)")
    assert "records 9 0" in wrong(office)
    assert len(wrong(office)) == len(before.weights) + 1
    office.resolve()
    assert wrong(office) == []
    assert replace(hub.reading.overview(), backlog=[]) == before


def test_an_empty_store_has_nothing_to_tell(store):
    told = Hub(store, RULES).reading.overview()
    assert told == Overview(0, 0, [], [], [], [], None, None, None)


@given(golden, golden)
def test_the_difference_of_two_counts_turns_one_into_the_other(before, after):
    one, other = of_golden_records(before.values()), of_golden_records(after.values())
    changes = difference(one, other)
    assert 0 not in changes.values()
    for name in one | other:
        assert one[name] + changes.get(name, 0) == other[name]


@given(golden)
def test_arrays_are_counted_as_golden_records_are(clusters):
    homes = [(serial, source) for serial, sources in clusters.items() for source in sources]
    serials, sources = np.array(homes[::-1], np.int64).reshape(-1, 2).T
    assert of_crosswalk(serials, sources) == of_golden_records(clusters.values())


def test_golden_records_are_counted_whole_by_source_and_by_two_sources():
    assert of_golden_records([[1, 1, 2], [2]]) == {
        ALL_GOLDEN: 2,
        Tally("records", 1, 0): 2,
        Tally("records", 2, 0): 2,
        Tally("golden_records", 1, 1): 1,
        Tally("golden_records", 2, 2): 2,
        Tally("golden_records", 1, 2): 1,
    }


def test_weights_are_counted_by_whole_bits_rounded_down(store):
    weights = [-2 * MICRO, -MICRO - 1, -MICRO, -1, 0, 1, MICRO - 1, MICRO]
    assert of_weights(weights) == {
        Tally("pairs", -2, 0): 2,
        Tally("pairs", -1, 0): 2,
        Tally("pairs", 0, 0): 3,
        Tally("pairs", 1, 0): 1,
    }
    with store.write() as tx:
        for number, weight in enumerate(weights, start=2):
            _insert_pair(tx, number, weight)
        tallies.add(tx, of_weights(weights))
        assert tallies.wrong(tx) == []


def _insert_pair(tx: Transaction, other: int, weight: int) -> None:
    insert = "INSERT INTO pair (record_l, record_r, weight) VALUES (1, :other, :weight)"
    tx.connection.execute(sa.text(insert), {"other": other, "weight": weight})


def _run(office: Office, statement: str) -> None:
    with office.store.write() as tx:
        tx.connection.execute(sa.text(statement))
        tx.commit()
