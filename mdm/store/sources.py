"""The departments that the store knows."""

from collections.abc import Iterable

import sqlalchemy as sa

from mdm.model.clock import now
from mdm.model.errors import NotFound
from mdm.model.records import Source
from mdm.store.statements import scalar
from mdm.store.store import Transaction

_DECLARE = sa.text("""
    INSERT INTO source (name, kind, trust, declared_at)
    VALUES (:name, :kind, :trust, :declared_at)
    ON CONFLICT (name) DO UPDATE
    SET kind = excluded.kind, trust = excluded.trust, declared_at = excluded.declared_at
    WHERE source.kind <> excluded.kind OR source.trust <> excluded.trust
""")

_LAST_DECLARED = sa.text("SELECT coalesce(max(declared_at), '') FROM source")

_ID = sa.text("SELECT source_id FROM source WHERE name = :name")


def declare_sources(tx: Transaction, sources: Iterable[Source]) -> None:
    """Make the sources known by their names; one that is known takes its new kind and trust."""
    at = now()
    for source in sources:
        facts = {"name": source.name, "kind": source.kind, "trust": source.trust}
        tx.connection.execute(_DECLARE, facts | {"declared_at": at})


def source_id(tx: Transaction, name: str) -> int:
    """Tell a source's number in the tables; NotFound when it was never declared."""
    found: int | None = scalar(tx, _ID, name=name)
    if found is None:
        raise NotFound("source", name)
    return found


def last_declared(tx: Transaction) -> str:
    """Tell when a source came, or got another kind or trust, the last time; "" before the first."""
    found: str = tx.connection.execute(_LAST_DECLARED).scalar_one()
    return found
