"""The distinct values that can be pinned to a golden record: what its source records say.

In: the records with their values, and the attributes that are pinned together.  Out: each value
once, however many records have it, written as most of them do.  A record whose values are all
unusable says nothing.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence

from mdm.model.pins import Saying, Sayings
from mdm.model.records import Attributes, AttributeValue
from mdm.store.reads.pins import MemberSaying

Forms = Callable[[Attributes], Mapping[str, AttributeValue]]
"""Standardises attributes; those with nothing usable are absent."""


_Form = tuple[frozenset[str], ...]
"""What is the same for values that are one: of each attribute its values, in no order."""


def sayings(members: Sequence[MemberSaying], names: Sequence[str], forms: Forms) -> Sayings:
    """Group what records say of the attributes `names`; `members` by source and key."""
    found: dict[_Form, list[MemberSaying]] = {}
    for member in members:
        if not member.pending:
            said = {name: member.attributes[name] for name in names if name in member.attributes}
            usable = forms(said)
            form = tuple(_distinct(usable.get(name, ())) for name in names)
            found.setdefault(form, []).append(member)
    items = [_saying(alike, names, form) for form, alike in found.items() if any(form)]
    items.sort(key=lambda each: (-each.records, each.ref.source, each.ref.key))
    return Sayings(items, sum(member.pending for member in members))


def _distinct(form: AttributeValue) -> frozenset[str]:
    return frozenset((form,) if isinstance(form, str) else form)


def _saying(alike: Sequence[MemberSaying], names: Sequence[str], form: _Form) -> Saying:
    usable = [name for name, values in zip(names, form, strict=True) if values]
    written = [tuple(member.attributes[name] for name in usable) for member in alike]
    ((often, _),) = Counter(written).most_common(1)  # of equals the first
    chosen = alike[written.index(often)]
    return Saying(
        values={name: chosen.attributes[name] if name in usable else None for name in names},
        ref=chosen.ref,
        version=chosen.version,
        records=len(alike),
        sources=list(dict.fromkeys(member.ref.source for member in alike)),
    )
