"""The raw material in `lists/`: plain text, `heading: words`, a `#` at the start is a comment."""

from collections.abc import Iterator
from pathlib import Path

HERE = Path(__file__).parent / "lists"


def lines(name: str) -> Iterator[tuple[str, list[str]]]:
    """Read a list file: each line's heading and its words (`_` within a word is a space)."""
    for line in (HERE / f"{name}.txt").read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            heading, _, words = line.partition(": ")
            yield heading, [word.replace("_", " ") for word in words.split()]


def spellings(word: str) -> tuple[str, str]:
    """Split `native=latin`; a word without `=` is spelled one way only."""
    native, _, latin = word.partition("=")
    return native, latin or native
