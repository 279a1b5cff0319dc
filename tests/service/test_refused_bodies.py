"""Bodies that are refused before they have come, or while they come: the answer reaches whoever
sends, and the service goes on."""

from __future__ import annotations

import contextlib
import http.client
import socket
from collections.abc import Callable, Iterator

import pytest

from service.refused_bodies import LONGEST_LET_GO, MOST_LET_GO
from tests.service.caller import JSON, Caller
from tests.service_process import ServiceProcess

LARGEST = 16 * 1024 * 1024


@pytest.mark.parametrize("call", ["/enroll", "/recognize", "/collections"])
def test_a_body_that_says_it_is_too_large_is_refused_unread(visitor: Caller, call: str) -> None:
    """The answer comes although not a byte of the body was sent."""
    with connection(visitor) as sender:
        head = f"POST {call} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
        sender.sendall(f"{head}Content-Length: {10**12}\r\n\r\n".encode())
        answer = ""
        while "}" not in answer and (more := sender.recv(65536)):
            answer += more.decode()
    assert answer.startswith("HTTP/1.1 413 ")
    assert "urn:oneshot:body-too-large" in answer
    assert "ONESHOT_LARGEST_BODY" in answer


@pytest.mark.parametrize("call", ["/enroll", "/recognize", "/collections"])
def test_a_body_that_grows_too_large_is_refused(visitor: Caller, call: str) -> None:
    def endless() -> Iterator[bytes]:
        for _ in range(LARGEST // 2**16 + 1):
            yield b" " * 2**16

    response = visitor.client.post(call, content=endless(), headers=JSON)
    assert response.status_code == 413
    assert visitor.client.get("/healthz").status_code == 200


@pytest.mark.parametrize(
    "connection", ["keep-alive", "close", "TE, close", "HTTP/1.0"], ids=lambda words: words
)
@pytest.mark.parametrize(
    ("address", "media_type", "size", "status"),
    [
        ("/recognize?layout=kinect_v2", "application/x-npy", LARGEST + 2**20, 413),
        ("/enroll", "text/plain", 4 * 2**20, 415),
        ("/recognize?bogus=1", "application/json", 4 * 2**20, 422),
        ("/nowhere", "application/json", 4 * 2**20, 404),
        ("/collections", "application/json", LARGEST + 2**20, 413),
    ],
)
def test_a_refusal_reaches_whoever_sends_the_whole_body_first(
    visitor: Caller, address: str, media_type: str, size: int, status: int, connection: str
) -> None:
    # As urllib does: it reads the answer when all is sent, and asks for the connection's end.
    url = visitor.client.base_url
    headers = {"Content-Type": media_type}
    if connection != "HTTP/1.0":
        headers["Connection"] = connection
    for _ in range(3):
        sender = http.client.HTTPConnection(url.host, url.port or 80, timeout=60)
        if connection == "HTTP/1.0":
            sender._http_vsn, sender._http_vsn_str = 10, "HTTP/1.0"  # type: ignore[attr-defined]
        with contextlib.closing(sender):
            sender.request("POST", address, b" " * size, headers)
            assert sender.getresponse().status == status


def test_the_rest_of_a_refused_body_is_waited_for_some_seconds_only(visitor: Caller) -> None:
    with connection(visitor) as sender:
        head = "POST /enroll HTTP/1.1\r\nHost: x\r\nContent-Type: text/plain\r\n"
        sender.sendall(f"{head}Connection: close\r\nContent-Length: 1000\r\n\r\nabc".encode())
        sender.settimeout(LONGEST_LET_GO + 20)
        assert sender.recv(65536).startswith(b"HTTP/1.1 415 ")


def test_the_rest_of_a_refused_body_is_read_to_a_limit_only(visitor: Caller) -> None:
    with connection(visitor) as sender:
        head = "POST /enroll HTTP/1.1\r\nHost: x\r\nContent-Type: text/plain\r\n"
        sender.sendall(f"{head}Connection: close\r\nContent-Length: {10**12}\r\n\r\n".encode())
        sent = 0
        with contextlib.suppress(ConnectionError):
            while sent < 4 * MOST_LET_GO:
                sender.sendall(bytes(2**20))
                sent += 2**20
    assert MOST_LET_GO // 2 < sent < 2 * MOST_LET_GO


def test_a_refusal_does_not_wait_for_a_body_that_was_only_announced(visitor: Caller) -> None:
    # As curl does with a large body: it asks first, and is answered instead of being told to go on.
    with connection(visitor) as sender:
        head = "POST /enroll HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
        more = "Connection: close\r\nExpect: 100-continue\r\n"
        sender.sendall(f"{head}{more}Content-Length: {LARGEST + 1}\r\n\r\n".encode())
        assert sender.recv(65536).startswith(b"HTTP/1.1 413 ")


def test_a_caller_who_hangs_up_is_no_failure(
    visitor: Caller, running: Callable[[str, int], ServiceProcess]
) -> None:
    with connection(visitor) as sender:
        head = "POST /enroll HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
        sender.sendall(f"{head}Content-Length: 1000\r\n\r\nabc".encode())
    assert visitor.client.get("/healthz").status_code == 200
    assert "unexpected error" not in running("sqlite", 0).log


def connection(caller: Caller) -> socket.socket:
    url = caller.client.base_url
    return socket.create_connection((url.host, url.port or 80), timeout=60)
