"""Secrets that the service makes for itself, one value for all its processes."""

import sqlalchemy as sa

from mdm.store.store import Transaction
from mdm.store.user_schema import secret


def get(tx: Transaction, name: str) -> str | None:
    """Read a secret, None when it was not made yet."""
    return tx.connection.execute(
        sa.select(secret.c.secret).where(secret.c.name == name)
    ).scalar_one_or_none()


def add(tx: Transaction, name: str, value: str, *, at: str) -> None:
    """Keep a secret that there is not yet."""
    tx.connection.execute(sa.insert(secret).values(name=name, secret=value, made_at=at))
