"""The distinct values that can be pinned from what source records say."""

from mdm.model.records import RecordRef
from mdm.model.rules.load import rules_from_text
from mdm.sayings import sayings
from mdm.standardise import Standardiser
from mdm.store.reads.pins import MemberSaying
from tests.resolving import AT

RULES = rules_from_text(
    "attributes: {name: full_name, street: street_address, town: place, email: email}",
    "rules.yaml",
)
FORMS = Standardiser(RULES).attributes


def member(number: int, source: str = "bank", *, pending: bool = False, **said) -> MemberSaying:
    ref = RecordRef(source, str(number))
    return MemberSaying(number, ref, number, said, AT, pending)


def test_what_is_the_same_once_standardised_is_one_value_as_most_records_write_it():
    members = [
        member(1, name="Ann Lee"),
        member(2, name="ZOE  RAY"),
        member(3, "shop", name="Zoë Ray"),
        member(4, "shop", name="Zoë Ray"),
    ]
    many, one = sayings(members, ["name"], FORMS).items
    assert many.values == {"name": "Zoë Ray"}
    assert (many.ref, many.version) == (RecordRef("shop", "3"), 3)
    assert (many.records, many.sources) == (3, ["bank", "shop"])
    assert (one.values, one.records) == ({"name": "Ann Lee"}, 1)


def test_of_spellings_that_are_as_frequent_the_first_stands_for_all():
    members = [member(1, name="ZOE RAY"), member(2, name="Zoë Ray")]
    (found,) = sayings(members, ["name"], FORMS).items
    assert found.values == {"name": "ZOE RAY"}


def test_several_values_are_the_same_in_any_order():
    members = [member(1, email=("a@x.org", "b@x.org")), member(2, email=("B@x.org", "a@x.org"))]
    (found,) = sayings(members, ["email"], FORMS).items
    assert found.records == 2


def test_what_is_pinned_together_is_one_value_and_what_is_unusable_of_it_is_left_out():
    members = [
        member(1, street="Elm 1", town="Ayr"),
        member(2, street="unknown", town="Ayr"),
        member(3, town="ayr"),
        member(4, street="unknown"),
        member(5, name="Ann Lee"),
    ]
    town, both = sayings(members, ["street", "town"], FORMS).items
    assert (town.values, town.records) == ({"street": None, "town": "Ayr"}, 2)
    assert (both.values, both.records) == ({"street": "Elm 1", "town": "Ayr"}, 1)


def test_a_record_that_waits_for_a_resolve_is_counted_and_offers_nothing():
    found = sayings([member(1, name="Ann", pending=True), member(2, town="Ayr")], ["name"], FORMS)
    assert (found.items, found.waiting) == ([], 1)
