"""The one way to tell and to write the time: ISO 8601, UTC, microseconds, so that text sorts."""

from datetime import UTC, datetime


def now() -> str:
    """Tell the present moment, e.g. `2026-01-31T12:00:00.000000Z`."""
    return as_text(datetime.now(UTC))


def as_text(moment: datetime) -> str:
    """Write an aware moment in UTC; a naive one is taken as UTC already."""
    naive = moment if moment.tzinfo is None else moment.astimezone(UTC).replace(tzinfo=None)
    return naive.isoformat(timespec="microseconds") + "Z"
