"""A steward's decision as the form sends it: the records that were shown, each in its part."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import orjson
from werkzeug.datastructures import MultiDict

from api.golden_records import GOLDEN_ID
from api.judgement_schemas import LONGEST_REASON
from mdm.model.errors import Fault, RecordInvalid
from mdm.model.inside import Member
from mdm.model.judgements import Proposal, Shown
from mdm.model.pins import Saying
from mdm.model.records import RecordRef

MERGE, PARTS, UNSURE = "merge", "parts", "unsure"
"""One customer; several ones, as marked; nobody can tell."""
LETTERS = "ABCDEFGHI"
_FORM = Fault("form", "is not as the page made it: load the page again")


@dataclass(frozen=True)
class Decision:
    """What was decided of the records that were shown, with the part (0 is A) of each.

    `golden_ids` are the golden records that were shown; they hold those records and no others.
    """

    word: str
    shown: Mapping[Shown, int]
    reason: str
    supersedes: Sequence[int]
    keeps_part: int | None
    golden_ids: Sequence[str]

    def proposal(self, actor: str) -> Proposal:
        """Make the judgement that it asks for.

        RecordInvalid when the records are marked as several customers and are all in one part.
        """
        places = sorted(set(self.shown.values()))
        if self.word == MERGE:
            parts = [list(self.shown)]
        elif len(places) < 2:
            told = "are all in one part: put those of another customer into another part"
            raise RecordInvalid([Fault("records", told)])
        else:
            parts = [[each for each, at in self.shown.items() if at == place] for place in places]
        keeps = self.keeps_part if self.word == PARTS else None
        return Proposal(
            kind="unsure" if self.word == UNSURE else "partition",
            parts=parts,
            actor=actor,
            reason=self.reason,
            supersedes=self.supersedes,
            keeps_part=places.index(keeps) if keeps in places else None,
            golden_ids=self.golden_ids,
        )


def read(form: MultiDict[str, str], word: str | None = None) -> Decision:
    """Read a decision from the form; RecordInvalid for one that the page did not make.

    `word`: what is decided, where the button does not say it.
    """
    records = form.getlist("record")
    shown = {
        read_shown(text): _part(form.get(f"part-{at}", "0")) for at, text in enumerate(records)
    }
    word = word or form.get("decision", "")
    golden_ids = form.get("of", "").split()
    is_named = golden_ids and all(map(GOLDEN_ID.fullmatch, golden_ids))
    if not shown or not is_named or word not in (MERGE, PARTS, UNSURE):
        raise RecordInvalid([_FORM])
    keeps = form.get("keeps", "")
    return Decision(
        word=word,
        shown=shown,
        reason=said(form, "reason"),
        supersedes=[_number(text) for text in form.getlist("supersedes")],
        keeps_part=_part(keeps) if keeps else None,
        golden_ids=golden_ids,
    )


def said(form: MultiDict[str, str], name: str) -> str:
    """Read what was written into a field, without the spaces around it.

    RecordInvalid for one that is too long, or holds a NUL character, which no database takes.
    """
    text = form.get(name, "").strip()
    if len(text) > LONGEST_REASON:
        rule = f"has {len(text):,} characters, and may have {LONGEST_REASON:,}"
        raise RecordInvalid([Fault(name, rule)])
    if "\0" in text:
        raise RecordInvalid([Fault(name, "holds a NUL character: leave it out")])
    return text


def written(member: Member | Saying) -> str:
    """Write a record as the form carries it: its name, and the version that was shown."""
    return orjson.dumps([member.ref.source, member.ref.key, member.version]).decode()


def read_shown(text: str) -> Shown:
    """Read a record as `written` wrote it; RecordInvalid for anything else."""
    try:
        source, key, version = orjson.loads(text)
    except (orjson.JSONDecodeError, TypeError, ValueError) as error:
        raise RecordInvalid([_FORM]) from error
    is_named = isinstance(source, str) and isinstance(key, str) and "\0" not in source + key
    if not is_named or type(version) is not int:
        raise RecordInvalid([_FORM])
    return Shown(RecordRef(source, key), version)


def _part(text: str) -> int:
    if text not in tuple("012345678"):
        raise RecordInvalid([_FORM])
    return int(text)


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 16):
        raise RecordInvalid([_FORM])
    return int(text)


def difference(shown: Mapping[Shown, int], members: Mapping[RecordRef, Member]) -> list[str]:
    """Tell in words how the records that are there now differ from those that were shown."""
    before = {each.ref: each.version for each in shown}
    came = [f"{_name(ref)} came to it" for ref in members if ref not in before]
    went = [f"{_name(ref)} is not in it any more" for ref in before if ref not in members]
    changed = [
        f"{_name(ref)} was changed by its department"
        for ref, member in members.items()
        if before.get(ref, member.version) != member.version
    ]
    return [*came, *went, *changed]


def _name(ref: RecordRef) -> str:
    return f"{ref.source} {ref.key}"
