"""Finding golden records for people: by ID, by a department's key, by the matching.

What is found by attributes need not reach a threshold, only agree in more than it differs: whoever
types a surname alone has said little, and wants to see who bears it.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import TypeVar

from mdm.finding.text import TextReader
from mdm.model.errors import NotFound, Pending, ResolvedElsewhere, Retired
from mdm.model.finding import LONGEST_TEXT, Finding, Hit
from mdm.model.records import RecordRef
from mdm.model.views import Matched
from mdm.reading import Reading
from mdm.resolution.match import Matcher

Asked = TypeVar("Asked")
_GOLDEN_ID = re.compile(r"g[0-9a-f]{20}")


class Finder:
    """Finds golden records; threads may share it."""

    def __init__(self, reading: Reading, matcher: Matcher) -> None:
        self._reading = reading
        self._matcher = matcher

    def by_text(self, text: str, *, limit: int) -> Finding:
        """Find by a line of text: a golden ID, a department's key, or any attributes' values.

        A key alone, or `source/key`, is compared exactly, and so is an ID; all else is matched by
        the active model.  NothingToDo before the first resolve.
        """
        text = text.strip()[:LONGEST_TEXT]
        if _GOLDEN_ID.fullmatch(text):
            return _looked_up(self._by_id, [text])
        exact = _looked_up(self._by_key, self._reading.refs_of(text))
        readings = TextReader(*self._matcher.terms()).readings(text)
        matched = self._matched(readings, limit=limit)
        hits: dict[str, Hit] = {}
        for hit in (*exact.hits, *matched.hits):
            hits.setdefault(hit.golden_record.golden_id, hit)
        return Finding(
            hits=list(hits.values())[:limit],
            readings=readings,
            unresolved=exact.unresolved,
            too_common=matched.too_common,
            link_bits=matched.link_bits,
            review_bits=matched.review_bits,
        )

    def by_key(self, ref: RecordRef) -> Finding:
        """Find the golden record of a department's record."""
        return _looked_up(self._by_key, [ref])

    def by_attributes(self, given: Mapping[str, str], *, limit: int) -> Finding:
        """Find by what is known of a customer; RecordInvalid when it breaks the rules."""
        return self._matched([given], limit=limit)

    def _by_id(self, golden_id: str) -> Hit:
        try:
            return Hit(self._reading.golden_record(golden_id), "golden_id")
        except ResolvedElsewhere as elsewhere:
            return Hit(self._reading.golden_record(elsewhere.golden_id), "golden_id")

    def _by_key(self, ref: RecordRef) -> Hit:
        return Hit(self._reading.golden_record_of(ref), "key", ref)

    def _matched(self, readings: Iterable[Mapping[str, str]], *, limit: int) -> Finding:
        """Match each reading; a golden record that several find counts with the best weight."""
        best: dict[str, Matched] = {}
        too_common = dict[str, None]()
        matches = None
        for reading in readings:
            matches = self._matcher.nearest(reading, limit=limit)
            if set(matches.too_common) == matches.standardised.keys():
                too_common |= dict.fromkeys(matches.too_common)
            for item in matches.items:
                golden_id = item.golden_record.golden_id
                if golden_id not in best or best[golden_id].weight_bits < item.weight_bits:
                    best[golden_id] = item
        ranked = sorted(best.values(), key=lambda item: -item.weight_bits)
        return Finding(
            hits=[hit for hit in map(_hit, ranked) if hit.evidence > 0][:limit],
            too_common=list(too_common),
            link_bits=matches.link_bits if matches else None,
            review_bits=matches.review_bits if matches else None,
        )


def _looked_up(look_up: Callable[[Asked], Hit], asked: Iterable[Asked]) -> Finding:
    """Look up each of what was asked for; what is not known is left out."""
    hits, unresolved = [], []
    for each in asked:
        try:
            hits.append(look_up(each))
        except (Pending, Retired) as known:
            unresolved.append(known.message)
        except NotFound:
            continue
    return Finding(hits=hits, unresolved=unresolved)


def _hit(item: Matched) -> Hit:
    nearest = item.pairs[0]
    return Hit(
        golden_record=item.golden_record,
        by="match",
        ref=nearest.ref,
        weight_bits=nearest.weight_bits,
        parts=nearest.parts,
    )
