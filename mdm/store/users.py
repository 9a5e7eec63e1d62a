"""Users and their attempts to log in."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from mdm.model.errors import NotFound
from mdm.model.users import User
from mdm.store.store import Transaction
from mdm.store.user_schema import login_attempt, user

_user, _attempt = user.c, login_attempt.c


def put(tx: Transaction, name: str, password_hash: str, at: str) -> None:
    """Make a user, or give one another password; the sessions of before are over.

    One that was disabled stays so.
    """
    anew = {"password_hash": password_hash, "generation": _user.generation + 1}
    if not tx.connection.execute(sa.update(user).where(_user.name == name).values(**anew)).rowcount:
        values = {"name": name, "password_hash": password_hash, "generation": 1, "created_at": at}
        tx.connection.execute(sa.insert(user).values(**values))


def set_disabled(tx: Transaction, name: str, at: str | None) -> None:
    """Disable a user, or enable one again (None); its sessions are over.  NotFound for nobody."""
    values: dict[str, Any] = {"disabled_at": at, "generation": _user.generation + 1}
    if not tx.connection.execute(sa.update(user).where(_user.name == name).values(values)).rowcount:
        raise NotFound("user", name)


def get(tx: Transaction, name: str) -> User | None:
    """Read a user, None when there is none of that name."""
    return next(iter(_read(tx, _user.name == name)), None)


def listing(tx: Transaction) -> list[User]:
    """List the users by their names."""
    return _read(tx, sa.true())


def _read(tx: Transaction, which: sa.ColumnElement[bool]) -> list[User]:
    columns = (_user.name, _user.generation, _user.created_at, _user.disabled_at)
    rows = tx.connection.execute(sa.select(*columns).where(which).order_by(_user.name))
    return [User(*row) for row in rows]


def password_hash(tx: Transaction, name: str) -> str | None:
    """Read what a password is checked against; None when nobody of that name may log in."""
    query = sa.select(_user.password_hash).where(_user.name == name, _user.disabled_at.is_(None))
    return tx.connection.execute(query).scalar()


def attempts(tx: Transaction, name: str, address: str, *, since: str) -> Sequence[tuple[str, bool]]:
    """List the attempts at a name since a time, oldest first: (when, whether from the address)."""
    query = (
        sa.select(_attempt.at, _attempt.address == address)
        .where(_attempt.name == name, _attempt.at > since)
        .order_by(_attempt.at)
    )
    return [(at, bool(here)) for at, here in tx.connection.execute(query)]


def add_attempt(tx: Transaction, name: str, address: str, *, at: str, oldest: str) -> None:
    """Note an attempt, and forget all that were made before `oldest`."""
    tx.connection.execute(sa.delete(login_attempt).where(_attempt.at <= oldest))
    values = {"name": name, "address": address, "at": at}
    tx.connection.execute(sa.insert(login_attempt).values(**values))


def forget_attempts(tx: Transaction, name: str, address: str) -> None:
    """Forget the attempts at a name from an address: the last one was right."""
    made = sa.and_(_attempt.name == name, _attempt.address == address)
    tx.connection.execute(sa.delete(login_attempt).where(made))
