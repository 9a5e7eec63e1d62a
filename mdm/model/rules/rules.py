"""The matching rules as value objects: what `matching_rules/person.yaml` says, validated.

`Rules` is complete: what a short rules file leaves out has been filled in from the kinds.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What an attribute is; standardising, blocking and comparing follow from it."""

    GIVEN_NAME = "given_name"
    FAMILY_NAME = "family_name"
    FULL_NAME = "full_name"
    DATE_OF_BIRTH = "date_of_birth"
    DATE = "date"
    GENDER = "gender"
    EMAIL = "email"
    PHONE = "phone"
    STREET_ADDRESS = "street_address"
    POSTAL_CODE = "postal_code"
    PLACE = "place"
    CATEGORY = "category"
    IDENTIFIER = "identifier"
    TEXT = "text"


@dataclass(frozen=True)
class Attribute:
    """A named value of a record.

    `standardise` names the steps that bring a value to one form, in order; `placeholders` are the
    values (as written, case and accents aside) that count as missing beside the general ones;
    `many`: a record may have several values; `once`: a person has one of these for life;
    `date_format`: a strptime format, or None for the usual forms; `region`: the country whose
    habits a phone or postal code without a country code follows (ISO 3166 two letters).
    """

    name: str
    kind: Kind
    many: bool = False
    once: bool = False
    date_format: str | None = None
    region: str | None = None
    standardise: tuple[str, ...] = ()
    placeholders: tuple[str, ...] = ()


@dataclass(frozen=True)
class BlockingRule:
    """Pairs that agree on every term are worth comparing.

    A term is `attribute` or `attribute.feature` (`family_name.sound`, `date_of_birth.year`).
    """

    name: str
    on: tuple[str, ...]


@dataclass(frozen=True)
class Level:
    """One level of a comparison: it holds when every predicate holds.

    `when` maps an attribute to a predicate (`same`, `similar 0.9`, ...: matching_rules/README.md);
    `term_frequency` names an attribute whose rarity adjusts the weight; `m` and `u` are the
    documented defaults (probabilities, 0 to 1) for when there is too little data to train on,
    `beside_u` is that of u where the comparison's `beside` holds.
    """

    when: Mapping[str, str]
    term_frequency: str | None = None
    m: float | None = None
    u: float | None = None
    beside_u: float | None = None


@dataclass(frozen=True)
class Beside:
    """What records can have in common beside the attributes of a comparison: one of `any_of`.

    `name` says in words where that is, such as `in one household`.
    """

    name: str
    any_of: tuple[Mapping[str, str], ...]


@dataclass(frozen=True)
class Comparison:
    """Attributes that are compared together; the first level that holds counts.

    `else_m`, `else_u` and `else_beside_u` are the defaults of the unwritten last level, 'all else
    differs'.  Where `beside` holds, the levels have m and u of their own: who lives together has
    other things in common than strangers have.
    """

    name: str
    levels: tuple[Level, ...]
    else_m: float | None = None
    else_u: float | None = None
    else_beside_u: float | None = None
    beside: Beside | None = None

    @property
    def conditions(self) -> tuple[Mapping[str, str], ...]:
        """All predicates that it looks at: those of its levels, and of what is beside them."""
        beside = self.beside.any_of if self.beside else ()
        return (*(level.when for level in self.levels), *beside)

    @property
    def attributes(self) -> tuple[str, ...]:
        """The attributes that its levels look at, in order of first mention."""
        return tuple(dict.fromkeys(name for level in self.levels for name in level.when))


@dataclass(frozen=True)
class Training:
    """How the model is estimated.

    `blocks`: each a set of terms within which EM runs; `deterministic`: sets of terms whose
    agreement is as good as proof, from which the prior comes, given that they find the share
    `recall` (0 to 1) of all matches.
    """

    blocks: tuple[tuple[str, ...], ...]
    deterministic: tuple[tuple[str, ...], ...]
    recall: float


@dataclass(frozen=True)
class Survivorship:
    """Which source's value a golden attribute takes.

    `default` and the values of `attributes` are ordered strategies (`trust`, `recent`,
    `frequent`, `longest`); `groups` are attributes that are taken whole from one record.
    """

    default: tuple[str, ...]
    attributes: Mapping[str, tuple[str, ...]]
    groups: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class Rules:
    """Everything about matching one kind of entity; `rules_hash` names exactly this content."""

    entity: str
    attributes: tuple[Attribute, ...]
    placeholders: tuple[str, ...]
    blocking: tuple[BlockingRule, ...]
    comparisons: tuple[Comparison, ...]
    training: Training
    link_bits: float
    review_bits: float
    survivorship: Survivorship
    rules_hash: str

    def attribute(self, name: str) -> Attribute:
        """Look up an attribute by its name; KeyError when the rules have none of it."""
        for attribute in self.attributes:
            if attribute.name == name:
                return attribute
        raise KeyError(name)
