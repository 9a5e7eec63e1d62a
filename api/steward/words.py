"""How pages tell times, counts and weights in words."""

from datetime import UTC, datetime

from markupsafe import Markup

MINUTE, HOUR, DAY = 60, 3_600, 86_400
_STEPS = (
    (45, 1, "second"),
    (45 * MINUTE, MINUTE, "minute"),
    (22 * HOUR, HOUR, "hour"),
    (26 * DAY, DAY, "day"),
    (320 * DAY, 30.44 * DAY, "month"),
)


def count(number: int, one: str, many: str = "") -> str:
    """Count things, e.g. `1 record`, `2,310 records`."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def ago(moment: str | None, *, now: datetime | None = None) -> Markup:
    """Tell a time (ISO 8601 UTC) in words, with the exact one on hover; nothing for None.

    A time to come is told as `in 3 days`.
    """
    if moment is None:
        return Markup("")
    then = datetime.fromisoformat(moment)
    then = then.replace(tzinfo=UTC) if then.tzinfo is None else then
    seconds = ((now or datetime.now(UTC)) - then).total_seconds()
    exact = f"{then.day} {then:%B %Y, %H:%M:%S} UTC"
    return Markup('<time datetime="{}" title="{}">{}</time>').format(moment, exact, _told(seconds))


def _told(seconds: float) -> str:
    size = abs(seconds)
    if size < 10:
        return "now"
    for most, step, name in _STEPS:
        if size < most:
            several = count(max(1, round(size / step)), name)
            break
    else:
        several = count(max(1, round(size / (365.25 * DAY))), "year")
    return f"{several} ago" if seconds > 0 else f"in {several}"


def bits(weight: float) -> str:
    """Write a match weight with its sign, e.g. `+11.3`; the minus is as wide as the plus."""
    rounded = round(weight, 1)
    return f"{rounded:+.1f}".replace("-", "\N{MINUS SIGN}") if rounded else "0.0"


def percent(probability: float) -> str:
    """Write a probability (0 to 1) as per cent, never rounded up to certainty."""
    if 0.999 < probability < 1:
        return "over 99.9 %"
    if 0 < probability < 0.001:
        return "below 0.1 %"
    return f"{100 * probability:.1f} %"


def shortened(text: str, most: int = 80) -> str:
    """Cut a long text, and say by an ellipsis that it goes on."""
    return text if len(text) <= most else f"{text[: most - 1]}\N{HORIZONTAL ELLIPSIS}"


def listed(value: object) -> str:
    """Write a value of an attribute; several ones with a comma between, `nothing` for none."""
    if isinstance(value, (list, tuple)):
        return ", ".join(map(str, value))
    return str(value) if value else "nothing"


FILTERS = {each.__name__: each for each in (ago, bits, count, listed, percent, shortened)}
