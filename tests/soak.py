"""What takes longer than a test may: `python -m tests.soak --minutes 30` (`make soak`).

Histories of a small store for so many minutes on each database, the historical figures one by one
in three orders, a thousand killed workers.  Two processes share the work.  Writes what was done to
docs/benchmarks.md; an exit status other than 0 tells that a law was broken, and the output how.
"""

import argparse
import os
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic

from benchmarks.report import table, write_section
from tests import stores
from tests.crowd import Crowd, check_laws, kill_workers, opened
from tests.histories import OUTCOMES
from tests.one_by_one import Figures
from tests.resolving import Office
from tests.served import serving
from tests.small_world import Stores
from tests.test_order_never_matters import STEPS, run

FIRST_SEED = 1_000
"""Of the histories on SQLite; those on PostgreSQL begin a million later."""
KILLS = 500
"""On each database."""


@dataclass(frozen=True)
class Done:
    """What was done, in words, and how much of it."""

    what: str
    amount: str


def soak_histories(database: str, minutes: float) -> list[Done]:
    """Run histories, seed by seed, until the time is over."""
    end, seen = monotonic() + 60 * minutes, Counter[str]()
    first = FIRST_SEED + 1_000_000 * stores.DATABASES.index(database)
    seed = first
    with _folder() as folder, _url(database, folder) as url:
        made = Stores(folder, url if database == "postgresql" else None)
        while monotonic() < end:
            try:
                seen += run(made, seed)
            except BaseException as error:
                error.add_note(f"histories on {database}, seed {seed}")
                raise
            seed += 1
    told = f"{seen['histories']:,} of up to {STEPS} steps, seeds {first} to {seed - 1}"
    happened = ", ".join(f"{what} in {seen[what]:,}" for what in OUTCOMES)
    return [
        Done(f"histories on {database}, each equal to a batch", told),
        Done(f"of those on {database}", happened),
    ]


def soak_figures(order: int) -> list[Done]:
    """Submit all historical figures one by one, in one of three orders."""
    with _folder() as folder, _folder() as submitted:
        figures = Figures(folder)
        with stores.fresh(stores.sqlite_url(submitted)) as store:
            found = figures.one_by_one(store, seed=order)
    if found != figures.published:
        raise AssertionError(f"the historical figures in order {order} are not what a batch makes")
    clusters, pairs = figures.published
    amount = f"{len(figures.given):,} records, {len(clusters):,} clusters, {len(pairs):,} pairs"
    return [Done(f"historical figures one by one, order {order}, equal to a batch", amount)]


def soak_kills(database: str) -> list[Done]:
    """Kill the workers of a server that is used, and hold what is kept against what was told."""
    with _folder() as folder, _url(database, folder) as url, stores.fresh(url) as store:
        hub = opened(Office(store), folder)
        with serving(url, workers=4) as server:
            crowd = Crowd(server.port, clients=3)
            with crowd.at_work():
                kill_workers(server, crowd, kills=KILLS)
                crowd.wait(20)
        check_laws(hub, crowd, folder)
        writes = sum(crowd.seen.values())
    return [Done(f"workers killed on {database}", f"{KILLS:,}, answers heard: {writes:,}")]


@contextmanager
def _folder() -> Iterator[Path]:
    with TemporaryDirectory() as folder:
        yield Path(folder)


@contextmanager
def _url(database: str, folder: Path) -> Iterator[str]:
    if database == "sqlite":
        yield stores.sqlite_url(folder)
    else:
        with stores.postgres_database(f"mdm_soak_{os.getpid()}") as url:
            yield url


def main(arguments: Sequence[str]) -> int:
    """Do everything, and write the page."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=float, default=30, help="of histories on each database")
    minutes = parser.parse_args(arguments).minutes
    jobs: list[tuple[Callable[..., list[Done]], tuple[object, ...]]] = [
        *((soak_histories, (database, minutes)) for database in stores.DATABASES),
        *((soak_figures, (order,)) for order in (1, 2, 3)),
        *((soak_kills, (database,)) for database in stores.DATABASES),
    ]
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        asked = [pool.submit(work, *given) for work, given in jobs]
        for each in as_completed(asked):
            for done in each.result():
                print(f"{done.what}: {done.amount}", flush=True)
    rows = [[done.what, done.amount] for each in asked for done in each.result()]
    write_section("soak", "Soak", table(["", "done"], rows))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
