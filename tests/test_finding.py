"""Finding a customer by an ID, a key, attributes or a line of text, spelled as people spell."""

import pytest

from mdm.finding.text import MOST_READINGS, TextReader
from mdm.hub import Hub
from mdm.model.errors import RecordInvalid
from mdm.model.rules.load import load_rules, rules_from_text
from mdm.standardise import Standardiser
from tests.resolving import ANN, BOB, CID, RULES, Office, ref, rules_text

ANN_AGAIN = {**ANN, "email": ("ann@work.example",)}


@pytest.fixture
def office(sqlite_store) -> Office:
    """Ann, whom two departments know, and Bob."""
    office = Office(sqlite_store)
    office.begin(bank_1=ANN, shop_1=ANN_AGAIN, bank_2=BOB)
    return office


@pytest.fixture
def finder(office):
    return Hub(office.store, RULES).finding


def golden_ids(finding) -> list[str]:
    return [hit.golden_record.golden_id for hit in finding.hits]


def test_a_golden_id_finds_its_golden_record(office, finder):
    golden_id = office.homes()["bank/1"]
    finding = finder.by_text(f" {golden_id} ", limit=5)
    assert golden_ids(finding) == [golden_id]
    assert [hit.by for hit in finding.hits] == ["golden_id"]


def test_a_key_that_two_departments_gave_to_one_customer_finds_them_once(office, finder):
    finding = finder.by_text("1", limit=5)
    assert golden_ids(finding) == [office.homes()["bank/1"]]


def test_an_id_that_was_merged_away_finds_the_survivor(office, finder):
    old = office.homes()["bank/2"]
    office.judge(["bank/1", "shop/1", "bank/2"])
    office.resolve()
    assert golden_ids(finder.by_text(old, limit=5)) == [office.homes()["bank/1"]]


def test_an_id_whose_records_are_retired_says_so(office, finder):
    old = office.homes()["bank/2"]
    office.retire("bank/2")
    office.resolve()
    finding = finder.by_text(old, limit=5)
    assert finding.hits == []
    assert "retired" in finding.unresolved[0]


def test_an_id_that_never_was_finds_nothing(finder):
    assert finder.by_text("g" + "0" * 20, limit=5).hits == []


@pytest.mark.parametrize("text", ["shop/1", "1"])
def test_a_key_finds_the_record_that_has_it_with_or_without_its_source(office, finder, text):
    finding = finder.by_text(text, limit=5)
    assert (finding.hits[0].by, finding.hits[0].ref.key) == ("key", "1")
    assert golden_ids(finding)[0] == office.homes()["shop/1"]


def test_a_text_names_the_records_with_that_key_and_that_of_a_source_and_key(store):
    Office(store).take(bank_1=ANN, shop_1=ANN_AGAIN, shop_2=BOB)
    refs_of = Hub(store, RULES).reading.refs_of
    assert refs_of("1") == [ref("bank/1"), ref("shop/1")]
    assert refs_of("shop/1") == [ref("shop/1")]
    assert refs_of("mill/1") == refs_of("shop/3") == refs_of("") == []


def test_a_record_that_waits_for_a_resolve_says_so(office, finder):
    office.take(bank_9=CID)
    finding = finder.by_key(ref("bank/9"))
    assert (finding.hits, len(finding.unresolved)) == ([], 1)


def test_a_customer_is_found_by_one_attribute_alone(office, finder):
    (hit,) = finder.by_text("31/01/1980", limit=5).hits
    assert hit.golden_record.golden_id == office.homes()["bank/1"]
    assert hit.by == "match"
    assert hit.evidence > 0
    assert hit.evidence == pytest.approx(hit.weight_bits - hit.parts[0].bits)


def test_what_differs_in_more_than_it_agrees_is_not_shown(sqlite_store):
    """Where strangers agree by chance, an address says less than a name and a date together."""
    rules = rules_from_text(rules_text(u=0.3), "vague.yaml")
    office = Office(sqlite_store)
    office.take(rules, bank_1=ANN, bank_2=BOB)
    office.train(rules)
    office.resolve()
    finder = Hub(sqlite_store, rules).finding
    asked = {"email": "ann@lee.example"}
    assert len(finder.by_attributes(asked, limit=5).hits) == 1
    other = {**asked, "date_of_birth": "1999-09-09", "given_name": "Xaver"}
    assert finder.by_attributes(other, limit=5).hits == []


