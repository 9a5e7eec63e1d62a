"""What is kept of a submission, by the rules of a model version, before anything is written."""

from collections.abc import Iterable

from mdm.model.errors import Fault, MdmError, RecordInvalid
from mdm.model.records import Attributes, IncomingRecord
from mdm.model.submissions import LONGEST_KEY, Submission
from mdm.resolution.ready import ReadyModel
from mdm.resolution.submitted import submitted_attributes
from mdm.sources.mapping import content_hash
from mdm.sources.values import BadValue, check_characters, payload_of, time_of


def read(submissions: Iterable[Submission], model: ReadyModel) -> list[IncomingRecord | MdmError]:
    """Make what is kept of submissions, or tell why nothing is."""
    made: list[IncomingRecord | MdmError] = []
    for each in submissions:
        try:
            made.append(incoming(each, model))
        except MdmError as error:
            made.append(error)
    return made


def incoming(submission: Submission, model: ReadyModel) -> IncomingRecord:
    """Make what is kept of a submission; RecordInvalid when it breaks the rules."""
    faults = _key_faults(submission.key)
    attributes: Attributes = {}
    modified_at = None
    try:
        attributes = submitted_attributes(submission.attributes, model.rules, model.standardiser)
    except RecordInvalid as error:
        faults += error.faults
    try:
        modified_at = time_of("modified_at", submission.modified_at, None)
    except BadValue as error:
        faults.append(Fault("modified_at", error.reason))
    if faults:
        raise RecordInvalid(faults)
    given: dict[str, object] = {
        "attributes": submission.attributes,
        "modified_at": submission.modified_at,
    }
    payload = payload_of(given)
    return IncomingRecord(
        key=submission.key,
        payload=payload,
        attributes=attributes,
        standardised=model.standardiser.attributes(attributes),
        rules_hash=model.rules.rules_hash,
        content_hash=content_hash(payload, attributes),
        modified_at=modified_at,
    )


def _key_faults(key: str) -> list[Fault]:
    try:
        check_characters("key", key)
    except BadValue as error:
        return [Fault("key", error.reason)]
    if not 1 <= len(key) <= LONGEST_KEY:
        return [Fault("key", f"must have 1 to {LONGEST_KEY} characters")]
    return []
