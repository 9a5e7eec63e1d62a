"""What the commands say: figures as lines of text, the last line the one that matters."""

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING

from mdm.model.errors import MdmError, NotFound
from mdm.model.models import ModelVersion
from mdm.model.users import User
from mdm.model.views import AnsweredLine, Submitted

if TYPE_CHECKING:
    from mdm.resolution.evaluate import Evaluation
    from mdm.resolution.ingest import IngestFigures
    from mdm.resolution.outgrown import OutgrownKey
    from mdm.resolution.resolve import Resolution
    from mdm.resolution.resolve_few import FewResolved
    from mdm.resolution.verify import Verification
    from mdm.store.quarantine import QuarantineEntry

_COUNTS = ("read", "created", "changed", "unchanged", "stale", "quarantined")


_WHERE_TO_LOOK = {
    "source": "nothing of a source by this name was taken yet: "
    "`mdm ingest` takes what the sources file declares, `mdm declare` one that submits",
    "model version": "`mdm models` lists them",
    "user": "`mdm users list` lists them",
}
"""What to do about a name that nothing has, by the kind of thing that was named."""

RULES_CHANGED = (
    "the rules are not those that the active model was trained with: "
    "`mdm train` and `mdm resolve` bring them into effect"
)


def several(count: int, noun: str) -> str:
    """Count things in words: `1 row`, `2,000 rows`."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def of_refusal(error: MdmError) -> str:
    """Tell what was refused, and what to do about it."""
    hint = _WHERE_TO_LOOK.get(error.kind) if type(error) is NotFound else None
    return error.message if hint is None else f"{error.message}: {hint}"


def table(heading: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """Align rows under their heading: text to the left, numbers to the right."""
    written = [[_cell(value) for value in row] for row in rows]
    numeric = [
        all(isinstance(value, int | float) for value in column)
        for column in zip(*rows, strict=True)
    ] or [False] * len(heading)
    lines = [list(heading), *written]
    widths = [max(len(line[place]) for line in lines) for place in range(len(heading))]
    return "\n".join(
        "  ".join(
            cell.rjust(width) if number else cell.ljust(width)
            for cell, width, number in zip(line, widths, numeric, strict=True)
        ).rstrip()
        for line in lines
    )


def _cell(value: object) -> str:
    if isinstance(value, float):
        return f"{value:,.1f}"
    return f"{value:,}" if isinstance(value, int) else str(value)


def of_ingestion(figures: "Sequence[IngestFigures]") -> str:
    """Tell what became of each source's rows."""
    rows = [(each.source, *each.counts.values()) for each in figures if each.error is None]
    failed = [f"{each.source}: {each.error}" for each in figures if each.error is not None]
    return "\n".join([table(["source", *_COUNTS], rows), *failed])


def not_taken(figures: "Sequence[IngestFigures]") -> str | None:
    """Say how much could not be taken; None when everything was."""
    rows = sum(each.quarantined for each in figures)
    failed = [each.source for each in figures if each.error is not None]
    said = []
    if rows:
        said.append(f"{several(rows, 'row')} could not be taken: `mdm quarantine` lists them")
    if failed:
        said.append(f"sources that could not be read: {', '.join(failed)}")
    return "; ".join(said) or None


def of_retry(figures: "Sequence[IngestFigures]") -> str:
    """Tell how many quarantined rows are good now."""
    taken = sum(each.created + each.changed + each.unchanged + each.stale for each in figures)
    return f"{several(taken, 'row')} taken from quarantine"


def of_quarantine(entries: "Sequence[QuarantineEntry]") -> str:
    """List the entries, a line for each fault, and count the rows."""
    lines = [
        (
            entry.source,
            f"line {entry.rejected.line}" if entry.rejected.line else "",
            entry.rejected.key or "",
            entry.rejected.field or "",
            repr(entry.rejected.value) if entry.rejected.value is not None else "",
            entry.rejected.reason,
        )
        for entry in entries
    ]
    listed = table(["source", "line", "key", "field", "value", "reason"], lines) if lines else ""
    rows = len({(entry.source, entry.rejected.row) for entry in entries})
    faults = f", with {several(len(lines), 'fault')}" if rows != len(lines) else ""
    return f"{listed}\n{rows:,} in quarantine{faults}".lstrip("\n")


def of_training(model: ModelVersion) -> str:
    """Tell what was trained, and every warning."""
    warnings = [f"warning: {warning}" for warning in model.warnings]
    said = (
        f"model version {model.version} trained on {model.figures['records']:,} records, "
        f"comparing pairs by {several(len(model.skipped_keys), 'blocking rule')}"
    )
    return "\n".join([*warnings, said])


