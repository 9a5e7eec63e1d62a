"""One typing or OCR error in a text: what fingers and scanners do to it."""

from datetime import date, timedelta

_ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm", "1234567890")
NEIGHBOURS = {
    key: (row[at - 1] if at else "") + row[at + 1 : at + 2]
    for row in _ROWS
    for at, key in enumerate(row)
}
"""Key -> the keys beside it."""

LOOKALIKES = {
    "0": "O", "O": "0", "1": "l", "l": "1", "I": "l", "5": "S", "S": "5", "8": "B", "B": "8",
    "m": "rn", "rn": "m", "cl": "d", "d": "cl", "w": "vv", "e": "c", "c": "e", "h": "b", "6": "b",
}  # fmt: skip
"""What a scanner reads for what stands there."""


def misprint(text: str, sort: float, where: float) -> str:
    """Return `text` with one error; `sort` and `where` (0 up to 1) choose it.

    Three in ten are a neighbouring key, two each letters swapped, lost and doubled, one an OCR
    confusion.  What the choice cannot do at that place (swap two equal letters) becomes a loss;
    the result differs from `text` always.  `text` is not empty and has no spaces but single ones
    inside: of two in a row after a first letter that is lost, both would go with it.
    """
    if len(text) == 1:
        return text * 2
    at = int(where * len(text))
    if sort < 0.3:
        changed = _neighbour(text, at)
    elif sort < 0.5:
        changed = text[:at] + text[at : at + 2][::-1] + text[at + 2 :]
    elif sort < 0.7:
        changed = text[:at] + text[at + 1 :]
    elif sort < 0.9:
        changed = text[: at + 1] + text[at:]
    else:
        changed = _lookalike(text, at)
    changed = changed.strip()
    return changed if changed != text else (text[:at] + text[at + 1 :]).strip()


def _neighbour(text: str, at: int) -> str:
    keys = NEIGHBOURS.get(text[at].lower(), "")
    if not keys:
        return text
    key = keys[at % len(keys)]
    return text[:at] + (key.upper() if text[at].isupper() else key) + text[at + 1 :]


def _lookalike(text: str, at: int) -> str:
    """Confuse the first confusable at or after the place; the text itself when there is none."""
    for start in range(at, len(text)):
        for width in (2, 1):
            read = LOOKALIKES.get(text[start : start + width])
            if read:
                return text[:start] + read + text[start + width :]
    return text


def misdate(day: date, sort: float, where: float) -> date:
    """Return another date, as from a slip in the day, the month or the year; always a real one."""
    if sort < 0.5:
        step = (-20, -10, -9, -7, -3, -1, 1, 3, 7, 9, 10, 20)[int(where * 12)]
        return day + timedelta(days=step)
    if sort < 0.75:
        month = day.month % 12 + 1 if where < 0.5 else (day.month - 2) % 12 + 1
        return day.replace(month=month, day=min(day.day, 28))
    step = (-30, -20, -10, -3, -1, 1, 3, 10)[int(where * 8)]
    return day.replace(year=day.year + step, day=min(day.day, 28))
