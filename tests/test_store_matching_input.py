"""What a resolve reads: complete, typed, in bounded batches, from one snapshot."""

import pyarrow as pa

from mdm.model.records import RecordRef
from mdm.store import matching_input, records
from mdm.store.publication import Publication, mint, publish
from tests.stores import ARRIVED, incoming, take

LATER = "2026-02-28T12:00:00.000000Z"


def read(store, function):
    with store.read() as tx:
        return [row for batch in function(tx) for row in batch.to_pylist()]


def test_live_records_come_whole_and_in_order(store):
    take(store, incoming("1", "Ann", modified_at=ARRIVED), incoming("2", "Bob"))
    first, second = read(store, matching_input.live_records)
    assert first == {
        "record_id": 1,
        "source": "crm",
        "trust": 0.9,
        "key": "1",
        "modified_at": ARRIVED,
        "content_hash": "hash of Ann",
        "rules_hash": "rules-1",
        "standardised": '{"given_name":"ann"}',
        "attributes": '{"email":["Ann@example.org"],"given_name":"Ann"}',
        "own_serial": None,
        "pending": True,
    }
    assert (second["record_id"], second["modified_at"]) == (2, None)


def test_columns_have_their_types_even_when_all_values_are_missing(store):
    take(store, incoming("1"))
    with store.read() as tx:
        [batch] = matching_input.live_records(tx)
    assert batch.schema.field("modified_at").type == pa.string()
    assert batch.schema.field("own_serial").type == pa.int64()
    assert batch.schema.field("pending").type == pa.bool_()


def test_batches_are_bounded_and_miss_nothing(store):
    take(store, *(incoming(str(number)) for number in range(50_001)))
    with store.read() as tx:
        sizes = [batch.num_rows for batch in matching_input.live_records(tx)]
    assert sizes == [50_000, 1]


def test_retired_records_are_left_out_and_told_until_they_are_published(store):
    take(store, incoming("1", "Ann"), incoming("2", "Bob"))
    with store.write() as tx:
        records.retire(tx, [RecordRef("crm", "1")], at=LATER)
        tx.commit()
    assert [row["key"] for row in read(store, matching_input.live_records)] == ["2"]
    waiting = {"record_id": [1], "content_hash": ["hash of Ann"]}
    assert read(store, matching_input.retired_pending) == pa.table(waiting).to_pylist()
    settled = pa.table({**waiting, "own_serial": pa.array([None], pa.int64())})
    with store.write() as tx:
        publish(tx, Publication(records=settled), at=LATER)
        tx.commit()
    assert read(store, matching_input.retired_pending) == []


def test_what_was_published_is_read_back(store):
    take(store, incoming("1"), incoming("2"))
    published = Publication(
        pairs=pa.table({"record_l": [1], "record_r": [2], "weight": [-3], "inside_only": [True]}),
        crosswalk=pa.table({"record_id": [1, 2], "serial": [1, 1]}),
        golden=pa.table({"serial": [1], "attributes": ['{"é":"ß"}'], "provenance": ["{}"]}),
    )
    with store.write() as tx:
        mint(tx, 1, ARRIVED)
        publish(tx, published, at=ARRIVED)
        tx.commit()
    assert read(store, matching_input.old_pairs) == published.pairs.to_pylist()
    assert read(store, matching_input.old_crosswalk) == published.crosswalk.to_pylist()
    [golden] = read(store, matching_input.old_golden)
    assert golden == {"version": 1, **published.golden.to_pylist()[0]}


def test_reading_twice_in_one_transaction_gives_the_same_whatever_is_committed_between(store):
    take(store, incoming("1"))
    with store.read() as tx:
        before = [batch.to_pylist() for batch in matching_input.live_records(tx)]
        take(store, incoming("2"))
        assert [batch.to_pylist() for batch in matching_input.live_records(tx)] == before
