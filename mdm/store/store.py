"""The store: one database, and the two kinds of transaction on it."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from threading import Lock
from time import monotonic

import sqlalchemy as sa

from mdm.model.errors import StoreBusy
from mdm.store import engines, migration
from mdm.store.faults import opening, using
from mdm.store.inline import Inlined


class Transaction:
    """What the functions of `mdm.store` work in; `connection` is SQLAlchemy's.

    `failure` is the driver's error in the middle of a bulk read, which whoever reads through Arrow
    (DuckDB) sees only as an error of its own.  `inlined` are the tables of few rows that statements
    may read at present (`mdm.store.bulk`).
    """

    def __init__(self, connection: sa.Connection) -> None:
        self.connection = connection
        self.failure: Exception | None = None
        self.inlined: dict[str, Inlined] = {}

    def commit(self) -> None:
        """Make everything done so far durable; the transaction is over then, and refuses more."""
        self.connection.commit()

    @contextmanager
    def attempt(self) -> Iterator[None]:
        """Take back what is written inside when an error leaves it; what came before stays."""
        with self.connection.begin_nested():
            yield


@contextmanager
def _rolled_back(connection: sa.Connection) -> Iterator[None]:
    """Begin a transaction that ends in a rollback, unless it was committed by then."""
    with connection.begin() as transaction:
        yield
        if transaction.is_active:
            transaction.rollback()


class Store:
    """The system of record behind a database URL; threads may share it.

    `sqlite:///file.db` or `postgresql://user@host/name`; StoreNotReady for any other.  Nothing is
    opened before it is used.  `patience`: how many seconds a writer waits for the one before it.
    """

    def __init__(self, url: str, *, patience: float = engines.PATIENCE) -> None:
        self._engine = engines.make_engine(url, patience)
        self.patience = patience
        self._writing = Lock()

    def migrate(self) -> list[str]:
        """Bring a fresh or older database up to date; several processes may do so at once.

        Result: the revisions that were applied, oldest first; empty if it was up to date.
        Raises StoreTooNew when a newer version of the service has been there, StoreNotReady when
        the database cannot be opened.
        """
        return migration.migrate(self._engine)

    def check(self) -> None:
        """Raise StoreNotReady or StoreTooNew unless the database is the one the code needs."""
        migration.check(self._engine)

    @contextmanager
    def read(self) -> Iterator[Transaction]:
        """Open one consistent snapshot; what others commit meanwhile is not seen.

        Raises StoreNotReady when the database cannot be opened, StoreFailed when it fails later.
        """
        with using(self._engine), ExitStack() as opened:
            with opening(self._engine):
                connection = opened.enter_context(self._engine.connect())
                connection.execution_options(**engines.read_options(self._engine))
                opened.enter_context(connection.begin())
                engines.take_snapshot(connection)
            tx = Transaction(connection)
            try:
                yield tx
            except Exception as error:
                if tx.failure is not None:
                    raise tx.failure from error
                raise

    @contextmanager
    def write(self) -> Iterator[Transaction]:
        """Open the one writing transaction at a time; waits for the writer before it.

        It rolls back unless `commit()` was called.  Raises StoreNotReady when the database cannot
        be opened, StoreBusy when the writers before it take longer than the patience lasts,
        StoreFailed when the database fails later.
        """
        end = monotonic() + self.patience
        with self._after_others(), using(self._engine), ExitStack() as opened:
            with opening(self._engine):
                connection = opened.enter_context(self._engine.connect())
                engines.be_patient(connection, end - monotonic())
                opened.enter_context(_rolled_back(connection))
                engines.take_write_lock(connection)
            yield Transaction(connection)

    @contextmanager
    def _after_others(self) -> Iterator[None]:
        """Let the threads of this process write one at a time, so that one at most asks for it."""
        if not self._writing.acquire(timeout=self.patience):
            raise StoreBusy("another request writes to the database: try again when it ended")
        try:
            yield
        finally:
            self._writing.release()

    def close(self) -> None:
        """Close the idle connections; the store opens new ones if it is used again."""
        self._engine.dispose()
