"""Who acts, and why: what every judgement, pin and removal must say of itself."""

from mdm.model.errors import Fault, RecordInvalid
from mdm.sources.values import BadValue, check_characters


def check_act(actor: str, reason: str) -> None:
    """Refuse an act that nobody does, or that a database cannot keep: RecordInvalid."""
    faults = act_faults(actor, reason)
    if faults:
        raise RecordInvalid(faults)


def act_faults(actor: str, reason: str) -> list[Fault]:
    """Find what is wrong with who acts and why; the reason may be empty, as pages let it be."""
    faults = unkept(actor=actor, reason=reason)
    if not actor.strip():
        faults.append(Fault("actor", "is blank: say who acts"))
    if reason and not reason.strip():
        faults.append(Fault("reason", "is blank: say why"))
    return faults


def unkept(**texts: str) -> list[Fault]:
    """Find the texts that no database keeps, by the names of their fields."""
    faults = []
    for name, text in texts.items():
        try:
            check_characters(name, text)
        except BadValue as bad:
            faults.append(Fault(name, bad.reason))
    return faults
