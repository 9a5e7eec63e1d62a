"""The tables of who may log in; kept."""

import sqlalchemy as sa

from mdm.store.columns import counted, metadata, text

user = sa.Table(
    "user",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),
    text("password_hash"),
    sa.Column("generation", sa.Integer, nullable=False),
    text("created_at"),
    text("disabled_at", nullable=True),
)

login_attempt = sa.Table(
    "login_attempt",
    metadata,
    counted("attempt_id"),
    text("name"),
    text("address"),
    text("at"),
    sqlite_autoincrement=True,
)
sa.Index(None, login_attempt.c.name)

secret = sa.Table(
    "secret",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),
    text("secret"),
    text("made_at"),
)
