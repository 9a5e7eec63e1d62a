"""Running statements of our own SQL, on the driver's connection.

SQLAlchemy opens, pools and ends connections, and compiles each statement once for a database; to
run one takes it 55 us, where SQLite takes 10, and a submission runs thirty.  Errors are the
driver's, as `mdm.store.faults` reads them.
"""

from collections import namedtuple
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

import sqlalchemy as sa

from mdm.store.store import Transaction

Row = Any
"""A named tuple: the columns of a row by their names in the statement, `_0` ... without one."""


def run(tx: Transaction, statement: sa.TextClause, values: Mapping[str, object]) -> Any:  # noqa: ANN401
    """Run a statement with bound values; the result is the driver's cursor.

    InvalidRequestError when the transaction is over: the driver itself would begin another.
    """
    connection = tx.connection
    if not connection.in_transaction():
        raise sa.exc.InvalidRequestError("this transaction is over")
    text, order = _compiled(statement, connection.dialect)
    driver: Any = connection.connection.driver_connection
    bound = values if order is None else [values[name] for name in order]
    try:
        return driver.execute(text, bound)
    except Exception as error:
        if connection.dialect.is_disconnect(error, driver, None):  # type: ignore[arg-type]
            connection.invalidate(error)  # there is nothing to roll back, and nobody gets it again
        raise


def rows(tx: Transaction, statement: sa.TextClause, values: Mapping[str, object]) -> Sequence[Row]:
    """Read what a statement gives."""
    cursor = run(tx, statement, values)
    make = _maker(tuple(column[0] for column in cursor.description))
    return [make(row) for row in cursor]


def tuples(
    tx: Transaction, statement: sa.TextClause, values: Mapping[str, object]
) -> list[tuple[Any, ...]]:
    """Read what a statement gives as plain tuples: a third of the time where rows are many."""
    found: list[tuple[Any, ...]] = run(tx, statement, values).fetchall()
    return found


def scalar(tx: Transaction, statement: sa.TextClause, **values: object) -> Any:  # noqa: ANN401
    """Read the first value of the first row, None without one."""
    found = run(tx, statement, values).fetchall()
    return found[0][0] if found else None


@lru_cache(maxsize=1024)
def _compiled(statement: sa.TextClause, dialect: sa.Dialect) -> tuple[str, Sequence[str] | None]:
    """Write a statement as the driver wants it, and in which order it wants the values, if any."""
    compiled: Any = statement.compile(dialect=dialect)
    return compiled.string, compiled.positiontup


@lru_cache(maxsize=256)
def _maker(names: tuple[str, ...]) -> Callable[[Iterable[Any]], Row]:
    named: Any = namedtuple
    make: Callable[[Iterable[Any]], Row] = named("Row", names, rename=True)._make
    return make
