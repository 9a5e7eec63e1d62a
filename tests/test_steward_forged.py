"""Requests that no page would make: every page and every form, with what an attacker may send."""

from collections.abc import Iterator

import pytest

from api import create_app
from mdm.hub import Hub
from tests.questions import asking, open_reviews
from tests.resolving import Office
from tests.steward_client import logged_in, token

FORGED = {
    "nul": "a\0b",
    "long": "x" * 5_000,
    "markup": "<script>alert(1)</script>\"'",
    "sql": "' OR 1=1 --",
    "number": "-99999999999999999999",
    "fraction": "1e999",
    "json": '{"$gt": [null, {"a": 1}]}',
    "bidi": "\u202e\ud83d",
    "cursor": "eyJhIjpbMV19",
    "nothing": "",
    "address": "http://[",
}
NAMES = [
    "kind",
    "source",
    "attribute",
    "min_weight",
    "max_weight",
    "opened_from",
    "opened_to",
    "assignee",
    "deferred",
    "after",
    "pair",
    "q",
    "key",
    "golden_id",
    "id",
    "email",
    "phone",
    "given_name",
    "family_name",
    "date_of_birth",
    "other",
    "decision",
    "record",
    "part-0",
    "keeps",
    "supersedes",
    "reason",
    "comment",
    "until",
    "choice",
    "value",
    "name",
    "of",
    "endpoint",
    "_method",
    "_external",
    "_scheme",
    "next",
]
HEADERS = ("Referer", "HX-Request", "HX-Current-URL", "If-None-Match", "Range", "Accept-Language")
LEFT_ALONE = ("steward.logout", "static")


@pytest.fixture
def hub(store) -> Hub:
    return asking(Office(store), "ann")


def addresses(hub: Hub, forged: str) -> Iterator[tuple[str, str]]:
    """Give every page and form: once of what there is, once of what was forged."""
    review = open_reviews(hub)[0]
    survey = hub.accepting.survey("cluster", 0.0, "ann").acceptance_id
    hub.accepting.accept(survey, "ann", "")
    real = {"review_id": review.review_id, "golden_id": review.golden_ids[0], "name": "no"}
    text = forged.replace("/", "")[:500] or "x"
    adapter = create_app(hub).url_map.bind("localhost")
    for rule in adapter.map.iter_rules():
        if rule.endpoint.startswith("steward.") and rule.endpoint not in LEFT_ALONE:
            for values in (real, dict.fromkeys(real, text)):
                chosen = {name: values.get(name, survey) for name in rule.arguments}
                yield min(rule.methods & {"GET", "POST"}), adapter.build(rule.endpoint, chosen)


@pytest.mark.parametrize("forged", FORGED)
def test_no_forged_request_breaks_a_page(forged, hub):
    client = logged_in(hub)
    text = FORGED[forged].encode(errors="replace").decode()
    given = dict.fromkeys(NAMES, text)
    form = {"csrf_token": token(client, "/steward/queue"), **given}
    headers = dict.fromkeys(HEADERS, "".join(filter(str.isprintable, text[:500])))
    asked = 0
    for method, address in addresses(hub, text):
        asked += 1
        given_as = {"query_string": given} if method == "GET" else {"data": form}
        answer = client.open(address, method=method, **given_as)
        assert answer.status_code < 500, (address, answer.status_code)
        assert "<script>alert" not in answer.text
        again = client.open(address, method=method, headers=headers)
        assert again.status_code < 500, (address, again.status_code)
    answer = client.post("/steward/bulk", data={**form, "kind": "match"})
    assert answer.status_code in (303, 422)
    assert asked > 50
    assert len(open_reviews(hub)) == 2


@pytest.mark.parametrize("forged", FORGED)
def test_no_forged_name_or_password_breaks_the_login(forged, hub):
    client = create_app(hub).test_client()
    text = FORGED[forged].encode(errors="replace").decode()
    for name, password in ((text, "x" * 20), ("ann", text)):
        form = {"csrf_token": token(client, "/steward/login"), "name": name, "password": password}
        assert client.post("/steward/login", data=form).status_code == 401
