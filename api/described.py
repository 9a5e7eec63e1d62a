"""Fields of answers, each with its meaning and an example, for readers of `/docs`."""

from marshmallow import fields

TIME = "ISO 8601, UTC, with microseconds."
BITS = "Bits: log2 of the odds; every bit more doubles them."


def text(
    description: str,
    example: str,
    *,
    attribute: str | None = None,
    allow_none: bool = False,
    required: bool = False,
) -> fields.String:
    """Describe a text."""
    return fields.String(
        attribute=attribute,
        allow_none=allow_none,
        required=required,
        metadata={"description": description, "example": example},
    )


def time(description: str, *, allow_none: bool = False) -> fields.String:
    """Describe a moment."""
    metadata = {
        "description": f"{description} {TIME}",
        "example": "2026-01-31T12:00:00.000000Z",
        "format": "date-time",
    }
    return fields.String(metadata=metadata, allow_none=allow_none)


def count(description: str, example: int, *, attribute: str | None = None) -> fields.Integer:
    """Describe a number of things."""
    metadata = {"description": description, "example": example, "minimum": 0}
    return fields.Integer(metadata=metadata, attribute=attribute)


def flag(description: str) -> fields.Boolean:
    """Describe what is so or not."""
    return fields.Boolean(metadata={"description": description, "example": False})


def values(description: str, example: dict[str, object]) -> fields.Dict:
    """Describe a record's attributes: a text each, or a list of texts."""
    return fields.Dict(
        keys=fields.String(),
        metadata={
            "description": description,
            "example": example,
            "additionalProperties": {
                "type": ["string", "array"],
                "items": {"type": "string"},
            },
        },
    )


def next_link() -> fields.String:
    """Describe the link to the next page."""
    return text(
        "Where the next page is; null when this is the last one.",
        "/v1/golden-records?email=jane.doe%40example.com&cursor=WzQyXQ",
        allow_none=True,
    )
