"""The active model version, made ready to work with one record at a time."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from threading import Lock

from mdm.identity.components import MICRO
from mdm.identity.survivorship import Plan, plan
from mdm.matching.keys import KeptKeys
from mdm.matching.scorer import Scorer, Scorers
from mdm.model.errors import NothingToDo
from mdm.model.models import ModelVersion
from mdm.model.records import Attributes
from mdm.model.rules.rules import Rules
from mdm.resolution.seen import LastSeen
from mdm.standardise import Standardiser
from mdm.store import Transaction, models
from mdm.store.codec import attributes_from_json

_REMEMBERED_KEYS = 4_096
"""Records of which the keys are remembered, 1 KB each: a bulk asks again under the lock."""


@dataclass(frozen=True, eq=False)
class ReadyModel:
    """A model version, and what its rules say in a form that works fast; threads may share it."""

    version: ModelVersion
    rules: Rules
    standardiser: Standardiser
    survivorship: Plan
    scorers: Scorers
    last_seen: LastSeen
    _keys: KeptKeys = field(repr=False)
    keys: Callable[[str], Sequence[int]] = field(repr=False)
    """Lists the blocking keys of a standardised record, given as JSON, as they are kept."""

    @classmethod
    def of(cls, version: ModelVersion, scorers: Scorers) -> "ReadyModel":
        """Make a version ready; takes about a second."""
        with scorers.of(version) as scorer:
            rules = scorer.model.rules
        standardiser, keys = Standardiser(rules), KeptKeys(rules, version.skipped_keys)
        return cls(
            version=version,
            rules=rules,
            standardiser=standardiser,
            survivorship=plan(rules, standardiser.column),
            scorers=scorers,
            last_seen=LastSeen(),
            _keys=keys,
            keys=lru_cache(_REMEMBERED_KEYS)(lambda text: keys.of(attributes_from_json(text))),
        )

    @property
    def link(self) -> int:
        """The link threshold in micro-bits."""
        return round(self.version.link_bits * MICRO)

    @property
    def review(self) -> int:
        """The review threshold in micro-bits."""
        return round(self.version.review_bits * MICRO)

    def too_common(self, standardised: Attributes) -> list[str]:
        """List the attributes whose values so many share that they alone make no candidates."""
        return self._keys.too_common(standardised)

    @contextmanager
    def scorer(self) -> Iterator[Scorer]:
        """Lend a scorer."""
        with self.scorers.of(self.version) as scorer:
            yield scorer


class ReadyModels:
    """Gives the active version of a store, ready; threads may share it."""

    def __init__(self, scorers: Scorers) -> None:
        self._scorers = scorers
        self._lock = Lock()
        self._ready: ReadyModel | None = None

    @property
    def last(self) -> ReadyModel | None:
        """The version that was made ready last; others may be active by now."""
        return self._ready

    def active(self, tx: Transaction) -> ReadyModel:
        """Give the version that the published golden records were made with.

        NothingToDo before the first resolve, and in a database of an older release before the next.
        """
        number = models.matching_number(tx)
        if number is None:
            raise NothingToDo("nothing can be matched before a resolve: run `mdm resolve`")
        ready = self._ready
        if ready is None or ready.version.number != number:
            with self._lock:
                ready = self._ready = ReadyModel.of(models.get(tx, number), self._scorers)
        return ready
