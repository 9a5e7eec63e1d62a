"""The moment of the store that an answer is read from."""

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa

from mdm.store.store import Store, Transaction


@contextmanager
def snapshot(store: Store) -> Iterator[Transaction]:
    """Open a snapshot of a store for reading.

    Raises StoreNotReady or StoreTooNew when a statement fails because the database is not one
    that this code can read, StoreFailed as `Store.read` does; other failures stay what they are.
    """
    try:
        with store.read() as tx:
            yield tx
    except sa.exc.DBAPIError:
        store.check()
        raise
