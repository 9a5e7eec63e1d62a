"""Acts on judgements that must give exactly what their previews said, no more and no less."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import pytest

from mdm.hub import Hub
from mdm.model.errors import MdmError, Retired
from mdm.model.judgements import Proposal
from mdm.model.previews import Preview
from mdm.model.records import RecordRef
from mdm.model.views import GoldenRecord, JudgementDone
from tests.resolving import Office

Told = str | type[MdmError]
NEW = "an ID that was not minted yet"


@dataclass(frozen=True)
class Foreseen:
    """Judges and withdraws, and compares what comes with what the preview told."""

    office: Office
    hub: Hub

    def judge(self, proposal: Proposal) -> JudgementDone:
        return self._compared(lambda: self.hub.preview(proposal), lambda: self.hub.judge(proposal))

    def withdraw(self, number: int) -> JudgementDone:
        return self._compared(
            lambda: self.hub.preview_withdrawal(number),
            lambda: self.hub.withdraw(number, "steward", "looked again"),
        )

    def _compared(
        self, preview: Callable[[], Preview], act: Callable[[], JudgementDone]
    ) -> JudgementDone:
        foreseen = _tried(preview)
        if isinstance(foreseen, MdmError):
            with pytest.raises(type(foreseen), match=re.escape(str(foreseen))):
                act()
            raise foreseen
        ids = self._ids()
        before, led = self._golden(), {each: self.office.ask(each) for each in ids}
        done = act()
        after = self._golden()
        _is_what_came(foreseen, before, after, set(ids))
        _changed_what_was_told(foreseen, before, done)
        self._leads_where_told(foreseen, led)
        return done

    def _ids(self) -> list[str]:
        return [str(each) for (each,) in self.office.query("SELECT golden_id FROM golden_id")]

    def _golden(self) -> dict[str, GoldenRecord]:
        carried = set(self.office.homes().values())
        return {each: self.hub.reading.golden_record(each) for each in carried}

    def _leads_where_told(self, foreseen: Preview, led: Mapping[str, Told]) -> None:
        """Every ID that leads elsewhere than before was told, and no other was."""
        restored = {
            each.golden_id: each.golden_id
            for each in foreseen.golden_records
            if each.standing == "restored"
        }
        told = {
            each.asked: NEW if each.new else each.golden_id or Retired
            for each in foreseen.elsewhere
        } | restored
        found = {each: self.office.ask(each) for each in led}
        now = {
            each: NEW if isinstance(to, str) and to not in led else to for each, to in found.items()
        }
        assert told == {each: to for each, to in now.items() if to != led[each]}


def _tried(preview: Callable[[], Preview]) -> Preview | MdmError:
    try:
        return preview()
    except MdmError as refused:
        return refused


def _is_what_came(
    foreseen: Preview,
    before: Mapping[str, GoldenRecord],
    after: Mapping[str, GoldenRecord],
    ids: set[str],
) -> None:
    """Each golden record is as it was told, down to the ID; all that differ were told."""
    homes = {refs(each): name for name, each in after.items()}
    differing = {
        name for name, each in after.items() if name not in before or _says(before[name], each)
    }
    for told in foreseen.golden_records:
        name = homes[tuple(told.records)]
        came = after[name]
        assert (came.attributes, came.provenance) == (told.attributes, told.provenance)
        assert told.golden_id == (name if name in ids else None)
        assert (told.standing == "new") == (name not in ids)
        assert (told.standing == "restored") == (name in ids and name not in before)
        assert (told.standing == "unchanged") == (name not in differing)
        assert {each.attribute for each in told.changes} == _rewritten(before.get(name), came)
        differing.discard(name)
    assert differing == set()
    assert len(foreseen.golden_records) == foreseen.golden_count


def refs(golden: GoldenRecord) -> tuple[RecordRef, ...]:
    return tuple(sorted(each.ref for each in golden.crosswalk))


def _says(before: GoldenRecord, after: GoldenRecord) -> bool:
    """Whether a golden record has other records, other values or others' values."""
    return (refs(before), before.attributes, before.provenance) != (
        refs(after),
        after.attributes,
        after.provenance,
    )


def _rewritten(before: GoldenRecord | None, after: GoldenRecord) -> set[str]:
    if before is None:
        return set()
    said, says = before.attributes, after.attributes
    return {name for name in said.keys() | says.keys() if said.get(name) != says.get(name)}


def _changed_what_was_told(
    foreseen: Preview, before: Mapping[str, GoldenRecord], done: JudgementDone
) -> None:
    """The act tells the golden IDs of what changed, was made or ended: those of the preview."""
    lasting = {
        each.golden_id for each in foreseen.golden_records if each.standing in ("kept", "restored")
    }
    ended = {each.asked for each in foreseen.elsewhere if each.asked in before}
    new = [each for each in foreseen.golden_records if each.golden_id is None]
    assert lasting | ended <= set(done.changed)
    assert len(set(done.changed) - lasting - ended) == len(new)
