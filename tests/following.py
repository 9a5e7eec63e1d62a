"""Whoever follows the log of changes from its beginning, over HTTP."""

import json
from itertools import count

from flask.testing import FlaskClient

from tests.resolving import Office

CHANGES = "/v1/changes"


def ask(client: FlaskClient, **query) -> dict:
    answer = client.get(CHANGES, query_string=query)
    assert answer.status_code == 200, answer.json
    return answer.json


def published(office: Office) -> dict[str, dict]:
    """Golden ID -> the attributes that its golden record has."""
    rows = office.query(
        """
        SELECT i.golden_id, g.attributes
        FROM golden_record g
        JOIN golden_id i ON i.serial = g.serial
        """
    )
    return {golden_id: json.loads(attributes) for golden_id, attributes in rows}


class Follower:
    """Has of a store what the changes told, from the first one on."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client
        self.after = 0
        self.minted: set[str] = set()
        self.homes: dict[str, str] = {}
        self.golden: dict[str, dict] = {}

    def follow(self, *, limit: int, most: int | None = None) -> None:
        """Read on, at most so many pages."""
        for _ in range(most) if most is not None else count():
            page = ask(self.client, after=self.after, limit=limit)
            for item in page["items"]:
                self.apply(item)
            assert page["after"] == self.after
            if page["next"] is None:
                return

    def apply(self, item: dict) -> None:
        self.after += 1
        assert item["number"] == self.after
        golden_id, attributes = item["golden_id"], item["attributes"]
        match item["kind"]:
            case "minted" | "restored":
                assert golden_id not in self.golden
                self.golden[golden_id] = attributes or {}
            case "changed":
                said = self.golden[golden_id] | (attributes or {})
                self.golden[golden_id] = {n: v for n, v in said.items() if v is not None}
            case "attached":
                assert self.homes.setdefault(name_of(item), golden_id) == golden_id
            case "detached":
                assert self.homes.pop(name_of(item)) == golden_id
            case "merged" | "retired":
                del self.golden[golden_id]
                assert golden_id not in self.homes.values()
            case other:
                assert other == "split"
        if item["kind"] == "minted":
            assert golden_id not in self.minted
            self.minted.add(golden_id)

    def has_what_is_published(self, office: Office) -> None:
        assert self.homes == office.homes()
        assert self.golden == published(office)


def name_of(item: dict) -> str:
    return f"{item['source']}/{item['key']}"
