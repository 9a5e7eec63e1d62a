"""New connections are shared out among the workers, by how many each has."""

import sys
from collections import Counter
from http.client import HTTPConnection

import pytest

from api.balance import Connections, Turn
from tests import stores
from tests.served import Server, serving


def turns(count: int) -> list[Turn]:
    connections = Connections(count)
    return [Turn(connections, connections.join()) for _ in range(count)]


def test_a_worker_alone_takes_whatever_comes():
    one, other = turns(2)
    assert one.has_come(7)
    other.tell(0)
    assert not one.has_come(7)
    other.tell(None)
    assert one.has_come(7)


def test_who_has_the_fewest_takes_a_connection():
    one, other, third = turns(3)
    for turn, count in ((one, 2), (other, 1), (third, 1)):
        turn.tell(count)
    assert [one.has_come(2), other.has_come(1), third.has_come(1)] == [False, True, True]


def test_a_connection_that_nobody_else_takes_is_taken_in_the_end():
    one, stuck = turns(2)
    stuck.tell(0)
    offers = 1
    while not one.has_come(1):
        offers += 1
    assert offers > 1
    one.tell(2)
    assert stuck.has_come(0)


def test_the_place_of_a_worker_that_ended_counts_no_more_and_is_given_again():
    connections = Connections(2)
    one, other = (Turn(connections, connections.join()) for _ in range(2))
    other.tell(0)
    assert connections.join() is None
    connections.leave(other.place)
    assert one.has_come(5)
    assert connections.join() == other.place


def opened(server: Server) -> HTTPConnection:
    """Ask over a new connection, which stays open."""
    connection = HTTPConnection("127.0.0.1", server.port, timeout=60)
    connection.request("GET", "/healthz")
    assert connection.getresponse().read()
    return connection


def worker_of(server: Server, connection: HTTPConnection) -> int | None:
    return server.worker_of(connection.sock.getsockname()[1])


def wait_for_workers(server: Server, count: int) -> None:
    """Ask until so many workers have answered."""
    seen: set[int | None] = set()
    while len(seen - {None}) < count:
        connection = opened(server)
        seen.add(worker_of(server, connection))
        connection.close()


@pytest.mark.skipif(sys.platform != "linux", reason="workers are found through /proc")
def test_connections_that_are_kept_are_shared_out_evenly(tmp_path):
    url = stores.sqlite_url(tmp_path)
    with stores.fresh(url), serving(url, workers=2) as server:
        wait_for_workers(server, 2)
        kept = [opened(server) for _ in range(8)]
        shares = Counter(worker_of(server, connection) for connection in kept)
        for connection in kept:
            connection.close()
    assert sorted(shares.values()) == [4, 4]
