"""Bodies that do not come whole, or are too large, over a plain socket to a real gunicorn."""

from collections.abc import Iterator

import pytest

from tests.plain import BODY, RECORD, asked, problem, sent, served_office
from tests.served import Server

CHUNKED = "Transfer-Encoding: chunked"
CHUNK = b"%x\r\n%b\r\n" % (len(BODY), BODY)
PLACES = [("PUT", RECORD), ("POST", "/v1/sources/bank/records"), ("POST", "/v1/match")]
MIB = 2**20


@pytest.fixture(scope="module")
def server(tmp_path_factory) -> Iterator[Server]:
    yield from served_office(tmp_path_factory.mktemp("served"))


@pytest.mark.parametrize(("method", "path"), PLACES)
@pytest.mark.parametrize(
    "body",
    [
        BODY + b"\r\n\r\n",
        b"zz\r\n" + BODY + b"\r\n0\r\n\r\n",
        b"-5\r\n" + BODY + b"\r\n0\r\n\r\n",
        b"%x\r\n%b\r\n0\r\n\r\n" % (len(BODY) - 1, BODY),
        b"%x\r\n%b\r\n0\r\n\r\n" % (len(BODY) + 1, BODY),
        CHUNK + b"0\r\nHildegard\r\n\r\n",
        CHUNK,
        CHUNK[:-10],
        b"",
    ],
)
def test_chunks_that_are_broken_are_told_and_logged_nowhere(server, method, path, body):
    answer = sent(server.port, asked(method, path, CHUNKED, body=body), ended=True)

    assert "chunks are broken or break off: send it again whole" in problem(answer, 400)["detail"]
    assert sent(server.port, asked("GET", RECORD))[0].status == 404
    assert "Hildegard" not in "".join(server.said)
    assert "Traceback" not in "".join(server.said)


@pytest.mark.parametrize(("method", "path"), PLACES)
def test_a_body_that_breaks_off_before_its_length_is_not_taken_for_a_whole_one(
    server, method, path
):
    request = asked(method, path, f"Content-Length: {len(BODY) + 1}", body=BODY)

    told = problem(sent(server.port, request, ended=True), 400)

    assert "breaks off before its Content-Length" in told["detail"]


@pytest.mark.parametrize("more", [b"}garbage!", b" " * 50_000])
def test_chunks_that_are_too_large_together_are_refused_as_one_body_is(server, more):
    start = BODY[:-1].ljust(MIB)
    chunks = b"".join(b"%x\r\n%b\r\n" % (len(each), each) for each in (start, more))

    told = problem(
        sent(server.port, asked("PUT", RECORD, CHUNKED, body=chunks + b"0\r\n\r\n")), 413
    )

    assert told["errors"] == [{"field": "body", "message": "has more than 1,048,576 bytes"}]


def test_a_body_of_as_many_bytes_as_may_be_is_taken(server):
    body = BODY.ljust(MIB)
    chunked = b"%x\r\n%b\r\n0\r\n\r\n" % (len(body), body)
    plain = asked("PUT", f"{RECORD}-whole", f"Content-Length: {len(body)}", body=body)

    assert (
        sent(server.port, asked("PUT", f"{RECORD}-chunked", CHUNKED, body=chunked))[0].status == 201
    )
    assert sent(server.port, plain)[0].status == 201
