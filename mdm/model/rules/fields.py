"""The parts of a rules file's schema: lists, short forms, and a check for each kind of word.

A check that meets an attribute looks it up in `Known`, so that an error stands at the very word.
"""

import re
import unicodedata
from collections.abc import Mapping
from typing import Any, TypeAlias

from marshmallow import ValidationError, fields
from marshmallow.experimental.context import Context

from mdm.model.rules.predicates import checked_argument
from mdm.model.rules.rules import Kind
from mdm.model.rules.sql_words import SQL_WORDS
from mdm.model.rules.vocabulary import FEATURES, PREDICATES, Word
from mdm.model.schema_faults import right_words

KindsByName: TypeAlias = Mapping[str, Kind | None] | None
"""The kinds of a file's attributes; None where a kind, or the whole section, is unreadable."""

LONGEST_NAME = 40
"""Letters; a database's column name has room for 63, and Splink lengthens the names."""

KEPT_NAMES = frozenset(
    {
        *("arrived_at", "attributes", "cluster_id", "content_hash", "cursor", "golden_id", "key"),
        *("kind", "limit", "match_key", "match_probability", "match_weight", "modified_at", "n"),
        *("own_serial", "payload", "pending", "record", "record_id", "restandardised", "rule"),
        *("rules_hash", "serial", "source"),
        *("source_dataset", "standardised", "trust", "unique_id", "value", "version", "weight"),
    }
)
"""Names that the service's own columns and the API's parameters have."""

_NOT_ON_A_LINE = ("Cc", "Zl", "Zp")

KEPT_STARTS = ("bf_", "gamma_", "mw_", "tf_")
KEPT_ENDS = ("_l", "_r")
KEPT_WITHIN = "__"
"""Between an attribute and its feature in the name of a column."""


class Known(Context[KindsByName]):
    """What the checks know while a file is validated: its attributes and their kinds."""


class Several(fields.List[Any]):
    """A list in which nothing stands twice; it may be empty when `least` is 0."""

    def __init__(self, inner: fields.Field[Any], *, least: int = 1, required: bool = False) -> None:
        super().__init__(inner, required=required)
        self.least = least

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> list[Any]:  # noqa: ANN401
        if not isinstance(value, list):
            raise self.make_error("invalid")
        if len(value) < self.least:
            raise ValidationError("must not be empty")
        errors: dict[Any, Any] = {
            at: [f"stands here twice: first at [{value.index(item)}]"]
            for at, item in enumerate(value)
            if item in value[:at]
        }
        found: list[Any] = []
        try:
            found = super()._deserialize(value, *args, **kwargs)
        except ValidationError as error:
            errors.update(error.messages_dict)
        if errors:
            raise ValidationError(errors)
        return found


class ShortForm(fields.Nested):
    """Keys with values, or in short the value of the key `short` alone."""

    def __init__(self, nested: Any, *, short: str) -> None:  # noqa: ANN401
        super().__init__(nested)
        self.short = short

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401
        if isinstance(value, Mapping):
            return super()._deserialize(value, *args, **kwargs)
        return {self.short: self.schema.fields[self.short].deserialize(value)}


def check_name(name: str) -> None:
    """Accept a name that can be a column: `[a-z][a-z0-9_]*`, and none of the service's own."""
    if not re.fullmatch(r"[a-z][a-z0-9_]*", name) or len(name) > LONGEST_NAME:
        raise ValidationError(
            "a name starts with a-z, goes on with a-z, 0-9 and _, and has at most "
            f"{LONGEST_NAME} letters"
        )
    if name in SQL_WORDS:
        raise ValidationError("is a word of SQL and cannot name a column: choose another")
    starts_or_ends = name.startswith(KEPT_STARTS) or name.endswith(KEPT_ENDS)
    if name in KEPT_NAMES or starts_or_ends or KEPT_WITHIN in name:
        raise ValidationError(
            "the service uses this name, or names that start or end like it or have `__` within, "
            "itself: choose another"
        )


