"""The rules of the small world, and what is published in it as tables."""

import json
from collections.abc import Mapping, Sequence

import pyarrow as pa

from mdm.model.records import AttributeValue, RecordVersion
from mdm.model.rules.load import rules_from_text
from mdm.model.search import SearchKey, name_date
from mdm.standardise import Standardiser
from mdm.store.records import StoredRecord

RULES = rules_from_text(
    """
    attributes:
      given_name: {kind: given_name}
      family_name: {kind: family_name}
      date_of_birth: {kind: date_of_birth}
      email: {kind: email}
      phone: {kind: phone, region: GB}
      tax_number: {kind: identifier, once: true}
    """,
    "rules.yaml",
)


def serials(homes: Mapping[int, int]) -> pa.Table:
    """Tabulate record ID -> serial."""
    return pa.table(
        {
            "record_id": pa.array(homes.keys(), pa.int64()),
            "serial": pa.array(homes.values(), pa.int64()),
        }
    )


def golden(leading: Mapping[int, StoredRecord]) -> pa.Table:
    """Take each golden record's content from one record."""
    contents = [record.current for record in leading.values()]
    return pa.table(
        {
            "serial": pa.array(leading.keys(), pa.int64()),
            "attributes": pa.array((json.dumps(each.attributes) for each in contents), pa.string()),
            "provenance": pa.array(map(_provenance, contents), pa.string()),
        }
    )


def _provenance(content: RecordVersion) -> str:
    ref = content.ref
    entry = {"source": ref.source, "key": ref.key, "rule": "only value", "beat": []}
    return json.dumps(dict.fromkeys(content.attributes, entry))


def search_keys(records: Sequence[StoredRecord]) -> pa.Table:
    """Tabulate everything that the records can be found by."""
    found = [(key, each.record_id) for each in records for key in _keys(each.current.attributes)]
    return pa.table(
        {
            "kind": pa.array((key.kind for key, _ in found), pa.string()),
            "value": pa.array((key.value for key, _ in found), pa.string()),
            "record_id": pa.array((number for _, number in found), pa.int64()),
        }
    )


def _keys(attributes: Mapping[str, AttributeValue]) -> list[SearchKey]:
    values = Standardiser(RULES).attributes(attributes)
    keys = [
        SearchKey(kind, value)
        for kind, name in (("email", "email"), ("phone", "phone"), ("identifier", "tax_number"))
        for value in ([values[name]] if isinstance(values.get(name), str) else values.get(name, ()))
    ]
    if values.keys() >= {"given_name", "family_name", "date_of_birth"}:
        parts = (values["given_name"], values["family_name"], values["date_of_birth"])
        keys.append(name_date(*parts))
    return keys
