"""Publishing: only what differs is written, versions count changes, late changes stay pending."""

import re

import pyarrow as pa
import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mdm.model.records import RecordRef
from mdm.store import records
from mdm.store.publication import Publication, mint, publish
from mdm.store.schema import (
    blocking_key,
    crosswalk,
    golden_id,
    golden_record,
    pair,
    record,
    search_key,
)
from tests.stores import ARRIVED, incoming, take

LATER = "2026-02-28T12:00:00.000000Z"


@pytest.fixture
def taken(store):
    """A store with records 1 to 4 and golden IDs with the serials 1 to 4."""
    take(store, *(incoming(str(number), f"N{number}") for number in range(1, 5)))
    with store.write() as tx:
        mint(tx, 4, ARRIVED)
        tx.commit()
    return store


def put(store, publication, *, at=ARRIVED):
    with store.write() as tx:
        publish(tx, publication, at=at)
        tx.commit()


def rows(store, *columns):
    with store.read() as tx:
        return [tuple(row) for row in tx.connection.execute(sa.select(*columns).order_by(*columns))]


def pairs(*rows):
    """Rows of (record_l, record_r, weight, inside_only) as a table."""
    columns = zip(*rows, strict=True)
    names = ("record_l", "record_r", "weight", "inside_only")
    return pa.table(dict(zip(names, columns, strict=True)))


def keys(*rows):
    """Rows of (kind, value, record_id) as a table."""
    columns = zip(*rows, strict=True)
    return pa.table(dict(zip(("kind", "value", "record_id"), columns, strict=True)))


def homes(mapping):
    return pa.table(
        {
            "record_id": pa.array(mapping, pa.int64()),
            "serial": pa.array(mapping.values(), pa.int64()),
        }
    )


def golden(mapping):
    return pa.table(
        {
            "serial": pa.array(mapping, pa.int64()),
            "attributes": pa.array(mapping.values(), pa.string()),
            "provenance": pa.array(["{}"] * len(mapping), pa.string()),
        }
    )


def serials(*numbers):
    return pa.table({"serial": pa.array(numbers, pa.int64())})


def settled(*numbers, own=None):
    """Rows of (record_id, content_hash, own_serial); `own` maps records to new own serials."""
    return pa.table(
        {
            "record_id": pa.array(numbers, pa.int64()),
            "content_hash": [f"hash of N{number}" for number in numbers],
            "own_serial": pa.array([(own or {}).get(number) for number in numbers], pa.int64()),
        }
    )


def versions(store):
    return dict(rows(store, golden_record.c.serial, golden_record.c.version))


def test_golden_ids_are_opaque_unlike_one_another_and_count_up(store):
    with store.write() as tx:
        assert mint(tx, 2, ARRIVED) == range(1, 3)
        assert mint(tx, 0, ARRIVED) == range(3, 3)
        assert mint(tx, 1, ARRIVED) == range(3, 4)
        tx.commit()
    names = [name for (name,) in rows(store, golden_id.c.golden_id)]
    assert len(set(names)) == 3
    assert all(re.fullmatch("g[0-9a-f]{20}", name) for name in names)


def test_pairs_come_change_and_leave(taken):
    before = pairs((1, 2, 5_000_000, False), (1, 3, -1, True), (2, 4, 7, True), (3, 4, 8, False))
    put(taken, Publication(pairs=before))
    gone = pa.table({"record_l": [1], "record_r": [3]})
    after = pairs((1, 2, 6_000_000, False), (2, 4, 7, False))
    put(taken, Publication(pairs_gone=gone, pairs=after))
    assert rows(taken, *pair.c) == [
        (1, 2, 6_000_000, False),
        (2, 4, 7, False),
        (3, 4, 8, False),
    ]


def test_a_record_has_one_home_and_can_move_or_lose_it(taken):
    put(taken, Publication(crosswalk=homes({1: 1, 2: 1, 3: 3})))
    gone = pa.table({"record_id": [3]})
    put(taken, Publication(crosswalk=homes({2: 2}), crosswalk_gone=gone))
    assert rows(taken, *crosswalk.c) == [(1, 1), (2, 2)]


def test_a_golden_records_version_goes_up_exactly_when_its_values_change(taken):
    put(taken, Publication(golden=golden({1: '{"a":1}', 2: '{"a":2}'})))
    put(taken, Publication(golden=golden({1: '{"a":1}', 2: '{"a":3}'})), at=LATER)
    assert versions(taken) == {1: 1, 2: 2}
    times = rows(
        taken, golden_record.c.serial, golden_record.c.created_at, golden_record.c.updated_at
    )
    assert times == [(1, ARRIVED, ARRIVED), (2, ARRIVED, LATER)]


