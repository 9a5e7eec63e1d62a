"""The columns that the tables of `mdm.store.schema` are made of."""

from typing import Any

import sqlalchemy as sa

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
"""A 64-bit key; SQLite counts up by itself only when the type says INTEGER."""


def counted(name: str) -> sa.Column[int]:
    """Make a primary key that the database hands out and never uses twice."""
    return sa.Column(name, NUMBER, primary_key=True, autoincrement=True)


def key(name: str, *references: sa.ForeignKey) -> sa.Column[int]:
    """Make a numeric primary key column whose value the code supplies."""
    return sa.Column(name, NUMBER, *references, primary_key=True, autoincrement=False)


def text(name: str, *, nullable: bool = False) -> sa.Column[str]:
    """Make a column of text."""
    return sa.Column(name, sa.Text, nullable=nullable)


def count(name: str) -> sa.Column[int]:
    """Make a column that counts from 0."""
    return sa.Column(name, NUMBER, nullable=False, server_default=sa.text("0"))


def refers(name: str, column: str, *, nullable: bool = False) -> sa.Column[int]:
    """Make a column that holds the number of a row of another table."""
    return sa.Column(name, NUMBER, sa.ForeignKey(column), nullable=nullable)


def review_columns() -> list[sa.Column[Any]]:
    """Make what a question is about, and since when."""
    return [
        text("kind"),
        sa.Column("serial", NUMBER, nullable=False),
        sa.Column("other", NUMBER),
        text("opened_at"),
    ]
