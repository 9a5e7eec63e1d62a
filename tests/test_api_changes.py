"""The log of changes over HTTP: its pages, and what each kind of change tells."""

import pytest
import schemathesis
from flask.testing import FlaskClient

from api import create_app
from mdm.hub import Hub
from tests.following import CHANGES, Follower, ask, published
from tests.resolving import ANN, BOB, CID, RULES, Office


@pytest.fixture
def office(store) -> Office:
    return Office(store)


@pytest.fixture
def client(office) -> FlaskClient:
    return create_app(Hub(office.store, RULES)).test_client()


def pages(client: FlaskClient, **query) -> list[dict]:
    """Follow `next` to the end."""
    found = [ask(client, **query)]
    while found[-1]["next"] is not None:
        found.append(client.get(found[-1]["next"]).json)
    return found


def news(client: FlaskClient, after: int) -> list[dict]:
    """Everything behind a number, without what it says of every change."""
    items = ask(client, after=after, limit=1000)["items"]
    assert [item["number"] for item in items] == [*range(after + 1, after + len(items) + 1)]
    return [{n: v for n, v in item.items() if n not in {"number", "at"}} for item in items]


def change(kind: str, golden_id: str, **more) -> dict:
    """What `news` tells of a change."""
    empty = dict.fromkeys(("other", "source", "key", "attributes"))
    if "name" in more:
        more["source"], more["key"] = more.pop("name").split("/")
    return {"kind": kind, "golden_id": golden_id, **empty, **more}


@pytest.fixture
def settled(office) -> Office:
    """Ann, whom two departments know, and Bob: five changes."""
    office.begin(bank_1=ANN, shop_1=ANN, bank_2=BOB)
    return office


def test_the_first_publication_is_told_in_order(settled, client):
    homes, golden = settled.homes(), published(settled)
    [at] = {item["at"] for item in ask(client)["items"]}
    [published_at] = settled.query("SELECT published_at FROM publication")
    assert (at,) == published_at
    assert news(client, 0) == [
        change("minted", homes["bank/1"], attributes=golden[homes["bank/1"]]),
        change("minted", homes["bank/2"], attributes=golden[homes["bank/2"]]),
        change("attached", homes["bank/1"], name="bank/1"),
        change("attached", homes["bank/1"], name="shop/1"),
        change("attached", homes["bank/2"], name="bank/2"),
    ]
    assert golden[homes["bank/1"]]["email"] == ["ann@lee.example"]


@pytest.mark.usefixtures("settled")
def test_pages_follow_one_another_without_gap_or_overlap(client):
    whole = ask(client)
    assert (whole["after"], whole["next"], len(whole["items"])) == (5, None, 5)
    found = pages(client, limit=2)
    assert [item for page in found for item in page["items"]] == whole["items"]
    assert [page["after"] for page in found] == [2, 4, 5]
    assert found[0]["next"] == f"{CHANGES}?limit=2&after=2"
    assert [page["after"] for page in pages(client, after=1, limit=4)] == [5]


@pytest.mark.usefixtures("settled")
@pytest.mark.parametrize("after", [5, 6, 2**53 - 1])
def test_at_the_end_and_beyond_it_nothing_is_new(client, after):
    assert ask(client, after=after) == {"items": [], "after": after, "next": None}


def test_before_the_first_publication_nothing_is_new(client):
    assert ask(client) == {"items": [], "after": 0, "next": None}


@pytest.mark.parametrize(
    "query",
    [
        "after=-1",
        "after=x",
        "after=1_0",
        "after=9007199254740992",
        "limit=0",
        "limit=1001",
        "from=1",
    ],
)
def test_a_bad_parameter_is_refused_by_name(client, query):
    answer = client.get(f"{CHANGES}?{query}")
    assert (answer.status_code, answer.json["type"]) == (422, "/problems/invalid-parameters")
    assert [fault["field"] for fault in answer.json["errors"]] == [query.partition("=")[0]]


def test_a_merger_and_its_undoing_are_told(settled, client):
    ann, bob = (settled.homes()[name] for name in ("bank/1", "bank/2"))
    number = settled.judge(["bank/1", "shop/1", "bank/2"])
    settled.resolve()
    together = news(client, 5)
    merged, last = published(settled)[ann], 5 + len(together)
    assert together[:3] == [
        change("detached", bob, name="bank/2"),
        change("attached", ann, name="bank/2"),
        change("merged", bob, other=ann),
    ]
    assert together[3:] == [change("changed", ann, attributes={"email": merged["email"]})]
    settled.withdraw(number)
    settled.resolve()
    golden = published(settled)
    assert news(client, last) == [
        change("restored", bob, attributes=golden[bob]),
        change("split", ann, other=bob),
        change("detached", ann, name="bank/2"),
        change("attached", bob, name="bank/2"),
        change("changed", ann, attributes={"email": golden[ann]["email"]}),
    ]


