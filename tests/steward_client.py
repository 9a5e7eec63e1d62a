"""A steward's session without a browser, and a small office whose values are as bad as they get."""

import re

from flask.testing import FlaskClient

from api import create_app
from mdm.hub import Hub
from tests.browsing import PASSWORD
from tests.resolving import Office

BORN = "1975-05-15"
MAIL = ("same@everywhere.example",)
HOSTILE = {
    "bank_<script>alert(1)</script>": "<script>document.title='no'</script>",
    "bank_h2": "Ann" * 66 + "é",
    "bank_h3": "מרים \u202eבת",
    "bank_h4": '👩‍🚀 A&B\'s "C"',
    "shop_h5": "W" * 200,
}
"""Given names of one customer, by the records that have them."""


def take_hostile(office: Office) -> None:
    """Take, as one customer, records with everything in their values that may break a page."""
    persons = {
        name: {"given_name": given, "date_of_birth": BORN, "email": MAIL}
        for name, given in HOSTILE.items()
    }
    persons["shop_h6"] = {"given_name": "Ann", "date_of_birth": BORN, "email": ("<b>@x.example",)}
    office.take(**persons)


def token(client: FlaskClient, path: str) -> str:
    """Read the token of the forms of a page."""
    found = re.search(r'name="csrf_token" value="([^"]+)"', client.get(path).text)
    assert found is not None
    return found[1]


def logged_in(hub: Hub, name: str = "ann") -> FlaskClient:
    """Make a client with a steward's session."""
    client = create_app(hub).test_client()
    login = "/steward/login"
    form = {"csrf_token": token(client, login), "name": name, "password": PASSWORD}
    assert client.post(login, data=form).status_code == 303
    return client
