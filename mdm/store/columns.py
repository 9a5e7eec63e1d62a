"""What tables are made of: their columns, and what the database calls their keys and indexes."""

import sqlalchemy as sa

metadata = sa.MetaData(
    naming_convention={
        "pk": "%(table_name)s_pk",
        "fk": "%(table_name)s_%(column_0_name)s_fk",
        "uq": "%(table_name)s_%(column_0_N_name)s_uq",
        "ix": "%(table_name)s_%(column_0_N_name)s_ix",
    }
)

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