def test_no_more_is_shown_than_asked_for(finder):
    text = "ann@lee.example 1990-05-05"
    assert len(finder.by_text(text, limit=5).hits) == 2
    assert len(finder.by_text(text, limit=1).hits) == 1


def test_a_text_is_read_by_the_rules_that_the_published_was_matched_by(office):
    """The shipped rules have a place; the model in use has none, and must not be asked for one."""
    finder = Hub(office.store, load_rules()).finding
    assert all("city" not in reading for reading in finder.by_text("Ann", limit=5).readings)


def test_attributes_that_break_the_rules_are_refused_by_name(finder):
    with pytest.raises(RecordInvalid) as raised:
        finder.by_attributes({"date_of_birth": "soon"}, limit=5)
    assert [fault.field for fault in raised.value.faults] == ["attributes.date_of_birth"]


def test_a_value_that_very_many_share_is_named_as_too_common(sqlite_store):
    rules = rules_from_text(
        rules_text().replace("- [email]", "- [email]\n  - [given_name]"), "common.yaml"
    )
    office = Office(sqlite_store)
    anns = {f"bank_{n}": {"given_name": "Ann", "email": (f"{n}@lee.example",)} for n in range(210)}
    office.take(rules, **anns, shop_1=BOB, shop_2={"given_name": "Bob"})
    office.train(rules)
    office.resolve()
    finder = Hub(sqlite_store, rules).finding
    assert finder.by_attributes({"given_name": "Ann"}, limit=5).too_common == ["given_name"]
    assert finder.by_attributes({"given_name": "Bob"}, limit=5).too_common == []


def reader(rules=None) -> TextReader:
    rules = rules or load_rules()
    return TextReader(rules, Standardiser(rules))


@pytest.mark.parametrize(
    ("text", "likeliest"),
    [
        ("Jane Doe", {"given_name": "Jane", "family_name": "Doe"}),
        ("Doe, Jane", {"given_name": "Jane", "family_name": "Doe"}),
        ("Doe", {"family_name": "Doe"}),
        ("jane@doe.example", {"email": "jane@doe.example"}),
        (
            "Jane  Doe, 29/2/1980 ",
            {"given_name": "Jane", "family_name": "Doe", "date_of_birth": "29/2/1980"},
        ),
        ("1980-02-29", {"date_of_birth": "1980-02-29"}),
        ("+44 20 7946 0958", {"phone": "+44 20 7946 0958"}),
        ("54 South Road", {"street_address": "54 South Road"}),
    ],
)
def test_a_line_of_text_is_read_as_what_it_most_likely_is(text, likeliest):
    assert reader().readings(text)[0] == likeliest


@pytest.mark.parametrize(
    ("text", "among"),
    [
        ("Leeds", {"city": "Leeds"}),
        ("SW1A 1AA", {"postal_code": "SW1A 1AA"}),
        ("2590418568", {"national_id": "2590418568"}),
        ("QQ 12 34 56 C", {"national_id": "QQ 12 34 56 C"}),
        (
            "Jane Doe SW1A 1AA",
            {"given_name": "Jane", "family_name": "Doe", "postal_code": "SW1A 1AA"},
        ),
        ("99/99/1980 Doe", {"street_address": "99/99/1980 Doe"}),
    ],
)
def test_what_else_it_may_be_is_looked_for_too(text, among):
    readings = reader().readings(text)
    assert among in readings
    assert len(readings) <= MOST_READINGS


def test_what_the_rules_have_no_attribute_for_is_no_reading():
    assert reader(RULES).readings("SW1A 1AA") == []
    assert reader(RULES).readings("  ,; ") == []


def test_a_search_tells_of_each_golden_record_the_strongest_pair_alone(office):
    matcher = Hub(office.store, RULES).matching
    given = {"given_name": "Ann", "email": ["ann@lee.example"]}
    (every,) = matcher.match(given, limit=5, explain=True).items
    (nearest,) = matcher.nearest(given, limit=5).items
    assert len(every.pairs) == 2
    assert nearest.pairs == every.pairs[:1]
    assert nearest.weight_bits == every.weight_bits
