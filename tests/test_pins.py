"""Pins: which of them count, and what a golden record says by them."""

from hypothesis import given
from hypothesis import strategies as st

from mdm.identity.pins import disagrees, forms_of, homes, outvoted, with_pins
from mdm.identity.survivorship import Golden
from mdm.model.pins import Pin, PinnedValues
from mdm.model.records import RecordRef
from mdm.model.rules.load import rules_from_text
from mdm.standardise import Standardiser
from mdm.store.codec import to_json

RULES = rules_from_text(
    """
attributes:
  name: full_name
  street: street_address
  town: place
  email: email
survivorship:
  default: [trust]
  groups: {address: [street, town]}
""",
    "rules.yaml",
)
STANDARDISE = Standardiser(RULES).column
AT = "2026-01-31T12:00:00.000000Z"
BANK, SHOP = {"source": "bank", "key": "1"}, {"source": "shop", "key": "2"}


def pin(number: int, values: PinnedValues, *, serial: int = 1, follows: int | None = None) -> Pin:
    ref = RecordRef("bank", "1") if number % 2 else None
    return Pin(number, serial, values, ref, "ann", AT, "asked", follows)


def golden(**said: object) -> Golden:
    """A golden record of values of the bank, each of which beat one of the shop."""
    entry = {**BANK, "rule": "trust", "beat": [{"value": "Troon", **SHOP}]}
    return Golden({**said}, {name: {**entry} for name in said})


def said_by(pins: list[Pin], **said: object) -> Golden:
    return with_pins(golden(**said), pins, RULES, STANDARDISE)


def test_the_latest_pin_of_an_attribute_counts_whatever_its_order():
    older, newer = pin(1, {"name": "Ann Lee"}), pin(2, {"name": "Ann Ray"})
    for pins in ([older, newer], [newer, older]):
        assert outvoted(pins) == {1: 2, 2: None}
        assert said_by(pins).attributes == {"name": "Ann Ray"}


def test_what_was_pinned_together_is_outvoted_whole():
    pins = [pin(1, {"street": "Elm 1", "town": "Ayr"}), pin(2, {"town": "Troon", "street": None})]
    assert outvoted(pins) == {1: 2, 2: None}
    made = said_by(pins, street="Oak 2", town="Ayr")
    assert made.attributes == {"town": "Troon"}
    assert made.provenance.keys() == {"town"}


def test_a_pin_that_is_outvoted_outvotes_nobody():
    pins = [pin(1, {"town": "A"}), pin(2, {"town": "B", "name": "N"}), pin(3, {"name": "M"})]
    assert outvoted(pins) == {1: None, 2: 3, 3: None}


def test_provenance_names_the_pin_and_what_it_beat():
    made = said_by([pin(1, {"town": "Troon"})], town="Ayr", name="Ann Lee")
    assert made.attributes == {"town": "Troon", "name": "Ann Lee"}
    by = {"pin_id": 1, "actor": "ann", "made_at": AT, "reason": "asked"}
    beat = [{"value": "Ayr", **BANK}]
    assert made.provenance["town"] == {**BANK, "rule": "pin", "beat": beat, "pin": by}
    assert made.provenance["name"] == golden(name="").provenance["name"]
    own = said_by([pin(2, {"town": "Irvine"})], town="Ayr").provenance["town"]
    assert (own["source"], own["key"]) == (None, None)
    assert [each["value"] for each in own["beat"]] == ["Ayr", "Troon"]


def test_records_that_agree_on_another_value_are_told_from_records_that_differ():
    """Or an identifier that a steward corrects would be taken for a contradiction."""
    differ = '"town":{"beat":[{'
    agreed = golden(town="Ayr")
    agreed.provenance["town"]["beat"] = []
    same = with_pins(agreed, [pin(2, {"town": "AYR"})], RULES, STANDARDISE).provenance
    assert same["town"]["beat"] == []
    other = with_pins(agreed, [pin(2, {"town": "Troon"})], RULES, STANDARDISE).provenance
    assert (other["town"]["agreed"], other["town"]["beat"]) == (True, [{"value": "Ayr", **BANK}])
    assert differ not in to_json(same) + to_json(other)
    for value in ("Ayr", "Irvine"):
        assert differ in to_json(said_by([pin(2, {"town": value})], town="Ayr").provenance)


def test_many_values_are_pinned_as_a_list_with_provenance_of_each():
    made = said_by([pin(1, {"email": ("a@x.org", "b@x.org")})])
    assert made.attributes["email"] == ["a@x.org", "b@x.org"]
    assert [entry["pin"]["pin_id"] for entry in made.provenance["email"]] == [1, 1]


def test_a_pin_is_brought_to_the_shape_that_other_rules_ask_for():
    made = said_by([pin(1, {"email": "a@x.org"}), pin(2, {"name": ("A", "B"), "colour": "red"})])
    assert made.attributes == {"email": ["a@x.org"], "name": "A"}


def test_a_golden_record_without_pins_stays_as_it_is():
    assert said_by([], town="Ayr") == golden(town="Ayr")


def test_a_pin_goes_where_its_golden_id_leads():
    """To the records whose own ID it is; else to the record that it follows; else nowhere."""
    pins = [pin(1, {}, serial=7), pin(2, {}, serial=8, follows=3), pin(3, {}, serial=9, follows=4)]
    found = homes(pins, {7: 7}, {3: 7})
    assert {serial: [each.pin_id for each in of] for serial, of in found.items()} == {7: [1, 2]}


def test_a_record_disagrees_by_what_it_says_and_not_by_what_it_lacks():
    def says(pinned: PinnedValues, **said: object) -> bool:
        found = forms_of(said, pinned, STANDARDISE)
        return disagrees(forms_of(pinned, pinned, STANDARDISE), found)

    assert not says({"town": "Ayr"}, town="AYR")
    assert not says({"town": "Ayr"}, town="unknown")
    assert not says({"town": "Ayr"})
    assert says({"town": "Ayr"}, town="Troon")
    assert says({"town": "Ayr", "street": None}, town="Ayr", street="Elm 1")
    assert not says({"email": ("a@x.org", "b@x.org")}, email=("A@x.org",))
    assert says({"email": ("a@x.org",)}, email=("a@x.org", "b@x.org"))


values = st.dictionaries(st.sampled_from("abc"), st.sampled_from([None, "x", "y"]), min_size=1)


@given(st.lists(values, max_size=6), st.randoms())
def test_of_each_attribute_one_pin_at_most_counts_and_no_order_matters(pinned, random):
    pins = [pin(number, each) for number, each in enumerate(pinned, 1)]
    found = outvoted(pins)
    counting = [name for each in pins if found[each.pin_id] is None for name in each.values]
    assert len(counting) == len(set(counting))
    assert all(by is None or by > number for number, by in found.items())
    assert outvoted(random.sample(pins, len(pins))) == found
