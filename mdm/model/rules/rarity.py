"""Whether the rarity of a value can be counted where a rules file asks for it.

In: the sections as they were written.  Out: what is wrong with each `term_frequency`, in the form
of marshmallow's messages.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from mdm.model.rules.fields import list_in, mapping_in
from mdm.model.rules.vocabulary import MANY_BY_KIND


def misplaced(data: Mapping[str, Any]) -> dict[str, Any]:
    """Tell, by comparison, which levels count the rarity of what they cannot count it of."""
    several = {
        name for name, entry in mapping_in(data.get("attributes")).items() if _is_many(entry)
    }
    counted: dict[str, str] = {}
    found = {
        name: dict(
            _misplaced(name, list_in(mapping_in(comparison).get("levels")), several, counted)
        )
        for name, comparison in mapping_in(data.get("comparisons")).items()
    }
    return {name: {"value": {"levels": levels}} for name, levels in found.items() if levels}


def _misplaced(
    comparison: str, levels: list[Any], several: set[str], counted: dict[str, str]
) -> Iterator[tuple[int, Any]]:
    """Go through the levels of a comparison; `counted` tells in which one each rarity counts."""
    alone = [mapping_in(mapping_in(level).get("when")) for level in levels]
    for at, level in enumerate(levels):
        name = mapping_in(level).get("term_frequency")
        if not isinstance(name, str):
            continue
        if name in several:
            message = "has several values in a record, so its rarity cannot count: leave it out"
            yield at, {"term_frequency": [message]}
        elif {name: "same"} not in alone:
            message = (
                "its rarity is counted from a level where it alone is the same: "
                f"add {{when: {{{name}: same}}}} to this comparison, or leave this out"
            )
            yield at, {"term_frequency": [message]}
        elif counted.setdefault(name, comparison) != comparison:
            message = (
                f"its rarity counts in the comparison {counted[name]!r} already, and is evidence "
                "once only: leave it out of one of them"
            )
            yield at, {"term_frequency": [message]}


def _is_many(written: object) -> bool:
    entry = written if isinstance(written, Mapping) else {"kind": written}
    return bool(entry.get("many", str(entry.get("kind")) in MANY_BY_KIND))