def check_text(text: str) -> None:
    """Accept a text on one line, of which something can be seen."""
    if not text.strip():
        raise ValidationError("must not be empty")
    if any(unicodedata.category(letter) in _NOT_ON_A_LINE for letter in text):
        raise ValidationError("must be on one line, without tabs and control characters")


def check_probability(number: float) -> None:
    """Accept a number between 0 and 1, both excluded: certainty cannot be unlearned."""
    if not 0 < number < 1:
        raise ValidationError("must be a probability: more than 0 and less than 1")


def check_attribute(name: str) -> None:
    """Accept the name of one of the file's attributes."""
    kind_of(name)


def check_term(term: str) -> None:
    """Accept `attribute` or `attribute.feature`, the feature fitting the attribute's kind."""
    name, dot, feature = term.partition(".")
    kind = kind_of(name)
    if dot:
        check_fit(feature, FEATURES, kind, what="feature")


def check_when(when: Mapping[str, object]) -> None:
    """Accept attributes with predicates, each fitting its attribute's kind."""
    if not when:
        raise ValidationError("must be attributes with predicates: {given_name: same}")
    errors = {}
    for name, said in when.items():
        try:
            _check_predicate(name, said)
        except ValidationError as error:
            errors[name] = {"value": error.messages}
    if errors:
        raise ValidationError(errors)


class OneOf:
    """A check that accepts the words of a vocabulary; `what` names it in the error."""

    def __init__(self, words: Mapping[str, object], what: str) -> None:
        self.words = words
        self.what = what

    def __call__(self, word: str) -> None:
        """Accept one of the words."""
        if word not in self.words:
            raise ValidationError(f"no such {self.what}; {right_words(word, self.words)}")


def kind_of(name: str) -> Kind | None:
    """Look up an attribute's kind, None while it is unknown; refuse a name that is none."""
    known = Known.get()
    if known is None:
        return None
    if name not in known:
        raise ValidationError(f"no such attribute; {right_words(name, known)}")
    return known[name]


def check_fit(word: str, words: Mapping[str, Word], kind: Kind | None, *, what: str) -> None:
    """Accept a word of a vocabulary that fits attributes of this kind."""
    fitting = [each for each, entry in words.items() if kind is None or kind in entry.kinds]
    if word not in words:
        raise ValidationError(f"no such {what}; {right_words(word, fitting)}")
    if word not in fitting:
        raise ValidationError(
            f"the {what} {word!r} does not fit the kind {kind}; {right_words(word, fitting)}"
        )


def mapping_in(written: object) -> Mapping[str, Any]:
    """Take what was written as a mapping, an empty one if it is something else."""
    return written if isinstance(written, Mapping) else {}


def list_in(written: object) -> list[Any]:
    """Take what was written as a list, an empty one if it is something else."""
    return written if isinstance(written, list) else []


def raise_all(errors: dict[str, Any]) -> None:
    """Raise the messages that there are, key by key, if there are any."""
    errors = {key: messages for key, messages in errors.items() if messages}
    if errors:
        raise ValidationError(errors)


def _check_predicate(name: str, said: object) -> None:
    kind = kind_of(name)
    if not isinstance(said, str) or not said.split():
        raise ValidationError(f"must be a predicate; {right_words('', PREDICATES)}")
    word = said.split()[0]
    check_fit(word, PREDICATES, kind, what="predicate")
    try:
        argument = checked_argument(said)
    except ValueError as error:
        raise ValidationError(str(error)) from error
    if PREDICATES[word].argument == "attribute":
        _check_other(argument, name)


def _check_other(other: str, name: str) -> None:
    kind = kind_of(other)
    if other == name:
        raise ValidationError(f"{other!r} is the attribute itself: name another one")
    if kind is not None and kind not in PREDICATES["crossed"].kinds:
        raise ValidationError(f"{other!r} is a {kind}: only names can be crossed")