def test_a_retired_record_is_detached_and_its_golden_record_retired(settled, client):
    bob = settled.homes()["bank/2"]
    settled.retire("bank/2")
    settled.resolve()
    assert news(client, 5) == [change("detached", bob, name="bank/2"), change("retired", bob)]


def test_values_are_those_of_now_and_null_where_there_are_none_any_more(settled, client):
    bob = settled.homes()["bank/2"]
    settled.take(bank_2={**BOB, "given_name": "Rob"})
    settled.resolve()
    assert news(client, 5) == [change("changed", bob, attributes={"given_name": "Rob"})]
    settled.take(bank_2={name: BOB[name] for name in ("date_of_birth", "email")})
    settled.resolve()
    without = change("changed", bob, attributes={"given_name": None})
    assert news(client, 5) == [without, without]
    assert news(client, 1)[0] == change("minted", bob, attributes=published(settled)[bob])
    settled.retire("bank/2")
    settled.resolve()
    assert news(client, 5)[:2] == [change("changed", bob)] * 2
    assert news(client, 1)[0] == change("minted", bob)


def test_a_resolve_that_finds_nothing_new_tells_nothing(settled, client):
    settled.resolve()
    settled.train(seed=2)
    settled.resolve()
    assert news(client, 5) == []


def test_a_submission_is_told_at_once(settled, client):
    answer = client.put("/v1/sources/shop/records/9", json={"attributes": CID}).json
    cid = answer["golden_id"]
    assert news(client, 5) == [
        change("minted", cid, attributes=published(settled)[cid]),
        change("attached", cid, name="shop/9"),
    ]


NEWER = (
    "review",
    "closed_review",
    "review_note",
    "review_comment",
    "secret",
    "act_pair",
    "act_golden_record",
    "act",
    "pin",
    "tally",
    "review_day",
    "acceptance_question",
    "acceptance",
)
"""Tables that later releases brought."""


@pytest.fixture
def older(settled) -> Office:
    """A database of a release that kept no log; Bob was merged into Ann."""
    settled.judge(["bank/1", "shop/1", "bank/2"])
    settled.resolve()
    with settled.store.write() as tx:
        for act in (
            *(f"DROP TABLE {table}" for table in NEWER),
            'DROP TABLE "user"',
            "DROP TABLE login_attempt",
            "DROP TABLE change",
            "DROP TABLE publication",
            "DROP INDEX golden_id_follows_ix",
            "DROP INDEX judgement_in_force_ix",
            "DROP INDEX judgement_superseded_by_ix",
            "DROP INDEX record_settled_in_ix",
            "ALTER TABLE record DROP COLUMN settled_in",
            "ALTER TABLE golden_id DROP COLUMN follows",
            "ALTER TABLE judgement DROP COLUMN withdrawn_reason",
            "UPDATE alembic_version SET version_num = '0004'",
        ):
            tx.connection.exec_driver_sql(act)
        tx.commit()
    settled.store.migrate()
    return settled


def test_an_upgraded_database_is_told_whole_by_its_first_resolve(older, client):
    follower = Follower(client)
    assert ask(client) == {"items": [], "after": 0, "next": None}
    older.take(bank_1={**ANN, "given_name": "Anna"})
    older.resolve()
    follower.follow(limit=2)
    follower.has_what_is_published(older)


def test_an_upgraded_database_takes_nothing_before_it_is_told_whole(older, client):
    record = "/v1/sources/shop/records/9"
    assert client.put(record, json={"attributes": CID}).json["type"] == "/problems/not-ready"
    older.resolve()
    assert client.put(record, json={"attributes": CID}).status_code == 201
    follower = Follower(client)
    follower.follow(limit=2)
    follower.has_what_is_published(older)


def test_an_id_that_an_upgraded_database_had_merged_is_told_as_restored(older, client):
    follower = Follower(client)
    older.resolve()
    follower.follow(limit=2)
    assert len(follower.minted) == 1
    older.withdraw(1)
    older.resolve()
    follower.follow(limit=2)
    follower.has_what_is_published(older)
    assert len(follower.minted) == 1


def test_answers_are_as_the_document_says(settled, client):
    settled.take(bank_2={name: BOB[name] for name in ("date_of_birth", "email")})
    settled.resolve()
    settled.retire("bank/1", "shop/1")
    settled.resolve()
    schema = schemathesis.openapi.from_wsgi("/openapi.json", client.application)
    schema[CHANGES]["GET"].Case().call_and_validate()