def test_a_golden_record_whose_members_change_has_a_new_version_once(taken):
    put(
        taken,
        Publication(
            crosswalk=homes({1: 1, 2: 2, 3: 3}), golden=golden({1: "{}", 2: "{}", 3: "{}"})
        ),
    )
    assert versions(taken) == {1: 1, 2: 1, 3: 1}
    put(
        taken,
        Publication(
            crosswalk=homes({2: 1}), touched=serials(1, 2), golden=golden({1: '{"more":1}'})
        ),
    )
    assert versions(taken) == {1: 2, 2: 2, 3: 1}
    put(taken, Publication(crosswalk_gone=pa.table({"record_id": [3]}), touched=serials(3)))
    assert versions(taken) == {1: 2, 2: 2, 3: 2}


def test_a_golden_record_that_is_gone_leaves_its_id_behind(taken):
    put(taken, Publication(golden=golden({1: "{}", 2: "{}"})))
    put(taken, Publication(golden_gone=pa.table({"serial": [1]})))
    assert versions(taken) == {2: 1}
    assert len(rows(taken, golden_id.c.serial)) == 4


def test_search_keys_of_a_record_are_replaced(taken):
    put(taken, Publication(search_keys=keys(("email", "a@x", 1), ("email", "a@x", 2))))
    of = pa.table({"record_id": [1]})
    put(
        taken,
        Publication(keys_of=of, search_keys=keys(("phone", "7", 1), ("phone", "7", 1))),
    )
    assert rows(taken, *search_key.c) == [("email", "a@x", 2), ("phone", "7", 1)]


def blocked_by(*rows):
    """Rows of (key_hash, record_id) as a table."""
    columns = zip(*rows, strict=True)
    return pa.table(dict(zip(("key_hash", "record_id"), columns, strict=True)))


def test_blocking_keys_of_a_record_are_replaced(taken):
    put(taken, Publication(blocking_keys=blocked_by((2**62, 1), (5, 1), (5, 2))))
    of = pa.table({"record_id": [1]})
    put(taken, Publication(keys_of=of, blocking_keys=blocked_by((7, 1), (7, 1))))
    assert rows(taken, *blocking_key.c) == [(5, 2), (7, 1)]


def test_every_blocking_key_can_be_replaced_at_once(taken):
    put(taken, Publication(blocking_keys=blocked_by((5, 1), (5, 2))))
    put(taken, Publication(blocking_keys=blocked_by((6, 2)), every_blocking_key=True))
    assert rows(taken, *blocking_key.c) == [(6, 2)]


def test_a_records_own_id_is_kept_with_it(taken):
    put(taken, Publication(records=settled(1, 2, own={1: 1, 2: 1})))
    put(taken, Publication(records=settled(2, 3)))
    assert rows(taken, record.c.record_id, record.c.own_serial)[:3] == [(1, 1), (2, 1), (3, None)]


def test_what_was_published_is_no_longer_pending(taken):
    put(taken, Publication(crosswalk=homes({1: 1, 2: 2}), records=settled(1, 2)))
    assert rows(taken, record.c.record_id, record.c.pending) == [
        (1, False),
        (2, False),
        (3, True),
        (4, True),
    ]


def test_a_record_that_changed_or_was_retired_meanwhile_stays_pending(taken):
    take(taken, incoming("1", "changed"))
    with taken.write() as tx:
        records.retire(tx, [RecordRef("crm", "2")], at=LATER)
        tx.commit()
    put(taken, Publication(crosswalk=homes({1: 1, 2: 2, 3: 3}), records=settled(1, 2, 3)))
    waiting = [
        number
        for number, is_pending in rows(taken, record.c.record_id, record.c.pending)
        if is_pending
    ]
    assert waiting == [1, 2, 4]


def test_a_retirement_is_settled_by_taking_the_records_home_away(taken):
    put(taken, Publication(crosswalk=homes({1: 1}), records=settled(1)))
    with taken.write() as tx:
        records.retire(tx, [RecordRef("crm", "1")], at=LATER)
        tx.commit()
    put(taken, Publication(crosswalk_gone=pa.table({"record_id": [1]}), records=settled(1)))
    assert (1, False) in rows(taken, record.c.record_id, record.c.pending)


def test_nothing_is_published_without_a_commit(taken):
    with taken.write() as tx:
        publish(tx, Publication(crosswalk=homes({1: 1}), golden=golden({1: "{}"})), at=ARRIVED)
    assert rows(taken, *crosswalk.c) == []
    assert versions(taken) == {}


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(states=st.lists(st.dictionaries(st.integers(1, 4), st.integers(1, 4)), max_size=5))
def test_any_sequence_of_differences_leaves_the_last_state(taken, states):
    for state in states:
        old = dict(rows(taken, *crosswalk.c))
        gone = [number for number in old if number not in state]
        difference = Publication(
            crosswalk_gone=pa.table({"record_id": pa.array(gone, pa.int64())}),
            crosswalk=homes({k: v for k, v in state.items() if old.get(k) != v}),
        )
        put(taken, difference)
        assert dict(rows(taken, *crosswalk.c)) == state
