"""The moment of the store that an answer is read from."""

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa

from mdm.model.errors import StoreNotReady
from mdm.store.store import Store, Transaction


@contextmanager
def snapshot(store: Store) -> Iterator[Transaction]:
    """Open a snapshot of a store for reading.

    Raises StoreNotReady or StoreTooNew when the database fails because it is not one that this
    code can read, StoreNotReady when it cannot be reached; other failures stay what they are.
    """
    try:
        with store.read() as tx:
            yield tx
    except sa.exc.DBAPIError as error:
        store.check()
        if isinstance(error, sa.exc.OperationalError):
            raise StoreNotReady("the database does not answer") from error
        raise
