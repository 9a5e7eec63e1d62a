"""A small store in the middle of its history, held against a batch over all that it keeps."""

from collections import Counter
from contextlib import ExitStack

from hypothesis import event
from hypothesis.stateful import RuleBasedStateMachine

from mdm.hub import Hub
from mdm.model.errors import Retired
from mdm.resolution import around
from mdm.store import tallies
from tests.foreseen import Foreseen
from tests.resolving import Office
from tests.small_world import RULES, Stores, watched_components


class Compared(RuleBasedStateMachine):
    """Every tenth step and the end equal a batch, and every golden ID that was seen resolves.

    `happened` tells what came about; `counted` in how many histories each of it did.
    """

    stores: Stores
    counted: Counter[str]

    def __init__(self) -> None:
        super().__init__()
        self._open = ExitStack()
        self.office = Office(self._open.enter_context(self.stores.fresh()))
        self.hub = Hub(self.office.store, RULES[0])
        self.foreseen = Foreseen(self.office, self.hub)
        self.golden_ids: set[str] = set()
        self.happened: set[str] = set()
        self.steps = 0
        self._open.enter_context(watched_components(self._saw_component))

    def own_ids(self) -> dict[str, object]:
        return dict(self.office.query("SELECT record_id, own_serial FROM record"))

    def stepped(self, before: dict[str, object]) -> None:
        """Note that something was done; `before` are the own IDs until then."""
        after = self.own_ids()
        if any(own is not None and after[record] != own for record, own in before.items()):
            self.happened.add("own ID reassigned")
        self.golden_ids |= set(self.office.homes().values())
        self.steps += 1
        if self.steps % 10 == 0:
            self.compare()

    def compare(self) -> None:
        """Hold what is published against a batch over everything that is kept."""
        with self.office.store.read() as tx:
            assert tallies.wrong(tx) == []
        if self.office.pending():
            assert self.hub.verify().findings == []
            self.hub.resolve(version=self.hub.active_model().number)
        model = self.hub.active_model()
        if any(model.skipped_keys.values()):
            self.happened.add("key skipped")
        with self.stores.fresh(for_the_batch=True) as fresh:
            batch = self.office.rebuilt(fresh, version=model.number)
            assert batch.meaning() == self.office.meaning()
        self.golden_ids |= {golden_id for (golden_id,) in self.office.query(_GOLDEN_IDS)}
        homes = set(self.office.homes().values())
        for golden_id in self.golden_ids:
            self._resolves(golden_id, homes)

    def teardown(self) -> None:
        try:
            if self.steps:
                self.compare()
                for what in self.happened:
                    event(what)
                self.counted.update(self.happened | {"histories"})
        finally:
            self._open.close()

    def _resolves(self, golden_id: str, homes: set[str]) -> None:
        """A golden ID leads to a golden record, or every record that earned it is retired."""
        asked = self.office.ask(golden_id)
        if asked not in homes:
            assert asked is Retired
            assert self.office.query(_EARNED.format(golden_id)) == []

    def _saw_component(self, component: around.Component) -> None:
        if component.rung or component.over_limit:
            self.happened.add("component over its limit")


_GOLDEN_IDS = "SELECT golden_id FROM golden_id"
_EARNED = """
    SELECT r.record_id
    FROM record r
    JOIN golden_id i ON i.serial = r.own_serial
    WHERE i.golden_id = '{}' AND r.retired_at IS NULL
"""
