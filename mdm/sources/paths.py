"""How a column is addressed: by its name, or with dots into nested values (`contact.email`)."""

from collections.abc import Callable

from mdm.sources.rows import Row

Getter = Callable[[Row], object]


def top_level(column: str) -> str:
    """Tell which column of the row holds the value: what stands before the first dot."""
    return column.partition(".")[0]


def getter(column: str) -> Getter:
    """Make a function that takes a column's value from a row; None when it is not there.

    A column whose very name has dots is found by that name first.  On the way down a list gives
    the values of all its members: `contacts.email` of two contacts is a list of two values.
    """
    if "." not in column:
        return lambda row: row.get(column)
    first, *rest = column.split(".")
    return lambda row: row[column] if column in row else _descend(row.get(first), rest)


def stands_in(row: Row, column: str) -> bool:
    """Tell whether a row has a column, be it null."""
    if column in row:
        return True
    above, _, last = column.rpartition(".")
    inner = getter(above)(row) if above else None
    members = inner if isinstance(inner, list) else [inner]
    return any(isinstance(member, dict) and last in member for member in members)


def _descend(value: object, names: list[str]) -> object:
    for name in names:
        if isinstance(value, list):
            value = _flat([_descend(member, [name]) for member in value])
        elif isinstance(value, dict):
            value = value.get(name)
        else:
            return None
    return value


def _flat(values: list[object]) -> list[object]:
    """One list of what may be values, lists of values and None."""
    return [
        member
        for value in values
        if value is not None
        for member in (value if isinstance(value, list) else [value])
    ]
