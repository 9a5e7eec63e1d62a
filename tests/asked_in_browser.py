"""A service with stewards in a real browser, and a queue that is empty until a test asks.

`served`, `hub` and `desks` are fixtures, to be imported.
"""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from mdm.hub import Hub
from tests.browsing import Desks, desks_at
from tests.questions import answer_all, asking
from tests.resolving import Office
from tests.stores import fresh, sqlite_url

Served = tuple[Hub, Desks]


@pytest.fixture(scope="module")
def served(browser: Browser, tmp_path_factory) -> Iterator[Served]:
    """One store and one server for all tests of a module."""
    url = sqlite_url(tmp_path_factory.mktemp("reviews"))
    with fresh(url) as store:
        hub = asking(Office(store), "ann", "bob", "eve")
        with desks_at(browser, url) as desks:
            yield hub, desks


@pytest.fixture
def hub(served: Served) -> Hub:
    """The hub of a store whose queue is empty."""
    answer_all(served[0])
    return served[0]


@pytest.fixture
def desks(served: Served) -> Desks:
    return served[1]
