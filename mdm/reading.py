"""Everything that can be read one thing at a time: golden records, their evidence, the sources.

Each answer is one consistent moment of the store.  Nothing here writes.
"""

from collections.abc import Collection, Sequence

from mdm.explained import explained
from mdm.inside import inside
from mdm.model.changes import Change
from mdm.model.explanation import Explainer
from mdm.model.history import Happened
from mdm.model.inside import Inside
from mdm.model.overview import Overview
from mdm.model.pins import KeptPin, Sayings, ShownPin
from mdm.model.records import Attributes, RecordRef
from mdm.model.rules.rules import Rules
from mdm.model.search import Search
from mdm.model.views import (
    Explanation,
    Found,
    GoldenRecord,
    KeptJudgement,
    Page,
    Position,
    ResolvedRecord,
    SourceRecord,
    SourceSummary,
    SourceVersion,
)
from mdm.pinned import Pinned
from mdm.sayings import sayings
from mdm.searching import Searching
from mdm.store import Store, models
from mdm.store.reads import (
    changes,
    evidence,
    golden,
    history,
    judgements,
    overview,
    pins,
    records,
    refs,
    sources,
)
from mdm.store.reads.snapshot import snapshot


class Reading:
    """What readers of a store can ask; threads may share it.

    `rules` say how searched values are standardised, `explainer` takes match weights apart.
    Every method raises StoreNotReady or StoreTooNew when the database cannot be read.
    """

    def __init__(self, store: Store, rules: Rules, explainer: Explainer) -> None:
        self._store = store
        self._searching = Searching(rules)
        self._pinned = Pinned(rules)
        self._explainer = explainer

    def check(self) -> None:
        """Make sure that the database has the tables this code needs, and answers a query."""
        self._store.check()
        with snapshot(self._store) as tx:
            sources.last_resolution(tx)

    def forms(self, name: str, values: Sequence[str]) -> list[str | None]:
        """Bring values of an attribute to the form that they are compared in, None for no use."""
        return self._searching.standardiser.column(name, values)

    def golden_record(self, golden_id: str) -> GoldenRecord:
        """Read the golden record that carries an ID.

        Raises ResolvedElsewhere, NotFound, Pending or Retired, as `golden.serial_of` says.
        """
        with snapshot(self._store) as tx:
            return golden.golden_records(tx, [golden.serial_of(tx, golden_id)])[0]

    def inside(self, golden_id: str) -> Inside:
        """Read a golden record with what decides between its records and holds them together.

        Raises as `golden_record` does.
        """
        with snapshot(self._store) as tx:
            return inside(tx, golden.serial_of(tx, golden_id))

    def contents(self, golden_ids: Collection[str]) -> dict[str, Attributes]:
        """Read what golden records say, by their IDs; those that are no more are absent."""
        with snapshot(self._store) as tx:
            return golden.contents(tx, golden_ids)

    def golden_record_of(self, ref: RecordRef) -> GoldenRecord:
        """Read the golden record that a department's record belongs to.

        Raises NotFound for an unknown source or key, Pending before the record's first resolve,
        Retired when its department retired it.
        """
        with snapshot(self._store) as tx:
            return golden.golden_records(tx, [golden.serial_of_record(tx, ref)])[0]

    def refs_of(self, text: str) -> list[RecordRef]:
        """List the records, live or retired, that a text names: by its key, or as `source/key`."""
        with snapshot(self._store) as tx:
            return refs.refs_of(tx, text)

    def search(self, search: Search, *, after: Position | None, limit: int) -> Found:
        """Find golden records by a value that one of their records has, exactly, standardised.

        At most `limit` of them behind the position `after`, in the order in which their IDs were
        minted.
        """
        keys = self._searching.keys(search)
        (behind,) = after or (0,)
        with snapshot(self._store) as tx:
            serials = golden.serials_by_key(tx, keys, after=behind, limit=limit + 1)
            found = golden.golden_records(tx, serials[:limit])
        rest = (serials[limit - 1],) if len(serials) > limit else None
        return Found(tuple(key.value for key in keys), Page(found, rest))

    def source_records(
        self, golden_id: str, *, after: Position | None, limit: int
    ) -> Page[SourceRecord]:
        """Read the source records of a golden record as they came, in order of first arrival.

        Raises as `golden_record` does.
        """
        (behind,) = after or (0,)
        with snapshot(self._store) as tx:
            serial = golden.serial_of(tx, golden_id)
            found = records.records_of(tx, serial, after=behind, limit=limit + 1)
        rest = (found[limit - 1][0],) if len(found) > limit else None
        return Page([record for _, record in found[:limit]], rest)

    def explanation(self, golden_id: str, *, after: Position | None, limit: int) -> Explanation:
        """Tell what holds a golden record together: scored pairs, strongest first; judgements.

        Raises as `golden_record` does.
        """
        with snapshot(self._store) as tx:
            serial = golden.serial_of(tx, golden_id)
            behind = after or evidence.STRONGEST
            pairs = evidence.pairs_within(tx, serial, after=behind, limit=limit + 1)
            opinions = evidence.opinions_within(tx, [serial])
            model = models.active(tx)
            shown = explained(tx, self._explainer, model, pairs[:limit])
        rest = pairs[limit - 1].position if len(pairs) > limit else None
        return Explanation(
            golden_id=golden_id,
            model_version=model.version if model else None,
            link_bits=model.link_bits if model else None,
            pairs=Page(shown, rest),
            judgements=opinions,
        )

    def history(self, golden_id: str, *, after: Position | None, limit: int) -> Page[Happened]:
        """Read what happened to a golden ID, newest first, whatever became of it.

        NotFound for one that was never issued.
        """
        behind = after or history.NOW
        with snapshot(self._store) as tx:
            found = history.history(tx, golden_id, after=behind, limit=limit + 1)
        rest = found[limit - 1].position if len(found) > limit else None
        return Page(found[:limit], rest)

    def record(self, ref: RecordRef) -> ResolvedRecord:
        """Read a source record as it came, live or retired; NotFound for an unknown one."""
        with snapshot(self._store) as tx:
            return records.record_of(tx, ref)

    def versions(
        self, ref: RecordRef, *, after: Position | None, limit: int
    ) -> Page[SourceVersion]:
        """Read the versions of a source record, oldest first; NotFound for an unknown one."""
        (behind,) = after or (0,)
        with snapshot(self._store) as tx:
            found = records.versions_of(tx, ref, after=behind, limit=limit + 1)
        rest = (found[limit - 1].version,) if len(found) > limit else None
        return Page(found[:limit], rest)

    def judgement(self, judgement_id: int) -> KeptJudgement:
        """Read a judgement, in force or not; NotFound for an unknown one."""
        with snapshot(self._store) as tx:
            return judgements.judgement(tx, judgement_id)

    def judgements(
        self, ref: RecordRef | None, *, after: Position | None, limit: int
    ) -> Page[KeptJudgement]:
        """Read judgements, oldest first, all or those on a record; NotFound for an unknown one."""
        (behind,) = after or (0,)
        with snapshot(self._store) as tx:
            found = judgements.judgements(tx, ref, after=behind, limit=limit + 1)
        rest = (found[limit - 1].judgement_id,) if len(found) > limit else None
        return Page(found[:limit], rest)

    def pins(self, golden_id: str, *, after: Position | None, limit: int) -> Page[ShownPin]:
        """Read the pins of a golden record, latest first: which count, and who disagrees.

        They are those of all golden IDs that lead to it.  Raises as `golden_record` does.
        """
        (before,) = after or (None,)
        with snapshot(self._store) as tx:
            serial = golden.serial_of(tx, golden_id)
            return self._pinned.shown(tx, serial, before=before, limit=limit)

    def sayings(self, golden_id: str, names: Sequence[str]) -> Sayings:
        """List the distinct values that the records of a golden record have, to be pinned.

        `names`: the attributes that are pinned together.  Raises as `golden_record` does.
        """
        with snapshot(self._store) as tx:
            members = pins.members(tx, golden.serial_of(tx, golden_id))
        return sayings(members, names, self._searching.standardiser.attributes)

    def pin(self, pin_id: int) -> KeptPin:
        """Read a pin, be it removed; NotFound for an unknown one."""
        with snapshot(self._store) as tx:
            return pins.pin(tx, pin_id)

    def changes(self, *, after: int, limit: int) -> Page[Change]:
        """Read at most `limit` changes with a number above `after`, in one order without gaps.

        The values that they tell are those of the same moment, so that whoever has followed to the
        end has what is published.
        """
        with snapshot(self._store) as tx:
            found = changes.changes(tx, after=after, limit=limit + 1)
        rest = (found[limit - 1].number,) if len(found) > limit else None
        return Page(found[:limit], rest)

    def source_names(self) -> list[str]:
        """List the names of all sources; unlike `sources` it counts nothing."""
        with snapshot(self._store) as tx:
            return sources.names(tx)

    def sources(self) -> list[SourceSummary]:
        """Read every source's figures, by name."""
        with snapshot(self._store) as tx:
            return sources.summaries(tx, overview.duplicates(tx))

    def overview(self) -> Overview:
        """Read how many records, golden records, duplicates, pairs and questions there are."""
        with snapshot(self._store) as tx:
            return overview.overview(tx)
