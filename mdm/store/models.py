"""Model versions: candidates, and the one that is active."""

from typing import Any

import sqlalchemy as sa

from mdm.model.clock import now
from mdm.model.errors import NotFound
from mdm.model.models import ModelVersion
from mdm.store.codec import from_json, to_json
from mdm.store.schema import model_version
from mdm.store.statements import scalar
from mdm.store.store import Transaction

_JSON_FIELDS = ("skipped_keys", "libraries", "figures", "warnings")
_FROZEN_FIELDS = (
    "rules_hash",
    "rules",
    "settings",
    "term_frequencies",
    "link_bits",
    "review_bits",
    "seed",
)

_table = model_version.c


def add_candidate(tx: Transaction, model: ModelVersion) -> int:
    """Keep a trained model and give it its version; the first is 1."""
    values = {name: getattr(model, name) for name in _FROZEN_FIELDS}
    values |= {name: to_json(getattr(model, name)) for name in _JSON_FIELDS}
    insert = sa.insert(model_version).values(created_at=model.created_at or now(), **values)
    return int(tx.connection.execute(insert.returning(_table.version)).scalar_one())


def get(tx: Transaction, version: int) -> ModelVersion:
    """Read a version; NotFound when there is none of that number."""
    found = _first(tx, sa.select(model_version).where(_table.version == version))
    if found is None:
        raise NotFound("model version", str(version))
    return found


_ACTIVE = """
    SELECT version
    FROM model_version
    WHERE activated_at IS NOT NULL
    ORDER BY activated_at DESC, version DESC
    LIMIT 1
"""
_ACTIVE_NUMBER = sa.text(_ACTIVE)
_MATCHING_NUMBER = sa.text(f"""
    SELECT a.version
    FROM ({_ACTIVE}) a
    WHERE a.version = (
        SELECT model_version
        FROM resolution
        WHERE keyed
        ORDER BY resolution_id DESC
        LIMIT 1
    )
""")


def active_number(tx: Transaction) -> int | None:
    """Tell which version the published pairs were scored with: the last one activated."""
    number: int | None = scalar(tx, _ACTIVE_NUMBER)
    return number


def matching_number(tx: Transaction) -> int | None:
    """Tell the active version if the kept blocking keys are of it; else None."""
    number: int | None = scalar(tx, _MATCHING_NUMBER)
    return number


def active(tx: Transaction) -> ModelVersion | None:
    """Read the version that the published pairs were scored with, None before the first."""
    number = active_number(tx)
    return None if number is None else get(tx, number)


def newest(tx: Transaction) -> ModelVersion | None:
    """Read the version that was trained last, active or not."""
    return _first(tx, sa.select(model_version).order_by(_table.version.desc()).limit(1))


def newest_number(tx: Transaction) -> int | None:
    """Tell which version was trained last, None before the first."""
    return tx.connection.execute(sa.select(sa.func.max(_table.version))).scalar()


def listing(tx: Transaction) -> list[ModelVersion]:
    """List all versions, oldest first, without their term frequencies (empty bytes instead)."""
    columns = [column for column in model_version.c if column.name != "term_frequencies"]
    rows = tx.connection.execute(sa.select(*columns).order_by(_table.version))
    return [_model({**row, "term_frequencies": b""}) for row in rows.mappings()]


def activate(tx: Transaction, version: int, at: str) -> None:
    """Make a version the active one from a time on; NotFound when there is none."""
    update = sa.update(model_version).where(_table.version == version).values(activated_at=at)
    if tx.connection.execute(update).rowcount == 0:
        raise NotFound("model version", str(version))


def _first(tx: Transaction, query: sa.Select[Any]) -> ModelVersion | None:
    row = tx.connection.execute(query).mappings().first()
    return None if row is None else _model(dict(row))


def _model(row: dict[str, Any]) -> ModelVersion:
    return ModelVersion(**{**row, **{name: from_json(row[name]) for name in _JSON_FIELDS}})
