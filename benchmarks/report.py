"""The page of figures: each benchmark replaces what stands between its own markers."""

import os
import platform
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

PAGE = Path(__file__).parent.parent / "docs" / "benchmarks.md"
LIBRARIES = ("splink", "duckdb", "numpy", "pyarrow", "sqlalchemy")

_HEAD = """# Benchmarks

Figures that the programs in `benchmarks/` wrote here themselves. Read times as ratios: they depend
on the machine and on what else it was doing.
"""


def write_section(name: str, title: str, lines: Sequence[str], *, page: Path = PAGE) -> None:
    """Write a benchmark's section, with date and machine; other sections stay as they are."""
    begin, end = f"<!-- {name}: begin -->", f"<!-- {name}: end -->"
    section = "\n".join([begin, f"## {title}", "", measured_on(), "", *lines, end])
    text = page.read_text(encoding="utf-8") if page.exists() else _HEAD
    if begin in text and end in text:
        before, _, rest = text.partition(begin)
        text = before + section + rest.partition(end)[2]
    else:
        text = f"{text.rstrip()}\n\n{section}\n"
    page.write_text(text, encoding="utf-8")


def table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """Write a Markdown table; the first column is text, the others are figures."""
    rule = ["---"] + ["---:"] * (len(header) - 1)
    return [f"| {' | '.join(row)} |" for row in (header, rule, *rows)]


def measured_on() -> str:
    """Say when and on what kind of machine this runs."""
    pages, size = os.sysconf("SC_PHYS_PAGES"), os.sysconf("SC_PAGE_SIZE")
    libraries = ", ".join(f"{name} {version(name)}" for name in LIBRARIES)
    return (
        f"{datetime.now(UTC):%Y-%m-%d}, {platform.system()}, {os.cpu_count()} cores, "
        f"{pages * size / 2**30:.0f} GiB memory, Python {platform.python_version()}, {libraries}."
    )
