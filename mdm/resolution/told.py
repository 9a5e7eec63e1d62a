"""What a submission is told: what became of each of its records, and of which golden records."""

from collections import defaultdict
from collections.abc import Mapping
from functools import cached_property

from mdm.identity.components import MICRO
from mdm.model.records import RecordRef
from mdm.model.views import Outcome, Possible, Submitted
from mdm.resolution.recluster import Reclustered
from mdm.resolution.republish import Republished
from mdm.store import Transaction, neighbourhood
from mdm.store.neighbourhood import Resident

MOST_CANDIDATES = 10


class Told:
    """Tells what was done to golden records, record by record."""

    def __init__(self, tx: Transaction, found: Reclustered, done: Republished) -> None:
        self._tx = tx
        self._found = found
        self._done = done
        self._listed: dict[int, dict[int, list[int]]] = {}

    def answer(self, ref: RecordRef, record_id: int, version: int) -> Submitted:
        """Tell what became of a record."""
        if record_id not in self._found.changed.numbers:
            (resident,) = neighbourhood.residents(self._tx, [record_id])
            serial = resident.serial
            names = neighbourhood.golden_ids(self._tx, [] if serial is None else [serial])
            return Submitted(ref, version, "unchanged", next(iter(names.values()), None))
        before, after = self._done.before.get(record_id), self._done.after.get(record_id)
        return Submitted(
            ref=ref,
            version=version,
            outcome=self._outcome(record_id, before, after),
            golden_id=self._name(after),
            changed=[self._names[serial] for serial in sorted(self._changed(before, after))],
            candidates=self._candidates(record_id, after),
        )

    def _outcome(self, record_id: int, before: int | None, after: int | None) -> Outcome:
        """Name what happened; where several things did, the first of these."""
        done = self._done
        if after is not None and self._flows(done.after, done.before, after, record_id) > 1:
            return "merged"
        if before is not None and self._flows(done.before, done.after, before, record_id) > 1:
            return "split"
        if after is None:
            return "retired"
        if before is not None and before != after and after not in done.minted:
            return "moved"
        return "new" if after in done.minted else "linked"

    def _flows(
        self, here: Mapping[int, int], there: Mapping[int, int], serial: int, but: int
    ) -> int:
        """Count in how many golden records, there, the other records are that are here in one."""
        others = (other for other in self._members(here)[serial] if other != but)
        return len({there[other] for other in others if other in there})

    def _members(self, crosswalk: Mapping[int, int]) -> Mapping[int, list[int]]:
        """List the records of each golden record."""
        known = self._listed.get(id(crosswalk))
        if known is None:
            known = self._listed[id(crosswalk)] = defaultdict(list)
            for record, serial in crosswalk.items():
                known[serial].append(record)
        return known

    def _changed(self, before: int | None, after: int | None) -> set[int]:
        """List the golden records that changed and have to do with one of these."""
        homes = {serial for serial in (before, after) if serial is not None}
        together = {self._first[serial] for serial in homes & self._first.keys()}
        return {each for first in together for each in self._changed_with[first]}

    @cached_property
    def _changed_with(self) -> Mapping[int, list[int]]:
        """The first of some golden records -> those of them that changed."""
        found = defaultdict[int, list[int]](list)
        for serial in self._done.changed:
            found[self._first[serial]].append(serial)
        return found

    @cached_property
    def _first(self) -> Mapping[int, int]:
        """Golden record -> the first of those that records went to and fro between."""
        first = {serial: serial for serial in self._done.changed}
        for record, before in self._done.before.items():
            pair = (before, self._done.after.get(record, before))
            tops = sorted(_top(first, serial) for serial in pair)
            first[tops[1]] = tops[0]
        return {serial: _top(first, serial) for serial in first}

    def _candidates(self, record_id: int, after: int | None) -> list[Possible]:
        """List the strongest pair with each other golden record, the strongest first."""
        best: dict[int, tuple[int, RecordRef]] = {}
        for other, weight in sorted(self._worth_review[record_id], key=lambda each: -each[1]):
            serial = self._serial_of(other)
            if serial is not None and serial != after:
                best.setdefault(serial, (weight, self._refs[other]))
        return [
            Possible(self._names[serial], ref, weight / MICRO)
            for serial, (weight, ref) in list(best.items())[:MOST_CANDIDATES]
        ]

    @cached_property
    def _worth_review(self) -> Mapping[int, list[tuple[int, int]]]:
        """Changed record -> (other record, weight) of its pairs that are worth a look."""
        found = defaultdict[int, list[tuple[int, int]]](list)
        for (one, other), weight in sorted(self._found.scored.items()):
            found[one].append((other, weight))
            found[other].append((one, weight))
        return found

    @cached_property
    def _refs(self) -> Mapping[int, RecordRef]:
        residents = (*self._found.changed.residents, *self._others.values())
        return {each.record_id: each.ref for each in residents}

    @cached_property
    def _others(self) -> Mapping[int, Resident]:
        """The records, beside the changed ones, of the pairs that are worth a look."""
        numbers = self._worth_review.keys() - self._found.changed.numbers
        return {each.record_id: each for each in neighbourhood.residents(self._tx, numbers)}

    def _serial_of(self, record_id: int) -> int | None:
        """Tell the golden record that a record is in now."""
        standing = self._others.get(record_id)
        return self._done.after.get(record_id, None if standing is None else standing.serial)

    def _name(self, serial: int | None) -> str | None:
        return None if serial is None else self._names[serial]

    @cached_property
    def _names(self) -> Mapping[int, str]:
        serials = {*self._done.before.values(), *self._done.after.values(), *self._done.changed}
        beside = (self._serial_of(record_id) for record_id in self._worth_review)
        return neighbourhood.golden_ids(self._tx, serials | {n for n in beside if n is not None})


def _top(first: dict[int, int], serial: int) -> int:
    while first.setdefault(serial, serial) != serial:
        serial = first[serial]
    return serial