def of_models(versions: Sequence[ModelVersion], active: int | None) -> str:
    """List the model versions."""
    rows = [
        (
            each.number,
            each.created_at or "",
            "active" if each.version == active else "",
            str(each.figures["records"]),
            str(len(each.warnings)),
        )
        for each in versions
    ]
    warnings = [f"{each.version}: {warning}" for each in versions for warning in each.warnings]
    listed = table(["version", "trained", "", "records", "warnings"], rows)
    return "\n".join([listed if rows else "no model was trained yet", *warnings])


def of_resolution(done: "Resolution") -> str:
    """Tell what a resolution found and what it changed."""
    s = done.summary
    return (
        f"{several(done.records, 'record')} are {several(done.golden_records, 'golden record')} "
        f"(model version {done.model_version}, {several(done.pairs, 'pair')} kept)\n"
        f"golden records: {s.minted:,} minted, {s.restored:,} restored, {s.merged:,} merged, "
        f"{s.split:,} split, {s.retired:,} retired, {s.changed:,} changed, "
        f"{s.unchanged:,} unchanged; {several(s.moved, 'record')} moved"
        f"{_of_outgrown(done.outgrown)}"
    )


def _of_outgrown(keys: int) -> str:
    if not keys:
        return ""
    return (
        f"\n{several(keys, 'blocking key')} outgrew the limit since the model was trained: "
        "`mdm keys list` shows them, `mdm keys skip` leaves them out"
    )


def of_few_resolved(done: "FewResolved") -> str:
    """Tell how many records were resolved around, and what that changed."""
    kinds = ("minted", "restored", "merged", "split", "retired")
    return (
        f"{several(done.records, 'record')} resolved, with what hangs on "
        f"{'it' if done.records == 1 else 'them'} "
        f"(model version {done.model_version})\n"
        f"golden records: {', '.join(f'{done.events.get(kind, 0):,} {kind}' for kind in kinds)}"
    )


def of_outgrown_keys(keys: "Sequence[OutgrownKey]") -> str:
    """List blocking keys, and count them."""
    rows = [(each.rule, each.key.replace("|", " | "), each.records) for each in keys]
    listed = table(["rule", "key", "distinct records"], rows) + "\n" if rows else ""
    return f"{listed}{several(len(rows), 'blocking key')} outgrew the limit"


def of_answer(each: AnsweredLine) -> str:
    """Tell what became of a submitted line, as a line of JSON."""
    told: dict[str, object] = {"line": each.line, "key": each.key}
    if isinstance(each.answer, Submitted):
        told |= {
            "outcome": each.answer.outcome,
            "golden_id": each.answer.golden_id,
            "version": each.answer.version,
            "changed": [*each.answer.changed],
        }
    else:
        told["error"] = each.answer.message
    return json.dumps(told, ensure_ascii=False)


def of_refused_lines(refused: int, lines: int) -> str | None:
    """Say how many lines could not be taken; None when all were."""
    return f"{refused:,} of {several(lines, 'line')} could not be taken" if refused else None


def of_verification(found: "Verification") -> str:
    """Tell what breaks a law, or that nothing does."""
    told = [*_not_compared(found)]
    if found.findings:
        rows = [(f.law, f.what, f.count, ", ".join(f.examples)) for f in found.findings]
        return "\n".join([table(["law", "what breaks it", "count", "such as"], rows), *told])
    held = (
        f"every law holds: {several(found.records, 'record')}, "
        f"{several(found.golden_records, 'golden record')}, {several(found.pairs, 'pair')} checked"
    )
    return "\n".join([*told, held])


def _not_compared(found: "Verification") -> list[str]:
    """Tell of what only a part could be compared."""
    said = []
    if found.waiting:
        one = found.waiting == 1
        said.append(
            f"{several(found.waiting, 'record')} {'waits' if one else 'wait'} for a resolve: "
            f"{'it' if one else 'they'} and {several(found.beside, 'other')} that hang together "
            "with such records were compared in part"
        )
    if found.retrusted:
        said.append(
            "a source's new trust waits for a resolve: what "
            f"{several(found.retrusted, 'golden record')} may say was not compared"
        )
    return said


def broken_laws(found: "Verification") -> str | None:
    """Say how much breaks a law and what to do; None when nothing does."""
    count = sum(finding.count for finding in found.findings)
    if not count:
        return None
    advice = []
    if any(finding.mended for finding in found.findings):
        advice.append("`mdm rebuild` makes everything derived again")
    if not all(finding.mended for finding in found.findings):
        advice.append("golden IDs that stand for no record stay so, unless a backup knows more")
    return f"{several(count, 'finding')}: {'; '.join(advice)}"


def of_evaluation(evaluation: "Evaluation") -> str:
    """Tell how well the published clusters agree with labels."""
    from mdm.resolution.evaluate import evaluation_lines

    return "\n".join(evaluation_lines(evaluation))


def of_users(users: Sequence[User]) -> str:
    """List the users, disabled ones too."""
    if not users:
        return "there are no users yet: `mdm users add NAME` makes one"
    rows = [(each.name, each.created_at, each.disabled_at or "") for each in users]
    return table(("name", "since", "disabled"), rows)
