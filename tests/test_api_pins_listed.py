"""The list of a golden record's pins over HTTP: by the page, with what is news since each."""

from mdm.pinned import Pinned
from mdm.store.reads.snapshot import snapshot
from tests.resolving import ANN, RULES
from tests.test_api_pins import client, hub, office, pinned, put, shown

__all__ = ["client", "hub", "office"]  # fixtures


def test_a_value_that_is_sent_again_written_otherwise_is_no_news(office, client):
    home = office.homes()["bank/1"]
    pinned(client, home, "given_name", value="Anne")
    put(client, "bank/1", {**ANN, "given_name": "ANN"})
    (item,) = shown(client, home)
    told = [(n["source"], n["values"]["given_name"], n["since"]) for n in item["disagreeing"]]
    assert told == [("bank", "ANN", False), ("shop", "Anna", False)]


def test_pins_come_by_the_page(office, client):
    home = office.homes()["bank/1"]
    numbers = [pinned(client, home, "given_name", value=name) for name in ("Anne", "Nan", "Nancy")]
    first = client.get(f"/v1/golden-records/{home}/pins?limit=2").json
    assert [each["pin"]["pin_id"] for each in first["items"]] == [numbers[2], numbers[1]]
    rest = client.get(first["next"]).json
    assert [each["pin"]["pin_id"] for each in rest["items"]] == [numbers[0]]
    assert (rest["items"][0]["outvoted_by"], rest["next"]) == (numbers[2], None)


def test_each_record_is_standardised_once_whatever_the_number_of_pins(office, client, monkeypatch):
    home = office.homes()["bank/1"]
    for name in ("Anne", "Nan", "Nancy"):
        pinned(client, home, "given_name", value=name)
    listing, seen = Pinned(RULES), []
    plain = listing._standardise
    monkeypatch.setattr(
        listing, "_standardise", lambda name, values: seen.extend(values) or plain(name, values)
    )
    with snapshot(office.store) as tx:
        ((serial,),) = office.query(f"SELECT serial FROM golden_id WHERE golden_id = '{home}'")
        listing.shown(tx, serial, before=None, limit=50)
    assert sorted(seen) == ["Ann", "Anna", "Anne", "Nan", "Nancy"]
