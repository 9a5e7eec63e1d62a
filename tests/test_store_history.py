"""The history of a golden ID is read by index, however long the log is."""

import numpy as np
import pyarrow as pa
import pytest
import sqlalchemy as sa

from mdm.identity.crosswalk_diff import NONE, EventKind, Events
from mdm.store import changes
from mdm.store.reads import history

MINTED, MERGED = 40_000, 500
NOTHING = pa.table({"serial": pa.array([], pa.int64()), "attributes": pa.array([], pa.string())})


@pytest.fixture
def long_log(store):
    """A store whose log has as many changes as PostgreSQL needs to be tempted."""
    count = MINTED + MERGED
    others = np.full(count, NONE)
    others[MINTED:] = np.arange(1, MERGED + 1)
    events = Events(
        kind=np.repeat([int(EventKind.MINTED), int(EventKind.MERGED)], [MINTED, MERGED]),
        serial=np.concatenate([np.arange(1, MINTED + 1), np.arange(MERGED + 1, 2 * MERGED + 1)]),
        other=others,
        record_id=np.full(count, NONE),
    )
    with store.write() as tx:
        changes.note(tx, events, NOTHING, at="2026-01-31T12:00:00.000000Z")
        tx.commit()
    return store


def test_no_part_of_the_log_is_read_but_what_is_about_the_id(long_log, database):
    explain = "EXPLAIN QUERY PLAN" if database == "sqlite" else "EXPLAIN"
    query = sa.text(f"{explain} {history._CHANGES.text}")
    with long_log.read() as tx:
        plan = str(tx.connection.execute(query, {"serial": 7, "last": 2**60, "rows": 2}).all())
    assert "change_serial_ix" in plan
    assert "change_other_ix" in plan
