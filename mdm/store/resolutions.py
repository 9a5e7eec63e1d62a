"""The log of resolutions: which model version published when, and what it changed."""

from collections.abc import Mapping

import sqlalchemy as sa

from mdm.store.codec import to_json
from mdm.store.schema import resolution
from mdm.store.store import Transaction


def add(
    tx: Transaction,
    model_version: int,
    figures: Mapping[str, object],
    *,
    started_at: str,
    published_at: str,
) -> int:
    """Note a publication with its figures, in its own transaction; the result is its number."""
    insert = sa.insert(resolution).values(
        model_version=model_version,
        started_at=started_at,
        published_at=published_at,
        figures=to_json(figures),
        keyed=True,
    )
    return int(tx.connection.execute(insert.returning(resolution.c.resolution_id)).scalar_one())


def keyed(tx: Transaction) -> int | None:
    """Tell which model version the kept blocking keys are of; None when none were kept yet."""
    query = (
        sa.select(resolution.c.model_version)
        .where(resolution.c.keyed)
        .order_by(resolution.c.resolution_id.desc())
        .limit(1)
    )
    return tx.connection.execute(query).scalar()


_DECLARED_SINCE = sa.text("""
    SELECT EXISTS (
        SELECT 1
        FROM source
        WHERE declared_at > (SELECT started_at FROM resolution ORDER BY resolution_id DESC LIMIT 1)
    )
""")


def sources_changed(tx: Transaction) -> bool:
    """Tell whether a source came, or got another trust, since the last resolution began."""
    return bool(tx.connection.execute(_DECLARED_SINCE).scalar_one())


def last(tx: Transaction) -> int:
    """Tell the number of the last resolution that published; 0 before the first."""
    query = sa.select(sa.func.coalesce(sa.func.max(resolution.c.resolution_id), 0))
    return int(tx.connection.execute(query).scalar_one())
