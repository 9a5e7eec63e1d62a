"""From a record, or from what somebody searches for, to the search keys that the store holds."""

from collections import defaultdict
from collections.abc import Mapping
from itertools import product

from mdm.model.records import Attributes
from mdm.model.rules.rules import Kind, Rules
from mdm.model.search import ByName, ByValue, Search, SearchKey, ValueKind, name_date
from mdm.standardise import Standardiser

_KINDS: Mapping[Kind, ValueKind] = {
    Kind.EMAIL: "email",
    Kind.PHONE: "phone",
    Kind.IDENTIFIER: "identifier",
}


def search_keys(rules: Rules, record: Attributes) -> set[SearchKey]:
    """Make every key that a standardised record can be found by."""
    names: dict[Kind, list[str]] = defaultdict(list)
    for attribute in rules.attributes:
        value = record.get(attribute.name, ())
        names[attribute.kind] += (value,) if isinstance(value, str) else value
    keys = {SearchKey(name, value) for kind, name in _KINDS.items() for value in names[kind]}
    parts = (names[kind] for kind in (Kind.GIVEN_NAME, Kind.FAMILY_NAME, Kind.DATE_OF_BIRTH))
    return keys | {name_date(*each) for each in product(*parts)}


class Searching:
    """Brings searched values to the form that the records' values have under the same rules."""

    def __init__(self, rules: Rules) -> None:
        self.standardiser = Standardiser(rules)
        self._names = {
            kind: [attribute.name for attribute in rules.attributes if attribute.kind == kind]
            for kind in Kind
        }

    def keys(self, search: Search) -> list[SearchKey]:
        """Give every key that answers `search`: one a form, where attributes of a kind differ.

        Empty when nothing can: the rules have no such attribute, or a value counts as missing.
        """
        if isinstance(search, ByValue):
            return self._keys_of_value(search)
        return self._keys_of_name(search)

    def _keys_of_value(self, search: ByValue) -> list[SearchKey]:
        return [SearchKey(search.kind, form) for form in self._forms(search.kind, search.value)]

    def _keys_of_name(self, search: ByName) -> list[SearchKey]:
        given = self._forms(Kind.GIVEN_NAME, search.given_name)
        family = self._forms(Kind.FAMILY_NAME, search.family_name)
        born = self._forms(Kind.DATE_OF_BIRTH, search.date_of_birth)
        return [name_date(*forms) for forms in product(given, family, born)]

    def _forms(self, kind: str, value: str) -> list[str]:
        """Give the distinct forms that the attributes of a kind give to a value."""
        names = self._names[Kind(kind)]
        forms = [self.standardiser.column(name, [value])[0] for name in names]
        return list(dict.fromkeys(form for form in forms if form))
