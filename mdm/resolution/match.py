"""Match: which golden records a record would belong to; nothing of it is kept.

The record is standardised by the active model's rules, its candidates are found by its blocking
keys, and their pairs are scored, as they would be if it were submitted.  What counts for a golden
record is what clustering counts: the linkage of the record with all of its records.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from mdm.identity.components import MICRO
from mdm.identity.fusion import MISSING, linkage
from mdm.matching.explaining import explanation
from mdm.matching.model import ScoringModel
from mdm.matching.scorer import Scorer
from mdm.matching.scoring import PART
from mdm.model.records import Attributes
from mdm.model.rules.rules import Rules
from mdm.model.views import Matched, MatchedRecord, Matches
from mdm.resolution.ready import ReadyModels
from mdm.resolution.submitted import submitted_attributes
from mdm.standardise import Standardiser
from mdm.store import Store, Transaction
from mdm.store.codec import to_json
from mdm.store.reads.candidates import Candidate, candidates
from mdm.store.reads.golden import golden_records
from mdm.store.reads.snapshot import snapshot

_ASKED = 0
"""The number of the record that is asked about; those of the store count from 1."""


@dataclass(frozen=True)
class _Scored:
    """A golden record (serial) beside the asked record: linkage and best pair in micro-bits."""

    serial: int
    linkage: int
    best: int
    pairs: Sequence[tuple[Candidate, Mapping[str, Any]]]


@dataclass(frozen=True)
class _Told:
    """What is told of pairs: the parts by `model`, if any; the `most` strongest, None for all."""

    model: ScoringModel | None
    most: int | None

    def of(self, scored: _Scored) -> list[MatchedRecord]:
        """Tell the pairs with a golden record, strongest first."""
        pairs = sorted(scored.pairs, key=lambda pair: -int(pair[1]["weight"]))
        return [self._pair(*each) for each in pairs[: self.most]]

    def _pair(self, candidate: Candidate, row: Mapping[str, Any]) -> MatchedRecord:
        ends = (_ASKED, candidate.record_id)
        parts = explanation(self.model, ends, row).parts if self.model else ()
        return MatchedRecord(candidate.ref, row["weight"] / MICRO, parts)


class Matcher:
    """Matches records against a store; threads may share it."""

    def __init__(self, store: Store, models: ReadyModels) -> None:
        self._store = store
        self._models = models

    def terms(self) -> tuple[Rules, Standardiser]:
        """Give the rules of the active model, and what brings values to their form.

        NothingToDo before the first resolve.
        """
        with snapshot(self._store) as tx:
            ready = self._models.active(tx)
        return ready.rules, ready.standardiser

    def match(self, given: Mapping[str, object], *, limit: int, explain: bool) -> Matches:
        """Rank the golden records that a record with these attributes may belong to.

        Those whose linkage with it, or whose best pair, is at or above the review threshold, at
        most `limit`, best first, of equals the one minted first.  With `explain` each pair tells
        its parts.  RecordInvalid when the attributes break the rules; NothingToDo before the first
        resolve.
        """
        return self._match(given, limit=limit, explain=explain, nearest=False)

    def nearest(self, given: Mapping[str, object], *, limit: int) -> Matches:
        """Rank the golden records that share a blocking key with a record, however weak.

        Each has its strongest pair alone, with the parts of it; otherwise as `match`.
        """
        return self._match(given, limit=limit, explain=True, nearest=True)

    def _match(
        self, given: Mapping[str, object], *, limit: int, explain: bool, nearest: bool
    ) -> Matches:
        with snapshot(self._store) as tx:
            ready = self._models.active(tx)
            attributes = submitted_attributes(given, ready.rules, ready.standardiser)
            asked = ready.standardiser.attributes(attributes)
            found = candidates(tx, ready.keys(to_json(asked)))
            with ready.scorer() as scorer:
                scored = _scored(scorer, asked, found)
                worth = scored if nearest else _worth_a_look(scored, review=ready.review)
                chosen = sorted(worth, key=lambda each: (-each.linkage, each.serial))[:limit]
                told = _Told(scorer.model if explain else None, 1 if nearest else None)
                model = ready.version
                return Matches(
                    model_version=model.number,
                    link_bits=model.link_bits,
                    review_bits=model.review_bits,
                    standardised=asked,
                    items=_matched(tx, chosen, ready.link, told),
                    too_common=ready.too_common(asked),
                )


def _scored(scorer: Scorer, asked: Attributes, found: Sequence[Candidate]) -> list[_Scored]:
    """Score the asked record with all candidates, golden record by golden record."""
    numbered = {_ASKED: asked} | {each.record_id: each.standardised for each in found}
    rows = scorer.score(numbered, [(_ASKED, each.record_id) for each in found])
    pairs = list(zip(found, rows, strict=True))
    return [
        _linked(serial, list(group))
        for serial, group in groupby(pairs, lambda pair: pair[0].serial)
    ]


def _linked(serial: int, pairs: list[tuple[Candidate, dict[str, Any]]]) -> _Scored:
    """Work out the linkage as clustering does: the prior first, then each comparison."""
    names = [name for name in pairs[0][1] if name.startswith(PART)]
    parts = [[row[name] for name in names] for _, row in pairs]
    weights = [row["weight"] for _, row in pairs]
    priors = [
        weight - sum(part for part in added if part != MISSING)
        for weight, added in zip(weights, parts, strict=True)
    ]
    columns = [
        sorted(part for part in of_one if part != MISSING) for of_one in zip(*parts, strict=True)
    ]
    return _Scored(serial, linkage([sorted(priors), *columns]), max(weights), pairs)


def _worth_a_look(scored: list[_Scored], *, review: int) -> list[_Scored]:
    return [each for each in scored if max(each.linkage, each.best) >= review]


def _matched(tx: Transaction, chosen: Sequence[_Scored], link: int, told: _Told) -> list[Matched]:
    """Lay the golden records beside what was scored."""
    serials = sorted(each.serial for each in chosen)
    views = dict(zip(serials, golden_records(tx, serials), strict=True))
    return [
        Matched(
            golden_record=views[each.serial],
            weight_bits=each.linkage / MICRO,
            decision="link" if each.linkage >= link else "review",
            pairs=told.of(each),
        )
        for each in chosen
    ]
