"""What stewards judged around some records, read as a search comes to them.

In: record IDs.  Out: what `mdm.identity.judgements.constraints` says of them, as it says in a run
over everything: *same* is followed from judgement to judgement, through retired records too.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from mdm.identity.judgements import Constraints, Pair, constraints
from mdm.model.judgements import Judgement
from mdm.store import Transaction, judgements, neighbourhood


@dataclass(frozen=True)
class JudgementChange:
    """What stewards do: judgements that `come` into force and those that `go` out of it.

    They may be written or not yet; one that is not has the number 0.  `own`: the own IDs (serials)
    that records get by it, None for none.
    """

    come: Sequence[Judgement] = ()
    go: Sequence[Judgement] = ()
    own: Mapping[int, int | None] = field(default_factory=dict)

    @property
    def all(self) -> Sequence[Judgement]:
        """Both kinds."""
        return (*self.come, *self.go)

    def members(self) -> set[int]:
        """List the records that they are about."""
        return {member.record_id for each in self.all for member in each.members}


NO_CHANGE = JudgementChange()


class JudgedAround:
    """The judgements in force that touch the records looked at.

    Those that `come` are in force, those that are numbered in `without` are not, whatever the store
    says.  Records that are `absent` count as retired.
    """

    def __init__(
        self,
        tx: Transaction,
        come: Sequence[Judgement] = (),
        *,
        without: Collection[int] = (),
        absent: Collection[int] = (),
    ) -> None:
        self._tx = tx
        self._come = come
        self._without = without
        self._absent = absent
        self._nothing = not come and not judgements.any_in_force(tx)
        self._looked_at: set[int] = set()
        self._judgements: dict[int, Judgement] = {}
        self._group: dict[int, tuple[int, ...]] = {}
        self.asked = Constraints()

    def look_at(self, record_ids: Iterable[int]) -> None:
        """Read what was judged of these records and of what is the same as they."""
        if self._nothing:
            return
        known = len(self._judgements)
        ahead = set(record_ids) - self._looked_at
        while ahead:
            self._looked_at |= ahead
            found = self._touching(ahead)
            self._judgements |= found
            ahead = {other for each in found.values() for other in _same(each, ahead)}
            ahead -= self._looked_at
        if len(self._judgements) > known:
            self._work_out()

    def _touching(self, records: set[int]) -> dict[int, Judgement]:
        """Find the judgements on these records by their numbers."""
        kept = judgements.touching(self._tx, records)
        coming = (each for each in self._come if any(m.record_id in records for m in each.members))
        return {
            each.judgement_id: each
            for each in (*kept, *coming)
            if each.judgement_id not in self._without
        }

    def members(self) -> set[int]:
        """List the records of all judgements that were found."""
        return {member.record_id for each in self._judgements.values() for member in each.members}

    def same_as(self, record_id: int) -> tuple[int, ...]:
        """List the live records that are judged the same as one that was looked at."""
        return self._group.get(record_id, ())

    def is_unsure(self, pair: Pair) -> bool:
        """Tell whether a pair of records that were looked at stays below the link threshold."""
        return pair in self.asked.unsure

    def _work_out(self) -> None:
        live = neighbourhood.contents(self._tx, self.members().difference(self._absent))
        self.asked = constraints(self._judgements.values(), live)
        self._group = {record: group for group in self.asked.same for record in group}


def _same(judgement: Judgement, records: set[int]) -> list[int]:
    """List the members of the parts that hold any of the records."""
    if judgement.kind != "partition":
        return []
    parts = {member.part for member in judgement.members if member.record_id in records}
    return [member.record_id for member in judgement.members if member.part in parts]
