"""A small world for histories: few people of few values, small limits, models of two rule sets."""

import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from mdm.identity import components
from mdm.matching import blocking
from mdm.model.models import ModelVersion
from mdm.model.rules.load import rules_from_text
from mdm.model.rules.rules import Rules
from mdm.resolution import around
from mdm.resolution.train import train
from mdm.store import Store
from tests import stores
from tests.resolving import Office, rules_text

RULES = (
    rules_from_text(rules_text(u=0.001), "usual.yaml"),
    rules_from_text(rules_text(u=0.02, link=1, review=-3), "careful.yaml"),
)
"""Under the first, records that agree on everything stand above the top rung."""

NAMES = [f"{'bank' if number % 2 else 'shop'}/{number}" for number in range(12)]
VALUES = {
    "given_name": ["Ann", "Bob", "Cid"],
    "date_of_birth": ["1980-01-31", "1990-05-05", "1970-07-07"],
    "email": ["ann@lee.example", "bob@ray.example", "cid@fox.example"],
}

Town = Mapping[str, Mapping[str, object]]
ANN, BOB, CID = (
    {name: values[at] for name, values in VALUES.items()} | {"email": (VALUES["email"][at],)}
    for at in range(3)
)
TOWNS: Sequence[Town] = (
    {"bank_1": ANN, "bank_2": ANN, "bank_3": BOB, "bank_4": CID},
    {f"bank_{at}": {**ANN, "date_of_birth": f"19{at}0-01-31"} for at in range(1, 6)}
    | {"shop_1": BOB, "shop_2": BOB, "shop_3": CID},
)


@contextmanager
def small_limits() -> Iterator[None]:
    """Let keys be skipped, components be giants and walks be long when they are small."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(components, "COMPONENT_LIMIT", 5)
        patch.setattr(around, "LONG_WAY", 1)
        patch.setattr(blocking, "KEY_LIMIT", 3)
        yield


class Stores:
    """Gives fresh stores; `url` names the database of the histories, if that is a server's.

    `models` are trained on towns that differ, of which one has keys that are skipped.
    """

    def __init__(self, folder: Path, url: str | None = None) -> None:
        self._folder, self._url = folder, url
        self.models = [self._trained(rules, town) for town in TOWNS for rules in RULES]

    def _trained(self, rules: Rules, town: Town) -> ModelVersion:
        with small_limits(), self.fresh(for_the_batch=True) as store:
            office = Office(store)
            office.take(rules, **town)
            return train(store, rules)

    @contextmanager
    def fresh(self, *, for_the_batch: bool = False) -> Iterator[Store]:
        if self._url is not None and not for_the_batch:
            with stores.fresh(self._url) as store:
                yield store
            return
        with (
            tempfile.TemporaryDirectory(dir=self._folder) as folder,
            stores.fresh(stores.sqlite_url(Path(folder))) as store,
        ):
            yield store


@contextmanager
def watched_components(saw: Callable[[around.Component], None]) -> Iterator[None]:
    """Tell of every component that a walk finds."""
    find = around.Walks.components_of

    def watched(walks: around.Walks, records) -> list[around.Component]:
        found = find(walks, records)
        for component in found:
            saw(component)
        return found

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(around.Walks, "components_of", watched)
        yield
