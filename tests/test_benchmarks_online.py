"""The online benchmark: a real server is asked everything, and a wrong answer is no figure."""

import json
import os
import socket
from collections import Counter
from itertools import pairwise
from pathlib import Path

import pytest

from benchmarks import online
from benchmarks.client import HOST, LINES, Call, UnexpectedAnswer
from benchmarks.online_calls import CHANGED, GIANT, KNOWN, NEW, SUBMISSION, TOGETHER, Size
from benchmarks.online_data import CHAIN, Amounts, lay_out, make_chain
from benchmarks.online_report import BARS, TOLD, Run, report
from benchmarks.online_splink import BETWEEN, COMPARE
from benchmarks.served import Measured, serving
from mdm.identity.components import COMPONENT_LIMIT
from tests.resolving import ANN, Office
from tests.stores import fresh

FEW = Amounts(records=600, each=12, reads=40, skewed=6, bulks=2, lines=20, large=100, shared=30)


def test_a_small_run_measures_everything():
    run = online.run([FEW], None)
    (size,) = run.sizes
    text = "\n".join(report(run))

    for name in (*TOLD, SUBMISSION + TOGETHER):
        assert f"| {name} |" in text
    for bar in BARS:
        assert f"| {bar.words} |" in text
        assert ("PASS" if bar.reached(run) else "FAIL") == bar.row(run)[-1]
        assert bar.figure(run) > 0
    assert len(run.splink[BETWEEN]) > 10
    assert len(run.splink[COMPARE]) > 100
    assert size.peak > 50 * 2**20
    assert size.loaded["component"] > COMPONENT_LIMIT
    assert size.loaded["records"] == FEW.records + FEW.shared + CHAIN
    assert size.outcomes[f"{SUBMISSION} {KNOWN}"]["linked"] > FEW.each / 2
    assert size.outcomes[f"{SUBMISSION} {NEW}"]["new"] > FEW.each / 2
    assert size.outcomes[f"{SUBMISSION} {CHANGED}"].total() == FEW.each
    assert size.outcomes[GIANT] == Counter({"linked": FEW.skewed})


@pytest.fixture
def url(store_url) -> str:
    """The URL of a resolved store."""
    with fresh(store_url) as store:
        office = Office(store)
        office.take(bank_1=ANN, shop_1=ANN)
        office.train()
        office.resolve()
    return store_url


def _line(key: str, **attributes: str) -> str:
    return json.dumps({"key": key, "attributes": attributes})


GOOD = Call("PUT", "/v1/sources/shop/records/8", json.dumps({"attributes": ANN}))
BULK = "/v1/sources/shop/records"


def test_an_answer_that_is_not_2xx_ends_the_run_and_the_server(url, tmp_path):
    lines = f"{_line('7', given_name='Ann')}\n{_line('9', colour='crimson')}"
    bad = {
        "PUT was answered 422: A parameter or a field breaks its rule": Call(
            "PUT", "/v1/sources/shop/records/9", json.dumps({"attributes": {"colour": "crimson"}})
        ),
        "GET was answered 404": Call("GET", "/v1/golden-records/g00000000000000000000"),
        "POST was answered 404": Call("POST", "/v1/sources/nobody/records", lines, LINES),
        "POST was answered 422": Call("POST", BULK, lines, LINES),
    }
    with serving(url, tmp_path / "server.log") as server:
        assert server.ask([GOOD, GOOD]).told == ["linked", "unchanged"]
        assert server.ask([Call("POST", BULK, _line("6"), LINES)] * 4, clients=2).told == ["1"] * 4
        for message, call in bad.items():
            with pytest.raises(UnexpectedAnswer, match=message) as raised:
                server.ask([GOOD, call], clients=2)
            assert "crimson" not in str(raised.value)
        port = server.port
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((HOST, port))


def test_the_server_is_stopped_when_the_run_fails(url, tmp_path):
    with pytest.raises(KeyError), serving(url, tmp_path / "server.log") as server:
        raise KeyError
    with pytest.raises(ProcessLookupError):
        os.kill(server.pid, 0)


def test_a_server_that_does_not_start_says_why(tmp_path):
    with (
        pytest.raises(ChildProcessError, match="mdm init"),
        serving(f"sqlite:///{tmp_path / 'none.db'}", tmp_path / "server.log"),
    ):
        pytest.fail("it is ready")


def test_the_records_held_out_are_enough_for_every_call(tmp_path):
    for records in (500, 5_000):
        amounts = Amounts.of(records, large=True)
        held_out = lay_out(tmp_path, amounts)
        assert (len(held_out.known), len(held_out.loaded)) == (
            amounts.known,
            2 * amounts.each + amounts.reads,
        )
        assert len(held_out.strangers) == amounts.strangers - amounts.shared


def test_a_link_of_the_chain_differs_in_one_character():
    chain = [" ".join(each.values()) for each in make_chain()]
    for one, other in pairwise(chain):
        assert sum(a != b for a, b in zip(one, other, strict=True)) == 1
    assert len(set(chain)) == CHAIN


def test_a_missed_bar_fails():
    quick, slow = (Measured([took] * 10, 10 * took, [""] * 10) for took in (0.001, 0.1))
    names = [SUBMISSION, *{bar.words.split(",")[0] for bar in BARS}, *TOLD, SUBMISSION + TOGETHER]

    def run(measured: Measured) -> Run:
        size = Size(
            FEW, {}, dict.fromkeys(names, measured), bulk={"bulk, 8 clients": 100 / measured.wall}
        )
        return Run([size, size], {BETWEEN: [measured.p50 / 10]})

    failed = {bar.words for bar in BARS if not bar.reached(run(slow))}
    assert {
        "submission, p50",
        "submission, p99",
        "bulk, 8 clients",
        "submission, 8 clients",
    } <= failed
    assert all(bar.row(run(quick))[-1] == "PASS" for bar in BARS)
    assert Path(online.__file__).name in Path("Makefile").read_text()
