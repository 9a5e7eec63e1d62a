"""Clients of a running server, all at work at once, and the laws that hold when they have ended."""

import json
import os
import signal
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from random import Random
from threading import Condition, Event

from api import create_app
from mdm.hub import Hub
from mdm.model.records import RecordRef
from mdm.model.rules.load import load_rules
from mdm.model.views import SourceVersion
from mdm.store.reads.records import versions_of
from tests import stores
from tests.following import Follower
from tests.resolving import ANN, BOB, CID, Office, rules_text
from tests.served import Server
from tests.submitting import ABSENT, CONTESTED, RETIRED, Client, Told, content_of

MORE_THAN_ANY = 10**9
_SECONDS_A_REQUEST = 0.02


def opened(office: Office, folder: Path) -> Hub:
    """Resolve three records, so that the office can be served; the rules lie in the folder."""
    file = folder / "rules.yaml"
    file.write_text(rules_text(), encoding="utf-8")
    hub = Hub(office.store, load_rules(file))
    office.take(hub.rules, shop_1=ANN, shop_2=BOB, shop_3=CID)
    hub.train()
    hub.resolve()
    return hub


class Crowd:
    """Clients at work; whoever waits for their writes goes on too when one of them fails.

    `heard` is the port at which a write was acknowledged last.
    """

    def __init__(self, port: int, *, clients: int, seed: int = 1) -> None:
        self._clients = [
            Client(port, number, seed, self._acknowledged) for number in range(clients)
        ]
        self._changed = Condition()
        self._writes = 0
        self._working = 0
        self._over = False
        self.heard = 0

    @contextmanager
    def at_work(self, *, most: int = MORE_THAN_ANY, contest: bool = False) -> Iterator[None]:
        """Let each do at most so many things, until the context ends; their errors are raised."""
        self._working = len(self._clients)
        with ThreadPoolExecutor(len(self._clients)) as pool:
            working = [pool.submit(self._work, each, most, contest) for each in self._clients]
            try:
                yield
            finally:
                self._over = True
        for each in working:
            each.result()

    def wait(self, writes: int = MORE_THAN_ANY) -> None:
        """Wait until so many more writes are acknowledged, or nobody works any more."""
        with self._changed:
            wanted = self._writes + writes
            self._changed.wait_for(lambda: self._writes >= wanted or not self._working)

    @property
    def is_at_work(self) -> bool:
        """Tell whether anybody works still: not when one has failed."""
        return not self._over

    @property
    def told(self) -> Sequence[Told]:
        """What each was told."""
        return [each.told for each in self._clients]

    @property
    def seen(self) -> Counter[str]:
        """What all saw together."""
        return sum((told.seen for told in self.told), Counter())

    def _work(self, client: Client, most: int, contest: bool) -> None:
        try:
            for _ in range(most):
                if self._over:
                    break
                client.act(contest=contest)
        except BaseException:
            self._over = True
            raise
        finally:
            client.asking.close()
            with self._changed:
                self._working -= 1
                self._changed.notify_all()

    def _acknowledged(self, port: int) -> None:
        with self._changed:
            self._writes += 1
            self.heard = port
            self._changed.notify_all()


def kill_workers(server: Server, crowd: Crowd, *, kills: int, seed: int = 1) -> None:
    """Kill that many workers, each in the midst of what it does after it acknowledged a write.

    Few acknowledgements lie between; the moment is drawn, within about what a request takes.
    """
    random = Random(seed)
    moment = Event()
    while kills and crowd.is_at_work:
        crowd.wait(random.randint(0, 5))
        moment.wait(random.uniform(0, _SECONDS_A_REQUEST))
        worker = server.worker_of(crowd.heard)
        if worker is None:
            crowd.wait(1)
        else:
            os.kill(worker, signal.SIGKILL)
            kills -= 1


def check_laws(hub: Hub, crowd: Crowd, folder: Path) -> None:
    """Hold what is kept against what was told, and what is published against what is kept."""
    office = Office(hub.store)
    assert office.pending() == set()
    assert hub.verify().findings == []
    check_kept(office, crowd)
    check_twins(office)
    assert_counted(office, "SELECT change_id FROM change ORDER BY change_id")
    assert_counted(office, "SELECT publication_id FROM publication ORDER BY publication_id")
    follower = Follower(create_app(hub).test_client())
    follower.follow(limit=1000)
    follower.has_what_is_published(office)
    (folder / "batch").mkdir()
    with stores.fresh(stores.sqlite_url(folder / "batch")) as fresh:
        assert office.rebuilt(fresh).meaning() == office.meaning()


def check_kept(office: Office, crowd: Crowd) -> None:
    """Find every version that anybody was told of, and at each name what can be there."""
    told = [each for client in crowd.told for each in client.versions]
    history = {name: _versions(office, name) for name in {name for name, _, _ in told}}
    for name, version, standing in told:
        was = history[name][version - 1]
        assert standing in (content_of(was.attributes), was.retired_at and RETIRED), (name, was)
    for client in crowd.told:
        for name in client.stands.keys() - set(CONTESTED):
            assert _standing(history.get(name, [])) in client.stands[name], name
    for name in CONTESTED & history.keys():
        check_contested(name, history[name], crowd)


def check_contested(name: str, versions: Sequence[SourceVersion], crowd: Crowd) -> None:
    """The last version that anybody was told of stands, or one that nobody heard of."""
    last = max(version for each in crowd.told for told, version, _ in each.versions if told == name)
    unheard = {standing for each in crowd.told for standing in each.stands.get(name, ())}
    assert all(content_of(each.attributes) in unheard for each in versions[last:]), name
    times = [each.modified_at for each in versions]
    assert times == sorted(times, key=str), name


def _versions(office: Office, name: str) -> list[SourceVersion]:
    with office.store.read() as tx:
        found = versions_of(tx, RecordRef(*name.split("/")), after=0, limit=MORE_THAN_ANY)
    assert [each.version for each in found] == list(range(1, len(found) + 1))
    return found


def _standing(versions: Sequence[SourceVersion]) -> str:
    if not versions:
        return ABSENT
    return RETIRED if versions[-1].retired_at else content_of(versions[-1].attributes)


def check_twins(office: Office) -> None:
    """Records that agree on everything are in one golden record."""
    homes = office.homes()
    together = defaultdict(set)
    rows = office.query(
        """
        SELECT s.name || '/' || r.key, z.attributes
        FROM record r
        JOIN source s ON s.source_id = r.source_id
        JOIN standardised z ON z.record_id = r.record_id
        WHERE r.retired_at IS NULL
        """
    )
    for name, said in rows:
        if len(json.loads(said)) == 3:
            together[said].add(homes[name])
    assert all(len(homes) == 1 for homes in together.values())


def assert_counted(office: Office, numbers: str) -> None:
    found = [number for (number,) in office.query(numbers)]
    assert found == list(range(1, len(found) + 1))
