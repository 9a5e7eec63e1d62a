"""Staging Arrow tables: any value arrives in the database as it was."""

import pyarrow as pa
import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mdm.store import bulk
from mdm.store.bulk import indexed_after, staged
from mdm.store.schema import search_key

SCHEMA = pa.schema(
    {"number": pa.int64(), "ratio": pa.float64(), "flag": pa.bool_(), "word": pa.string()}
)

# PostgreSQL keeps no text with a NUL in it; ingestion refuses such a row before it comes here.
words = st.text(st.characters(codec="utf-8", exclude_characters="\0"))
rows = st.lists(
    st.fixed_dictionaries(
        {
            "number": st.none() | st.integers(-(2**63), 2**63 - 1),
            "ratio": st.none() | st.floats(allow_nan=False, allow_infinity=False),
            "flag": st.none() | st.booleans(),
            "word": st.none()
            | words
            | st.sampled_from(["", "\\N", '"', ",", "\r\n", "NULL", "\\."]),
        }
    )
)


@settings(
    max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(rows=rows)
def test_every_value_arrives_as_it_was(store, rows):
    with store.write() as tx, staged(tx, "staged_any", pa.Table.from_pylist(rows, SCHEMA)):
        found = bulk.rows(tx, sa.text("SELECT number, ratio, flag, word FROM staged_any"))
        arrived = [
            {
                "number": number,
                "ratio": ratio,
                "flag": None if flag is None else bool(flag),
                "word": word,
            }
            for number, ratio, flag, word in found
        ]
    assert arrived == rows


def test_more_rows_than_one_batch_arrive(store):
    table = pa.table({"number": pa.array(range(120_001), pa.int64())})
    with store.write() as tx, staged(tx, "staged_many", table):
        query = sa.text("SELECT count(*), min(number), max(number) FROM staged_many")
        assert tuple(bulk.rows(tx, query)[0]) == (120_001, 0, 120_000)


def _indexes(tx) -> set[str | None]:
    return {index["name"] for index in sa.inspect(tx.connection).get_indexes("search_key")}


@pytest.mark.parametrize("filled", [False, True])
@pytest.mark.parametrize("kept", [False, True])
def test_a_table_has_its_indexes_again_after_it_was_filled(store, filled, kept):
    row = {"kind": "email", "value": "a@x", "record_id": 1}
    with store.write() as tx:
        if filled:
            tx.connection.execute(search_key.insert(), row)
        with indexed_after(tx, search_key):
            tx.connection.execute(search_key.insert(), {**row, "record_id": 2})
        assert _indexes(tx) == {"search_key_record_id_ix"}
        if kept:
            tx.commit()
    with store.read() as tx:
        assert _indexes(tx) == {"search_key_record_id_ix"}
